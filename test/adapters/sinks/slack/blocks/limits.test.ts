import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { card } from '../../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import { clip, fitLines } from '../../../../../src/adapters/sinks/slack/blocks/limits.ts';
import type { Message } from '../../../../../src/adapters/sinks/slack/blocks/service.ts';
import { words } from '../../../../../src/adapters/sinks/slack/blocks/text.ts';
import { catchUp, toFold } from '../../../../../src/adapters/sinks/slack/blocks/thread/catch-up.ts';
import {
  standsBefore,
  threadMessages,
} from '../../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { TimelineEvent } from '../../../../../src/incident/model/timeline.ts';
import { blockProblems } from '../../../../kit/slack/validate.ts';
import { audience, happening, host, incident, odd, service } from '../../../../kit/slack-sink/arbitrary.ts';
import { incidentIn, OPENED, timelineOf } from '../../../../kit/slack-sink/example.ts';
import { read } from '../../../../kit/slack-sink/stage.ts';

// Drawing thousands of odd incidents takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

/** What Slack would refuse of a message, in its modern blocks and in its classic ones. */
function refusals(message: Message): unknown[] {
  const length = message.text.length;
  return [
    ...(length === 0 || length > 4000 ? [`the text has ${length} characters`] : []),
    ...[message.blocks, ...(message.classic ? [message.classic] : [])].flatMap((blocks) => [
      ...blockProblems(blocks),
      ...(blocks.length === 0 ? ['there are no blocks'] : []),
      ...(JSON.stringify(blocks).length > 13_000 ? ['the blocks hold too much text'] : []),
    ]),
    ...(message.classic ?? []).filter(({ type }) => MODERN.includes(type)),
  ];
}

/** Blocks that some Slacks do not take. */
const MODERN = ['plan', 'task_card', 'context_actions', 'markdown', 'table', 'data_table', 'alert', 'card'];

/** Every text of a message that Slack reads as markup. */
function marked(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(marked);
  if (typeof part !== 'object' || part === null) return [];
  if ('type' in part && part.type === 'mrkdwn' && 'text' in part) return [String(part.text)];
  return Object.values(part).flatMap(marked);
}

/** Mentions and links that stand in a message, as Slack reads them. */
function markup(message: Message): string[] {
  const texts = [message.text, ...marked(message.blocks), ...marked(message.classic)];
  return texts.flatMap((text) => [...text.matchAll(/<([^>]*)>?/g)].map((match) => match[1] ?? ''));
}

describe('no incident builds a message that Slack refuses', () => {
  test('the card', () => {
    fc.assert(
      fc.property(
        incident,
        service,
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.boolean(),
        host,
        (one, known, later, buttons, other) => {
          const view = { now: OPENED + later, service: known, buttons, host: other };
          expect(refusals(card(one, view))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('the thread', () => {
    fc.assert(
      fc.property(
        incident,
        fc.array(happening, { maxLength: 8 }),
        service,
        host,
        audience,
        (one, happenings, known, other, called) => {
          const view = { service: known, host: other, audience: called };
          for (const message of threadMessages(one, timelineOf(...happenings), view)) {
            expect({ key: message.key, refusals: refusals(message) }).toEqual({
              key: message.key,
              refusals: [],
            });
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a catch-up', () => {
    fc.assert(
      fc.property(incident, fc.array(happening, { maxLength: 60 }), service, (one, happenings, known) => {
        const missing = threadMessages(one, timelineOf(...happenings), { service: known });
        expect(refusals(catchUp(one, missing, 'catch-up-1'))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('the thread, with one matter told a hundred times', () => {
    fc.assert(
      fc.property(incident, happening, (one, happened) => {
        for (const message of threadMessages(
          one,
          timelineOf(...Array.from({ length: 100 }, () => happened)),
        )) {
          expect(refusals(message)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('text from outside never mentions anyone and never hides where a link leads', () => {
  fc.assert(
    fc.property(incident, fc.array(happening, { maxLength: 6 }), host, (one, happenings, other) => {
      const told = threadMessages(one, timelineOf(...happenings), { host: other });
      const late = catchUp(one, told, 'catch-up-1');
      for (const message of [card(one, { now: OPENED, host: other }), ...told, late]) {
        for (const inside of markup(message)) {
          expect(inside).toMatch(/^(!date\^-?\d+\^\{|https?:\/\/|@[UW][A-Z0-9]+$|!subteam\^S[A-Z0-9]+$)/);
        }
      }
    }),
    { numRuns: 80 },
  );
});

test('nothing is said by an emoji alone: each stands before words', () => {
  fc.assert(
    fc.property(incident, fc.array(happening, { maxLength: 6 }), (one, happenings) => {
      const told = [card(one, { now: OPENED }), ...threadMessages(one, timelineOf(...happenings))];
      for (const message of told) {
        for (const line of marked(message.blocks).flatMap((text) => text.split('\n'))) {
          const said = line.replace(/(^|\s):[a-z_]+:(?=\s|$)/g, '').trim();
          expect(said === '' && line.trim() !== '').toBe(false);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a key names one message of a thread', () => {
  fc.assert(
    fc.property(incident, fc.array(happening, { maxLength: 30 }), (one, happenings) => {
      const keys = threadMessages(one, timelineOf(...happenings)).map((message) => message.key);
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: 50 },
  );
});

test('what was told keeps its place and its key when more happens', () => {
  fc.assert(
    fc.property(incident, fc.array(happening, { maxLength: 20 }), fc.nat(20), (one, happenings, cut) => {
      const before = threadMessages(one, timelineOf(...happenings.slice(0, cut))).map(
        (message) => message.key,
      );
      const after = threadMessages(one, timelineOf(...happenings)).map((message) => message.key);
      expect(after.slice(0, before.length)).toEqual(before);
    }),
    { numRuns: 50 },
  );
});

test('a catch-up holds no message twice, none that stands, and none that a plan’s buttons need', () => {
  fc.assert(
    fc.property(incident, fc.array(happening, { maxLength: 20 }), fc.nat(5), (one, happenings, standing) => {
      const told = threadMessages(one, timelineOf(...happenings));
      const shown = new Set(told.slice(0, standing).map(({ key }) => key));
      const keys = toFold(one, told, (key) => shown.has(key), OPENED + 1e9);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.filter((key) => shown.has(key))).toEqual([]);
      expect(keys.length).not.toBe(1);
      const plan = one.phase.at === 'waiting' ? one.phase.decided.plan.id : '';
      expect(keys.filter((key) => standsBefore(plan, key))).toEqual([]);
      expect(toFold(one, told, (key) => shown.has(key) || keys.includes(key), OPENED + 1e9)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('a catch-up that is too long leaves out the oldest, says how many, and calls the person first', () => {
  const long = Array.from(
    { length: 60 },
    (_, index): TimelineEvent => ({
      kind: 'escalated',
      reason: `${index} "${'why & where '.repeat(60)}"`,
    }),
  );
  const last: TimelineEvent = { kind: 'escalated', reason: 'nobody knows' };
  const needed = incidentIn({ at: 'escalated', reason: 'nobody knows', decided: null });
  const owned = { name: 'catalog', owners: ['S0ONCALL'], dashboards: [] };
  const told = threadMessages(
    needed,
    timelineOf(...long, last, { kind: 'did-not-last', as: 'I2', elsewhere: true }),
    {
      service: owned,
    },
  );
  const message = catchUp(needed, told, 'catch-up-1');
  const [call, , ...rest] = read(message).split('\n');
  expect(call).toBe('06:11:00 UTC @S0ONCALL A person is needed for catalog (critical): nobody knows');
  const left = Number(rest[0]?.match(/^_… (\d+) earlier messages left out_$/)?.[1]);
  expect(rest[1]).toContain(`A person is needed for catalog (critical): ${left} `);
  expect(rest.slice(1, -1)).toHaveLength(told.length - 1 - left);
  expect(rest.at(-2)).toMatch(/^06:11:01 UTC /);
  expect(rest.at(-1)).toContain('The whole record is kept');
  expect(rest.join()).not.toContain('S0ONCALL');
  expect(refusals(message)).toEqual([]);
});

test('words keep within their limit, escapes included, and on one line', () => {
  fc.assert(
    fc.property(odd, fc.integer({ min: 1, max: 200 }), (text, max) => {
      const out = words(text, max);
      expect(out.length).toBeLessThanOrEqual(max);
      expect(out).not.toMatch(/[\n<>`]|&(?!amp;|lt;|gt;)/);
    }),
  );
});

test('clipping never splits a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, max) => {
      expect(clip(text, max).length).toBeLessThanOrEqual(max);
      expect(clip(text, max).isWellFormed()).toBe(text.isWellFormed());
    }),
  );
});

test('lines that do not fit are counted', () => {
  expect(fitLines(['aaaa', 'bbbb', 'cccc'], 14)).toBe('aaaa\nbbbb\ncccc');
  expect(
    fitLines(
      Array.from({ length: 10 }, () => 'a'.repeat(20)),
      60,
    ),
  ).toBe(`${'a'.repeat(20)}\n${'a'.repeat(20)}\n_… and 8 more_`);
});
