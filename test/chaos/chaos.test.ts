import { describe, expect, it } from 'vitest';
import { scratchDir } from '../stack/guardian.ts';
import { check } from './check.ts';
import { keepRecord } from './keep.ts';
import { schedule, type Wishes } from './plan.ts';
import { play } from './run.ts';
import { medicWith, SEEDED_BUGS } from './seeded-bugs.ts';
import { openStage } from './stage.ts';

/** How long everything may take to come to rest; a message that may land late is looked for after half a minute. */
const REST = 75_000;

it('holds every rule while replicas, Redis and Slack fail, people click, and the model talks nonsense', async () => {
  const wishes: Wishes = {
    seed: 1,
    incidents: 15,
    replicas: 2,
    gap: 1_000,
    illness: [5_000, 10_000],
    troubles: { kill: 6_000, freeze: 15_000, roll: 20_000, redis: 15_000, slack: 3_000, pause: 15_000 },
  };
  const stage = await openStage(wishes);
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
}, 150_000);

describe.concurrent('the checker notices a Medic that', () => {
  it.each(SEEDED_BUGS)(
    '$name',
    async (bug) => {
      const copy = await scratchDir('seeded-bug');
      try {
        const stage = await openStage({ ...bug.wishes, main: medicWith(bug, copy.path) });
        try {
          const record = await play(stage, schedule(bug.wishes), { restMs: 5_000 });
          expect(check(record).map(({ rule }) => rule)).toContain(bug.rule);
        } finally {
          await stage.stop();
        }
      } finally {
        await copy.remove();
      }
    },
    120_000,
  );
});
