import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Wishes } from './plan.ts';
import type { RuleName } from './rules/check.ts';

/** A piece of Medic's source, wherever it stands in the file, and what stands there instead. */
export interface Edit {
  /** Below `src/`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug that is put into a copy of Medic, and the rule that must notice it in a run that brings it out. */
export interface SeededBug {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly rule: RuleName;
  readonly wishes: Wishes;
  /** How long the run is watched after its last act, milliseconds. */
  readonly restMs: number;
}

const COMMIT = 'adapters/stores/redis/scripts/commit.lua';
const ATTEMPTS = 'adapters/stores/redis/attempt-store.ts';
const NEVER = 1_000_000;
const CALM = {
  kill: NEVER,
  freeze: NEVER,
  roll: NEVER,
  redis: NEVER,
  slack: NEVER,
  pause: NEVER,
  command: NEVER,
  pager: NEVER,
} as const;

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'skips the version check',
    edits: [{ file: COMMIT, find: 'if version ~= change.expected then', replace: 'if false then' }],
    rule: 'the record is whole',
    restMs: 5_000,
    wishes: { seed: 11, incidents: 12, replicas: 2, gap: 300, troubles: CALM, illness: [4_000, 6_000] },
  },
  {
    name: 'drops its locks',
    edits: [
      {
        file: COMMIT,
        find: "do redis.call('HSET', keys.locks, lock, change.id) end",
        replace: 'do local _ = lock end',
      },
    ],
    rule: 'no two fixes overlapped in a neighbourhood',
    restMs: 5_000,
    // Two services that depend on nothing in common, and on which a third depends.
    wishes: {
      seed: 12,
      incidents: 4,
      replicas: 2,
      gap: 100,
      troubles: CALM,
      alerts: ['Slow'],
      services: ['api', 'auth'],
      illness: [6_000, 7_000],
    },
  },
  {
    name: 'uses a claim again',
    edits: [
      { file: ATTEMPTS, find: "worker, 'EX', KEPT_SECONDS, 'NX')", replace: "worker, 'EX', KEPT_SECONDS)" },
      {
        file: ATTEMPTS,
        find: 'redis.exists(keys.attempt(attempt))',
        replace: 'Promise.resolve(0)',
      },
      {
        file: ATTEMPTS,
        find: 'redis.exists(keys.lease(attempt))',
        replace: 'Promise.resolve(0)',
      },
    ],
    rule: 'no plan ran twice',
    // A dead worker's lease has to pass before its attempt is delivered again.
    restMs: 20_000,
    wishes: {
      seed: 15,
      incidents: 5,
      replicas: 2,
      gap: 400,
      troubles: { ...CALM, kill: 2_500 },
      alerts: ['Long'],
      illness: [12_000, 13_000],
    },
  },
];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Copies Medic into a folder with a bug put in, and gives the copy's entry. Throws where the source no longer reads as expected. */
export function medicWith({ name, edits }: Pick<SeededBug, 'name' | 'edits'>, dir: string): string {
  mkdirSync(dir, { recursive: true });
  for (const part of ['src', 'prompts', 'package.json'])
    cpSync(join(ROOT, part), join(dir, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  for (const { file, find, replace } of edits) {
    const path = join(dir, 'src', file);
    const source = readFileSync(path, 'utf8');
    if (!source.includes(find))
      throw new Error(
        `"${name}" finds no "${find}" in src/${file}: write the bug anew for what stands there`,
      );
    writeFileSync(path, source.replaceAll(find, replace));
  }
  return join(dir, 'src', 'main.ts');
}
