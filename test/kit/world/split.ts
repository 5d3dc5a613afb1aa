import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../stack/process.ts';
import { inTestEnv } from './in-test-env.ts';
import { type MedicProcess, startMedic } from './medic.ts';
import type { TestEnv, TestEnvOptions } from './test-env.ts';

/** What brain and runner sign with in tests. */
export const TEST_KEY = 'a key for tests, of 32 bytes at least';

/** A ward whose Medic is a brain, with the runners that a test starts. */
export interface SplitWard {
  readonly ward: TestEnv;
  /** The runner it began with. */
  readonly runner: MedicProcess;
  /** Starts another runner. */
  startRunner(name: string): Promise<MedicProcess>;
}

/** A scenario with a brain and a runner in processes of their own. */
export function inSplitWard(
  { env, ...options }: TestEnvOptions,
  play: (split: SplitWard) => Promise<void>,
): () => Promise<void> {
  return inTestEnv({ ...options, env: { ...env, MEDIC_ROLE: 'brain', MEDIC_KEY: TEST_KEY } }, async (env) => {
    const runners: MedicProcess[] = [];
    const startRunner = async (name: string) => {
      const state = join(env.dir, `${name} state`);
      const runner = await startMedic(env.dir, { ...(await runnersPart(env.env)), MEDIC_STATE: state }, name);
      runners.push(runner);
      return runner;
    };
    try {
      await play({ ward: env, runner: await startRunner('runner'), startRunner });
    } finally {
      await Promise.all(runners.map((runner) => runner.stop()));
    }
  });
}

/** What a runner is given: where the memory, the settings and the catalog are, and nothing that speaks to anyone. */
export async function runnersPart(env: TestEnv['env']): Promise<Record<string, string>> {
  const shared = ['HOST', 'REDIS_URL', 'MEDIC_CONFIG', 'MEDIC_PLAYBOOKS', 'MEDIC_DRAIN', 'MEDIC_KEY'];
  const given = Object.fromEntries(Object.entries(env).filter(([name]) => shared.includes(name)));
  return { ...given, PORT: String(await freePort()), MEDIC_ROLE: 'runner' };
}

/** The processes above this one, nearest first. */
export function ancestorsOf(pid: number): readonly number[] {
  // The name, in brackets, may hold anything; the state and the parent follow it.
  const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  return parent > 1 ? [parent, ...ancestorsOf(parent)] : [];
}
