import type { ModalView } from '@slack/types';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  diagnoseView,
  namedIn,
  progressView,
  serviceOptions,
  wordsOf,
} from '../../../../../src/adapters/sinks/slack/blocks/modals/diagnose.ts';
import { fieldBlocks } from '../../../../../src/adapters/sinks/slack/blocks/modals/fields.ts';
import { wrongView } from '../../../../../src/adapters/sinks/slack/blocks/modals/judgement.ts';
import {
  type Carried,
  loadingView,
  noticeView,
  readMetadata,
  Carried as Schema,
  withNotice,
} from '../../../../../src/adapters/sinks/slack/blocks/modals/parts.ts';
import { chooseView, editView } from '../../../../../src/adapters/sinks/slack/blocks/modals/plan-form.ts';
import { recordView } from '../../../../../src/adapters/sinks/slack/blocks/modals/record.ts';
import { rejectionView } from '../../../../../src/adapters/sinks/slack/blocks/modals/rejection.ts';
import type { Choices } from '../../../../../src/desk/choices.ts';
import type { FullRecord } from '../../../../../src/desk/desk.ts';
import { say } from '../../../../../src/lib/text/text.ts';
import type { Field } from '../../../../../src/playbooks/fields.ts';
import { viewProblems } from '../../../../kit/slack/validate.ts';
import { placedElements } from '../../../../kit/slack/walk.ts';
import { odd } from '../../../../kit/slack-sink/arbitrary.ts';

vi.setConfig({ testTimeout: 60_000 });

const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
/** What the catalog takes for a name. */
const name = fc.stringMatching(/^[a-z][a-z0-9_]{1,40}$/);

const field: fc.Arbitrary<Field> = fc.record({
  name,
  description: odd,
  kind: fc.constantFrom('choice', 'number', 'text'),
  options: fc.oneof(
    fc.array(odd, { maxLength: 8 }),
    fc.constant(Array.from({ length: 150 }, (_, n) => `v${n}`)),
  ),
  min: perhaps(fc.double({ noNaN: true, noDefaultInfinity: true })),
  max: perhaps(fc.double({ noNaN: true, noDefaultInfinity: true })),
  pattern: odd,
  current: perhaps(fc.record({ value: fc.oneof(odd, fc.constantFrom('3', '0.5', '-1')), origin: odd })),
});

const book = fc.record({
  name,
  title: odd,
  risk: fc.constantFrom('low', 'medium', 'high'),
  description: odd,
});

const choices: fc.Arbitrary<Choices> = fc.record({
  incident: odd,
  plan: perhaps(odd),
  playbook: perhaps(book),
  fields: fc.uniqueArray(field, { selector: (one) => one.name, maxLength: 8 }),
  playbooks: fc.oneof(
    fc.uniqueArray(book, { selector: (one) => one.name, maxLength: 5 }),
    fc.constant(
      Array.from({ length: 130 }, (_, n) => ({
        name: `p${n}`,
        title: 'x'.repeat(90),
        risk: 'low',
        description: '',
      })),
    ),
  ),
  refused: perhaps(odd.map((words) => say`${words}`)),
  when: perhaps(odd.map((words) => say`${words}`)),
  wish: perhaps(odd.map((words) => say`${words}`)),
  hold: fc.constantFrom(null, 'hold' as const),
});

const id = fc.stringMatching(/^[A-Za-z0-9-]{0,80}$/);
const carried: fc.Arbitrary<Carried> = fc.record(
  { i: id, p: perhaps(id), c: id, t: id, h: fc.boolean() },
  { requiredKeys: ['i', 'p', 'c'] },
);

const record: fc.Arbitrary<FullRecord> = fc.record({
  title: odd,
  sections: fc.array(
    fc.record({
      heading: odd,
      note: perhaps(odd),
      text: fc.oneof(odd, fc.constantFrom('line\n'.repeat(60_000), 'x'.repeat(300_000))),
      link: perhaps(fc.oneof(fc.webUrl(), odd)),
    }),
    { maxLength: 60, size: 'medium' },
  ),
});

/** What Slack would refuse, or would not be able to show to everybody. */
function refusals(view: ModalView): unknown[] {
  const unlabelled = placedElements(view.blocks as never).filter(
    ({ block, element }) => block.type !== 'input' && element.type !== 'button',
  );
  return [
    ...viewProblems(view),
    ...unlabelled,
    ...(JSON.stringify(view).length > 250_000 ? ['too large'] : []),
  ];
}

describe('no text, however long or odd, builds a dialog that Slack refuses', () => {
  test('other values and another playbook', () => {
    fc.assert(
      fc.property(choices, carried, odd, (one, marks, words) => {
        for (const view of [editView(one, marks), chooseView(one, marks)]) {
          expect(refusals(view)).toEqual([]);
          expect(refusals(withNotice(view, words))).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('a rejection, a judgement, a notice', () => {
    fc.assert(
      fc.property(carried, odd, odd, (marks, title, words) => {
        const views = [rejectionView(marks), wrongView(marks), loadingView(title), noticeView(title, words)];
        expect(views.map(refusals)).toEqual([[], [], [], []]);
        expect(readMetadata(Schema, rejectionView(marks).private_metadata ?? '')).toEqual(marks);
      }),
    );
  });

  test('a part of the record', () => {
    fc.assert(
      fc.property(record, (one) => {
        expect(refusals(recordView(one))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('a diagnosis, its choices and its progress', () => {
    fc.assert(
      fc.property(
        perhaps(odd),
        odd,
        fc.array(odd, { maxLength: 200 }),
        fc.webUrl(),
        (service, seen, names, url) => {
          expect(
            refusals(diagnoseView({ service, seen: wordsOf({ text: seen }), carries: { c: 'C1' } })),
          ).toEqual([]);
          expect(refusals(progressView(seen, url))).toEqual([]);
          expect(serviceOptions(names).length).toBeLessThanOrEqual(100);
        },
      ),
    );
  });
});

describe('the record', () => {
  const section = (text: string, link: string | null = null) => ({ heading: 'E1', note: null, text, link });
  const shown = (one: FullRecord) => JSON.stringify(recordView(one).blocks);

  test('is shown to the last line where a dialog holds it', () => {
    const lines = Array.from({ length: 2_000 }, (_, n) => `line ${n}`);
    const text = shown({ title: 'Evidence', sections: [section(lines.join('\n'))] });
    expect(lines.filter((line) => !text.includes(line))).toEqual([]);
    expect(text).not.toContain('Cut here');
  });

  test('loses nothing of a line that is longer than a block', () => {
    const text = shown({ title: 'Evidence', sections: [section(`${'x'.repeat(9_000)}END`)] });
    expect([text.match(/x{20,}/g)?.join('').length, text.includes('END')]).toEqual([9_000, true]);
  });

  test('that no dialog holds says so, and where the rest is', () => {
    const long = section('x\n'.repeat(200_000), 'https://logs.example.com/');
    const text = shown({ title: 'Evidence', sections: [long, section('more'), section('more')] });
    expect(text).toMatch(
      /Cut here: the rest of this part and 2 more .*<https:\/\/logs\.example\.com\/\|Read on/,
    );
  });

  test('shows hostile text as it is, and reads nothing in it', () => {
    const text = shown({
      title: '<!channel>',
      sections: [{ ...section('<!channel> `x`'), note: '<@U0ALICE>' }],
    });
    expect(text).toContain('"text":"<!channel> `x`"');
    expect(text).toContain('&lt;@U0ALICE&gt;');
  });
});

test('a number is asked for within its range, and with decimals only where there are some', () => {
  const number = (min: number, max: number, value: string): Field => ({
    name: 'copies',
    description: 'how many',
    kind: 'number',
    options: [],
    min,
    max,
    pattern: '',
    current: { value, origin: 'its default' },
  });
  const [whole, part, outside] = fieldBlocks('p', [
    number(1, 9, '3'),
    number(0, 1, '0.5'),
    number(1, 9, '12'),
  ]);
  expect(whole?.element).toMatchObject({
    is_decimal_allowed: false,
    min_value: '1',
    max_value: '9',
    initial_value: '3',
  });
  expect(part?.element).toMatchObject({ is_decimal_allowed: true, initial_value: '0.5' });
  expect(outside?.element).not.toHaveProperty('initial_value');
});

test.each([
  ['Shop is slow', 'shop'],
  ['why is (checkout) slow, and shop too?', 'checkout'],
  ['the shopping cart', null],
  ['catalog.', 'catalog'],
  ['', null],
])('%j names %s', (text, service) => {
  expect(namedIn(text, ['catalog', 'checkout', 'shop'])).toBe(service);
});
