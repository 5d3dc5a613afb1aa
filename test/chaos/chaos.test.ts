import { describe, expect, it } from 'vitest';
import { scratchDir } from '../kit/stack/guardian.ts';
import { keepRecord } from './keep.ts';
import { schedule, type Wishes } from './plan.ts';
import { check } from './rules/check.ts';
import { play } from './run.ts';
import { medicWith, SEEDED_BUGS, type SeededBug } from './seeded-bugs.ts';
import { openStage } from './world/stage.ts';

/** How long everything may take to come to rest; a message that may land late is looked for after half a minute. */
const REST = 75_000;

it.each([
  { how: 'in one', seed: 1, split: false },
  { how: 'split into brain and runner', seed: 2, split: true },
])(
  'holds every rule, $how, while replicas, Redis and Slack fail, people click, and the model talks nonsense',
  async ({ seed, split }) => {
    const wishes: Wishes = {
      seed,
      incidents: 15,
      replicas: split ? 3 : 2,
      gap: 1_000,
      illness: [5_000, 10_000],
      troubles: { kill: 6_000, freeze: 15_000, roll: 20_000, redis: 15_000, slack: 3_000, pause: 15_000 },
    };
    const stage = await openStage({ ...wishes, split });
    try {
      const record = await play(stage, schedule(wishes), { restMs: REST });
      const violations = check(record);
      const words = violations.map((one) => `${one.rule}: ${one.words}`);
      const where = words.length === 0 ? '' : `kept in ${await keepRecord(stage, record, violations)}`;
      expect(words, where).toEqual([]);
      expect(record.incidents.length).toBeGreaterThanOrEqual(10);
      expect(record.runs.length).toBeGreaterThan(0);
    } finally {
      await stage.stop();
    }
  },
  150_000,
);

/** How many seeds a bug gets to come out: a kill has to hit the right moment. */
const SEEDS = 4;

/** The rules that a run of a Medic with this bug breaks. */
async function brokenBy(bug: SeededBug, seed: number): Promise<readonly string[]> {
  const copy = await scratchDir('seeded-bug');
  try {
    const wishes = { ...bug.wishes, seed };
    const stage = await openStage({ ...wishes, main: medicWith(bug, copy.path) });
    try {
      return check(await play(stage, schedule(wishes), { restMs: bug.restMs })).map(({ rule }) => rule);
    } finally {
      await stage.stop();
    }
  } finally {
    await copy.remove();
  }
}

describe.concurrent('the checker notices a Medic that', () => {
  it.each(SEEDED_BUGS)(
    '$name',
    async (bug) => {
      const broken = new Set<string>();
      for (let seed = 0; seed < SEEDS && !broken.has(bug.rule); seed += 1)
        for (const rule of await brokenBy(bug, bug.wishes.seed + seed)) broken.add(rule);
      expect([...broken]).toContain(bug.rule);
    },
    300_000,
  );
});
