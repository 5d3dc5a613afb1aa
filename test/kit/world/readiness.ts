import { until } from '../stack/process.ts';
import type { TestEnv } from './test-env.ts';

/** The part of what `/readyz` says that is looked at. */
interface Readiness {
  readonly ready: boolean;
  readonly parts: Record<string, { readonly ok: boolean; readonly detail: string }>;
}

/** Waits until `/readyz` says that Medic is ready, or is not, and what it says of Redis reads as wanted. */
export async function redisReads(env: TestEnv, ready: boolean, wanted: RegExp, ms = 20_000): Promise<string> {
  let last = '';
  const reads = async () => {
    const response = await fetch(`${env.medic.url}/readyz`);
    const { redis } = ((await response.json()) as Readiness).parts;
    last = `${response.status} ${redis?.detail}`;
    return response.status === (ready ? 200 : 503) && wanted.test(redis?.detail ?? '') && redis?.detail;
  };
  try {
    return await until(reads, { what: `/readyz to say ${wanted}`, ms });
  } catch (error) {
    throw new Error(`/readyz said at last: ${last}`, { cause: error });
  }
}
