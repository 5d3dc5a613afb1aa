import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attempt } from '../../src/engine/effects/attempt.ts';
import type { PerformParts } from '../../src/engine/effects/perform.ts';
import type { AttemptResult, Before } from '../../src/execution/attempt.ts';
import type { Order } from '../../src/execution/runner.ts';
import { given } from '../kit/incident/fixtures.ts';
import { executing, ILL, watch } from '../kit/incident/walk.ts';
import { scratchDir } from '../kit/stack/guardian.ts';

const FOUND: Before = { words: '3 replicas', mark: '{"replicas":3}' };
const DONE: AttemptResult = { kind: 'succeeded', summary: 'undone' };
type Compare = (order: Order, before: Before | null) => Promise<unknown>;

/** What comes of the rollback of a fix that ended so, where the rollback itself ends as given; `asked` is what the runner was asked to compare. */
async function undoing(
  result: AttemptResult,
  {
    fix = { ...DONE, before: FOUND } as AttemptResult,
    compare = undefined as Compare | undefined,
    ends = false,
  } = {},
) {
  const ending = new AbortController();
  const scratch = await scratchDir('comparing');
  try {
    writeFileSync(join(scratch.path, 'playbook.yml'), 'name: ease\n');
    const walked = executing('Small');
    const running = walked.phase('executing');
    walked.feed({ type: 'attempt-ended', attempt: running.attempt, result: fix }, 1_000);
    watch(walked, 61_000, ILL);
    const undo = walked.phase('rolling-back');
    const asked: unknown[] = [];
    let kept: AttemptResult | null = null;
    const parts = {
      store: {
        load: async () => walked.incident,
        isPending: async () => true,
        attemptState: async () => 'not-begun',
        renewLease: async () => {},
        beginAttempt: async () => true,
        heartbeat: async () => ({ now: walked.now }),
        fence: async () => walked.incident.attempts[0]?.fence ?? 1,
        saveResult: async (_: string, one: AttemptResult) => {
          kept = one;
        },
        loadResult: async () => kept,
      },
      engine: { dispatch: async () => ({ kind: 'done' }) },
      door: { leave: async () => ({ kind: 'go' }), begin: () => true },
      world: {
        runner: {
          run: async () => result,
          async compare(order: Order, before: Before | null) {
            asked.push([order.run, before]);
            if (ends) ending.abort('it has to end');
            return (await compare?.(order, before)) ?? { kind: 'as-before', words: '3 replicas' };
          },
        },
      },
      catalog: () =>
        new Map([...given().catalog].map(([name, one]) => [name, { ...one, folder: scratch.path }])),
      reportTo: () => null,
      signal: ending.signal,
    } as unknown as PerformParts;
    const effect = {
      kind: 'execute',
      plan: undo.decided.plan.id,
      attempt: undo.attempt,
      purpose: 'rollback',
    } as const;
    await attempt(parts, 'w1', { id: 'x', incident: walked.incident.id, effect });
    return { kept: kept as AttemptResult | null, asked };
  } finally {
    await scratch.remove();
  }
}

it('what stands there after an undoing is read again, beside what its own fix had found', async () => {
  const { kept, asked } = await undoing(DONE);
  expect(asked).toEqual([[{ command: ['true', 'back'] }, FOUND]]);
  expect(kept).toEqual({ ...DONE, compared: { kind: 'as-before', words: '3 replicas' } });
});

it('a fix that left no word of what it found is asked about all the same', async () => {
  expect((await undoing(DONE, { fix: DONE })).asked).toMatchObject([[expect.anything(), null]]);
});

it('an undoing that failed in the middle is compared as well', async () => {
  const { kept } = await undoing({ kind: 'failed', reason: 'no', exitCode: 1 });
  expect(kept?.compared).toBeDefined();
});

it.each<AttemptResult>([
  { kind: 'stopped', reason: 'a person stopped it' },
  { kind: 'interrupted', reason: 'nobody knows' },
  { kind: 'failed', reason: 'refused', exitCode: null, untouched: true },
  { kind: 'timed-out', reason: 'its limit had passed', elsewhereFor: 5_000 },
])('nothing is compared after one that was broken off, never began or may still act: %j', async (result) => {
  const { kept, asked } = await undoing(result);
  expect(asked).toEqual([]);
  expect(kept?.compared).toBeUndefined();
});

it('a comparison that goes wrong is unknown, and the undoing has ended as it has', async () => {
  const { kept } = await undoing(DONE, { compare: () => Promise.reject(new Error('a bug')) });
  expect(kept).toMatchObject({ ...DONE, compared: { kind: 'unknown' } });
});

it('a comparison that never answers holds up nobody, and is unknown', async () => {
  const { kept } = await undoing(DONE, { compare: () => new Promise(() => {}), ends: true });
  expect(kept).toMatchObject({ ...DONE, compared: { kind: 'unknown', why: 'no answer came in time' } });
});
