import { expect, test } from 'vitest';
import { BLOCK_TYPES } from './block-schemas.ts';
import { exampleBlocks } from './example-blocks.ts';
import { clientOf, INCIDENTS, refused, slackWith } from './harness.ts';
import { metadataError } from './metadata.ts';
import type { Names } from './render-rich-text.ts';
import { RENDERED_BLOCKS, renderText } from './render-text.ts';
import type { Block, Message } from './types.ts';
import { blockProblems, problemText, viewProblems } from './validate.ts';
import { withIds } from './walk.ts';

const plain = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: 'x'.repeat(length) });
const button = (over: Record<string, unknown> = {}) => ({ type: 'button', text: plain(3), ...over });
const buttons = (count: number) => Array.from({ length: count }, () => button());
const option = (over: Record<string, unknown> = {}) => ({ text: plain(3), value: 'v', ...over });
const actions = (...elements: unknown[]): Block => ({ type: 'actions', elements });
const section = (over: Record<string, unknown>): Block => ({ type: 'section', ...over });
const problems = (...blocks: unknown[]) => blockProblems(blocks).map(problemText);

test('every type of block Slack knows has an example here, is accepted, and can be read as text', () => {
  expect(exampleBlocks.map((block) => block.type).sort()).toEqual([...BLOCK_TYPES].sort());
  expect(RENDERED_BLOCKS.sort()).toEqual([...BLOCK_TYPES].sort());
  for (const block of exampleBlocks) expect(problems(block)).toEqual([]);
});

test.each<[string, (at: number) => unknown, number, string]>([
  [
    'a header',
    (n) => ({ type: 'header', text: plain(n) }),
    150,
    'must be less than 151 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a section',
    (n) => section({ text: mrkdwn(n) }),
    3000,
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'a field',
    (n) => section({ fields: [mrkdwn(n)] }),
    2000,
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'fields',
    (n) => section({ fields: Array(n).fill(mrkdwn(1)) }),
    10,
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'context elements',
    (n) => ({ type: 'context', elements: Array(n).fill(mrkdwn(1)) }),
    10,
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'actions',
    (n) => actions(...buttons(n)),
    25,
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    'a button text',
    (n) => actions(button({ text: plain(n) })),
    75,
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a button value',
    (n) => actions(button({ value: 'x'.repeat(n) })),
    2000,
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'an action id',
    (n) => actions(button({ action_id: 'x'.repeat(n) })),
    255,
    'must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]',
  ],
  [
    'a block id',
    (n) => ({ type: 'divider', block_id: 'x'.repeat(n) }),
    255,
    'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
  ],
  [
    'an option',
    (n) => actions({ type: 'static_select', options: [option({ text: plain(n) })] }),
    75,
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]',
  ],
  [
    'options',
    (n) => actions({ type: 'static_select', options: Array(n).fill(option()) }),
    100,
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'a card body',
    (n) => ({ type: 'card', body: mrkdwn(n) }),
    200,
    'must be less than 201 characters [json-pointer:/blocks/0/body/text]',
  ],
  [
    'markdown',
    (n) => ({ type: 'markdown', text: 'x'.repeat(n) }),
    12_000,
    'must be less than 12001 characters [json-pointer:/blocks/0/text]',
  ],
])('%s may be as long as Slack allows, and no longer', (_, build, most, complaint) => {
  expect(problems(build(most))).toEqual([]);
  expect(problems(build(most + 1))).toContain(complaint);
});

test.each<[string, unknown[], string]>([
  ['an unknown block', [{ type: 'marquee' }], 'unsupported type: marquee [json-pointer:/blocks/0/type]'],
  [
    'an unknown element',
    [actions({ type: 'lever' })],
    'unsupported type: lever [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'an element in the wrong block',
    [{ type: 'context', elements: [button()] }],
    'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
  ],
  [
    'a misspelt field',
    [section({ text: mrkdwn(1), accesory: {} })],
    'invalid additional property: accesory [json-pointer:/blocks/0]',
  ],
  [
    'an empty text',
    [section({ text: mrkdwn(0) })],
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['an empty section', [section({})], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
  [
    'mrkdwn in a header',
    [{ type: 'header', text: mrkdwn(1) }],
    'must be one of: plain_text [json-pointer:/blocks/0/text/type]',
  ],
  ['a missing text', [{ type: 'header' }], 'missing required field: text [json-pointer:/blocks/0]'],
  [
    'a strange style',
    [actions(button({ style: 'loud' }))],
    'must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'a repeated block id',
    [
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ],
    '`block_id` b already exists [json-pointer:/blocks/1/block_id]',
  ],
  [
    'a repeated action id',
    [actions(button({ action_id: 'a' }), button({ action_id: 'a' }))],
    '`action_id` a already exists for this block [json-pointer:/blocks/0]',
  ],
  [
    'too many blocks',
    Array(51).fill({ type: 'divider' }),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  [
    'too much markdown in all',
    Array(2).fill({ type: 'markdown', text: 'x'.repeat(6001) }),
    'markdown blocks must be less than 12001 characters together [json-pointer:/blocks]',
  ],
  [
    'a ragged table',
    [{ type: 'data_table', caption: 'c', rows: [[{ type: 'raw_text', text: 'a' }], []] }],
    'all rows must have the same number of cells [json-pointer:/blocks/0]',
  ],
])('%s is refused, and the place is named', (_, blocks, complaint) => {
  expect(problems(...blocks)).toContain(complaint);
});

test('chat.postMessage names each wrong place, and blocks.validate gives it in parts', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const blocks = [{ type: 'header', text: plain(151) }] as never;
  expect(await refused(client.chat.postMessage({ channel: INCIDENTS, text: 'x', blocks }))).toEqual({
    error: 'invalid_blocks',
    messages: ['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
  });
  await expect(client.blocks.validate({ blocks })).rejects.toMatchObject({
    data: { error: 'invalid_blocks', errors: [{ pointer: '/0/text/text', code: 'failed_constraint' }] },
  });
  expect((await client.blocks.validate({ blocks: [{ type: 'divider' }] })).ok).toBe(true);
});

test('texts and metadata have their limits', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const code = async (args: Record<string, unknown>) =>
    (await refused(client.apiCall('chat.postMessage', { channel: INCIDENTS, ...args }))).error;
  expect(await code({})).toBe('no_text');
  expect(await code({ text: 'x'.repeat(40_001) })).toBe('msg_too_long');
  expect(await code({ text: 'x', blocks: 'nonsense' })).toBe('invalid_blocks_format');
  expect(await code({ text: 'x', metadata: { event_type: 'e' } })).toBe('invalid_metadata_format');
  expect(
    metadataError({ event_type: 'e', event_payload: { list: [{ a: 1 }], flat: { b: true }, text: 'x' } }),
  ).toBeUndefined();
  expect(metadataError({ event_type: 'e', event_payload: { deep: { a: { b: 1 } } } })).toBe(
    'invalid_metadata_schema',
  );
  expect(metadataError({ event_type: 'e', event_payload: { text: 'x'.repeat(17_000) } })).toBe(
    'metadata_too_large',
  );
});

test('metadata may describe a Work Object', () => {
  const entity = {
    entity_type: 'slack#/entities/incident',
    url: 'https://example.com/incidents/1',
    external_ref: { id: 'I1' },
    entity_payload: {
      attributes: { title: { text: 'catalog is down' } },
      fields: { status: { value: 'open' } },
    },
  };
  expect(metadataError({ entities: [entity] })).toBeUndefined();
  expect(metadataError({ entities: [{ ...entity, external_ref: {} }] })).toBe('invalid_metadata_format');
});

test('a modal has its own limits', () => {
  const modal = (over: Record<string, unknown>) =>
    viewProblems({ type: 'modal', title: plain(24), blocks: [], ...over }).map(problemText);
  const input = { type: 'input', label: plain(3), element: { type: 'plain_text_input' } };
  expect(modal({})).toEqual([]);
  expect(modal({ title: plain(25) })).toContain(
    'must be less than 25 characters [json-pointer:/view/title/text]',
  );
  expect(modal({ private_metadata: 'x'.repeat(3001) })).toContain(
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  );
  expect(modal({ blocks: Array(101).fill({ type: 'divider' }) })).toContain(
    'no more than 100 items allowed [json-pointer:/view/blocks]',
  );
  expect(modal({ blocks: [input] })).toContain('missing required field: submit [json-pointer:/view]');
  expect(modal({ blocks: [input], submit: plain(3) })).toEqual([]);
  expect(modal({ blocks: [{ type: 'markdown', text: 'x' }] })).toContain(
    'unsupported type: markdown [json-pointer:/view/blocks/0/type]',
  );
});

test('a message reads as text the way a person sees it', () => {
  const names: Names = (id) => ({ U0ALICE: 'Alice', C0INCIDENTS: 'incidents' })[id];
  const message = (over: Partial<Message>): Message => ({
    type: 'message',
    ts: '1.000000',
    channel: INCIDENTS,
    user: 'U0MEDIC',
    team: 'T0EXAMPLE',
    text: '',
    ...over,
  });
  expect(
    renderText(
      message({
        text: '<@U0ALICE> in <#C0INCIDENTS>: <https://example.com/a|log> &lt;b&gt; <!date^1^{time}|now>',
      }),
      names,
    ),
  ).toBe('@Alice in #incidents: log (https://example.com/a) <b> now');
  expect(renderText(message({ blocks: withIds(exampleBlocks) }), names)).toMatchInlineSnapshot(`
    "# catalog is down
    *Cause:* killed
    *Host*
    localhost
    tier low
    [⋯ Restart | Roll back]
    by @Alice [image: A chart]
    [Approve] [Choose ▾] ( ) Restart  ( ) Roll back [ ] Restart  [ ] Roll back [2026-01-31___]
    ---
    [image: Memory] Two hours
    **bold**
    - item
    ask @Alice in #incidents:eyes:here (https://example.com)
    1. first
    > quoted
    exit 1
    name | rss
    catalog | 3
    Services
    name
    orders
    ⚠ Disk almost full
    *catalog*
    is down
    [Open]
    *catalog*
    is down
    [Open]
    Details
      inside
    ● Read the log
      3 errors
      log (https://example.com/log)
    Plan
    ● Read the log
      3 errors
      log (https://example.com/log)
    [Helpful] [Not helpful] [Delete]
    Reason: [Why?___]
    [file: F1]
    [video: Walkthrough] https://example.com/v"
  `);
});

test('what a menu starts with must be one of its options, to the letter', () => {
  const menu = (initial: unknown) =>
    actions({ type: 'static_select', options: [option()], initial_option: initial });
  expect(problems(menu(option()))).toEqual([]);
  const stranger = 'initial options must exactly match the options [json-pointer:/blocks/0/elements/0]';
  expect(problems(menu(option({ value: 'w' })))).toEqual([stranger]);
  const boxes = { type: 'checkboxes', options: [option()], initial_options: [option({ text: plain(4) })] };
  expect(problems(actions(boxes))).toEqual([stranger]);
});

test('a link must be an address that a browser opens', () => {
  const wrong = 'must be a valid URL [json-pointer:/blocks/0/elements/0/url]';
  expect(problems(actions(button({ url: 'https://example.com/graph?q=1' })))).toEqual([]);
  expect(problems(actions(button({ url: '/graph' })))).toEqual([wrong]);
  expect(problems(actions(button({ url: 'javascript:alert(1)' })))).toEqual([wrong]);
});

test('a plan names each task once, a view has one field in focus, a number is a number', () => {
  const task = (task_id: string) => ({ type: 'task_card', task_id, title: 'x', status: 'pending' });
  const plan = (...ids: string[]) => ({ type: 'plan', title: 'x', tasks: ids.map(task) });
  expect(problems(plan('a', 'b'))).toEqual([]);
  expect(problems(plan('a', 'a'))).toEqual(['`task_id` must be unique in a plan [json-pointer:/blocks/0]']);
  const field = (action_id: string) => ({
    type: 'input',
    label: plain(3),
    element: {
      type: 'number_input',
      action_id,
      is_decimal_allowed: false,
      focus_on_load: true,
      min_value: 'one',
    },
  });
  const view = { type: 'modal', title: plain(3), submit: plain(3), blocks: [field('a'), field('b')] };
  expect(viewProblems(view).map((problem) => problem.message)).toEqual([
    'must match pattern: ^-?\\d+(\\.\\d+)?$',
    'must match pattern: ^-?\\d+(\\.\\d+)?$',
    'only one element may set `focus_on_load`',
  ]);
});
