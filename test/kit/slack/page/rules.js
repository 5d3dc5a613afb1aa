import { expect, test } from 'vitest';
import { collectValues, formErrors, stateKey } from './blocks/state.js';
import { newFeed } from './feed.js';
import { formatRoute, parseRoute } from './route.js';
import { initialState, reduce } from './store.js';
import { encodeText, suggest } from './suggest.js';
import { fillDate } from './time.js';

/** @import {Message} from './types.js' */

/** @param {string} ts @param {Partial<Message>} [more] @returns {Message} */
const message = (ts, more = {}) => ({ ts, channel: 'C1', user: 'U1', text: ts, ...more });

/** @param {...any} events */
const after = (...events) => events.reduce(reduce, initialState);

/** @param {Message[] | undefined} list */
const texts = (list) => list?.map((each) => each.text);

test('messages stand in order of time, whatever order they arrive in, and each once', () => {
  const state = after(
    { type: 'message', message: message('20.0') },
    { type: 'message', message: message('9.0') },
    { type: 'message_changed', message: message('20.0', { text: 'edited' }) },
  );
  expect(texts(state.messages.C1)).toEqual(['9.0', 'edited']);
});

test('a reply stands in its thread alone, a broadcast one in the channel too', () => {
  const parent = message('1.0', { thread_ts: '1.0' });
  const state = after(
    { type: 'thread_loaded', channel: 'C1', ts: '1.0', messages: [parent] },
    { type: 'message', message: parent },
    { type: 'message', message: message('2.0', { thread_ts: '1.0' }) },
    { type: 'message', message: message('3.0', { thread_ts: '1.0', subtype: 'thread_broadcast' }) },
  );
  expect(texts(state.messages.C1)).toEqual(['1.0', '3.0']);
  expect(texts(state.threads['C1/1.0'])).toEqual(['1.0', '2.0', '3.0']);
});

test('a pushed view lies on the first, an update changes it where it lies, closing shows the first again', () => {
  const view = (/** @type {string} */ id, title = id) => ({ type: 'modal', id, title, blocks: [] });
  const user = 'U1';
  const state = after(
    { type: 'view_opened', user, view: view('V1') },
    { type: 'view_pushed', user, view: view('V2') },
    { type: 'view_updated', user, view: view('V1', 'new') },
    { type: 'view_closed', user, view_id: 'V2' },
  );
  expect(state.views.U1).toEqual([view('V1', 'new')]);
});

test('an answer that events overtook does not undo them', async () => {
  /** @type {any[]} */
  const seen = [];
  const feed = newFeed((event) => seen.push(event));
  /** @type {(answer: string) => void} */
  let answer = () => {};
  const loading = feed.load(new Promise((resolve) => (answer = resolve)), (words) => words);
  feed.stream('edited');
  answer('snapshot');
  await loading;
  feed.stream('later');
  expect(seen).toEqual(['edited', 'snapshot', 'edited', 'later']);
});

test.each(['#/C1?as=U1', '#/C1/1700000000.000100?as=U1', '#/home?as=U1', '#/list', '#/'])(
  'the address %s is read as it was written',
  (hash) => expect(formatRoute(parseRoute(hash))).toBe(hash),
);

test('dates are named as near as they are, and an unknown token leaves the fallback', () => {
  const now = new Date(2026, 10, 20, 12, 0, 0);
  const seconds = (/** @type {number[]} */ ...back) =>
    Math.floor(new Date(2026, 10, 20 - (back[0] ?? 0), 11, 58, 0).getTime() / 1000);
  expect(fillDate(seconds(), '{date_short_pretty}, {ago}', now)).toBe('today, 2 minutes ago');
  expect(fillDate(seconds(1), '{date_pretty}', now)).toBe('yesterday');
  expect(fillDate(seconds(3), '{date_num}', now)).toBe('2026-11-17');
  expect(fillDate(seconds(), '{date_oblong}', now)).toBeNull();
});

const known = {
  commands: [
    { command: '/heal', description: 'Run a playbook', usage_hint: '<playbook>' },
    { command: '/diagnose', description: 'Find a cause' },
  ],
  users: [{ id: 'U1', name: 'alice', real_name: 'Alice', title: '', is_bot: false, color: '' }],
  channels: [{ id: 'C1', name: 'incidents', topic: '', is_private: false, members: [] }],
};

test('a slash suggests commands until its first space, an at sign people', () => {
  expect(suggest('/he', known)?.list.map((each) => each.insert)).toEqual(['/heal ']);
  expect(suggest('/heal ', known)).toBeNull();
  expect(suggest('see /he', known)).toBeNull();
  expect(suggest('hi @al', known)).toMatchObject({ start: 3, list: [{ insert: '@alice ' }] });
  expect(suggest('mail@al', known)).toBeNull();
});

test('names that are known become ids, others stay as they were typed', () => {
  expect(encodeText('@alice, see #incidents and #nowhere; me@alice.example', known)).toBe(
    '<@U1>, see <#C1|incidents> and #nowhere; me@alice.example',
  );
});

const number = { type: 'number_input', action_id: 'n', is_decimal_allowed: false, min_value: '2' };
const form = [
  {
    type: 'input',
    block_id: 'a',
    element: { type: 'plain_text_input', action_id: 't', initial_value: 'start' },
  },
  { type: 'input', block_id: 'b', optional: true, element: number },
  { type: 'section', block_id: 'c', accessory: { type: 'checkboxes', action_id: 'x', options: [] } },
];

test('the state of a form is what was chosen over what it started with', () => {
  const key = stateKey('b', number);
  expect(collectValues(form, { [key]: { type: 'number_input', value: '5' } })).toEqual({
    a: { t: { type: 'plain_text_input', value: 'start' } },
    b: { n: { type: 'number_input', value: '5' } },
    c: { x: { type: 'checkboxes', selected_options: [] } },
  });
});

test.each([
  ['1', 'Please enter 2 or more.'],
  ['2.5', 'Please enter a whole number.'],
  ['many', 'Please enter a number.'],
  ['2', undefined],
  [null, undefined],
])('the number %s in an optional field: %s', (value, problem) => {
  const values = { ...collectValues(form, {}), b: { n: { type: 'number_input', value } } };
  expect(formErrors(form, values).b).toBe(problem);
});

test('a redrawn element with another start value forgets the older choice', () => {
  const element = { type: 'static_select', action_id: 's', initial_option: { value: 'low' } };
  expect(stateKey('b', element)).not.toBe(stateKey('b', { ...element, initial_option: { value: 'high' } }));
});
