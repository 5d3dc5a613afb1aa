import { describe, expect, it } from 'vitest';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { cardsIn } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const [first = 'shop', ...others] = Array.from({ length: 10 }, (_, nth) => `shop${nth}`);

/** When each card was first edited to say something, in milliseconds after a moment, quickest first. */
function editsSaying({ slack }: TestEnv, words: string, since: number): readonly number[] {
  const edits = slack.calls.filter(
    ({ method, args, at, answer }) =>
      at >= since && method === 'chat.update' && 'ok' in answer && JSON.stringify(args).includes(words),
  );
  const firsts = new Map(edits.toReversed().map(({ args, at }) => [String(args.ts), at - since]));
  return [...firsts.values()].sort((one, other) => one - other);
}

describe('a pause', () => {
  it(
    'stands on ten cards that wait before Slack’s pace of one edit a second would let it',
    inTestEnv(
      { remedies: [mend], services: [first, ...others], pace: { cancel_window: '10m' } },
      async (env) => {
        for (const service of [first, ...others]) await env.fireAlert('Middling', { service });
        const saying = (words: string) =>
          cardsIn(env.slack).filter((card) => env.slack.textOf(card).includes(words)).length;
        await env.slack.until(() => saying('runs in') === 10, 'ten plans that wait', 60_000);
        await env.quiet(60_000);

        const began = Date.now();
        await env.slack.person('U0BOB').command(CHANNEL, '/heal', 'pause');
        await env.slack.until(() => saying('Paused:') === 10, 'ten cards that say so', 30_000);
        const took = editsSaying(env, 'Paused:', began);
        expect(took).toHaveLength(10);
        // It takes less than a second on a machine of one's own, many times that where many tests share one, and ten at that pace.
        expect(took.at(-1)).toBeLessThan(8_000);
      },
    ),
  );
});
