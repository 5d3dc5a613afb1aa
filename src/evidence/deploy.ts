import type { Evidence } from './evidence.ts';

/** A deploy that an item of evidence tells of. */
export interface Deploy {
  readonly version: string;
  readonly by: string | null;
  /** Epoch milliseconds; not a number where it does not say. */
  readonly at: number;
}

/** Facts of an item by which a webhook's deploy is told. By these names no playbook gets a value: whoever tells of a deploy gives it none. */
export function toldDeploy({ version, by, at }: Deploy): Readonly<Record<string, string>> {
  return {
    told_version: version,
    told_at: new Date(at).toISOString(),
    ...(by === null ? {} : { told_by: by }),
  };
}

/** The deploy that the service's own list names, or that Medic was told of. */
export function deployIn({ kind, status, data }: Pick<Evidence, 'kind' | 'status' | 'data'>): Deploy | null {
  if (kind !== 'change' || status !== 'ok' || data?.type !== 'facts') return null;
  const { facts } = data;
  const version = facts.current_version ?? facts.told_version ?? '';
  const by = facts.deployed_by ?? facts.told_by;
  const at = Date.parse(String(facts.deployed_at ?? facts.told_at));
  return { version: String(version), by: by === undefined ? null : String(by), at };
}
