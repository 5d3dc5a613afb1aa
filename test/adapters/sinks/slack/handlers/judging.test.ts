import { describe, expect, test } from 'vitest';
import type { Desk, FullRecord } from '../../../../../src/desk/desk.ts';
import { say } from '../../../../../src/lib/text/text.ts';
import { CHANNEL, connected, posted, type Scene } from '../../../../kit/slack-sink/scene.ts';

const MENU = {
  'plan:more': ['right', 'wrong', 'escalate', 'evidence'].map((a) => ({ a, i: 'I1', p: 'I1-p1', r: 3 })),
};

/** The buttons under a diagnosis, in a thread. */
async function diagnosisIn({ app, slack }: Scene) {
  const { ts: thread = '' } = await app.client.chat.postMessage({ channel: CHANNEL, text: 'the card' });
  const side = (text: string, v: string) => ({
    text: { type: 'plain_text' as const, text },
    value: JSON.stringify({ i: 'I1', v, r: 2 }),
  });
  const { ts = '' } = await app.client.chat.postMessage({
    channel: CHANNEL,
    thread_ts: thread,
    text: 'the diagnosis',
    blocks: [
      {
        type: 'context_actions',
        elements: [
          {
            type: 'feedback_buttons',
            action_id: 'diagnosis:judge',
            positive_button: side('Right', 'right'),
            negative_button: side('Wrong', 'wrong'),
          },
        ],
      },
    ],
  });
  return { thread, message: await slack.message(CHANNEL, (message) => message.ts === ts) };
}

describe('a diagnosis', () => {
  test('is called right with one press, of the round it is of, and the thanks stand in the thread', async () => {
    const all = await connected();
    const { thread, message } = await diagnosisIn(all);
    const dave = all.slack.person('U0DAVE');
    await dave.click(message, 'Right');
    expect((await dave.told(CHANNEL, 'noted that the diagnosis was right')).thread_ts).toBe(thread);
    expect(all.wishes).toEqual([
      {
        to: 'judge',
        incident: 'I1',
        round: 2,
        verdict: 'right',
        really: null,
        by: expect.objectContaining({ id: 'U0DAVE' }),
        once: expect.stringMatching(/^slack-action-U0DAVE-/),
      },
    ]);
  });

  test('is called wrong with what it really was, and the desk says what that did', async () => {
    const all = await connected({ answer: () => ({ text: say`Thanks. The plan is on hold.` }) });
    const { thread, message } = await diagnosisIn(all);
    const dave = all.slack.person('U0DAVE');
    await dave.click(message, 'Wrong');
    expect(all.wishes).toEqual([]);
    await dave.submit(await dave.modal('What was it really?'), { really: ' the database ' });
    expect((await dave.told(CHANNEL, 'The plan is on hold')).thread_ts).toBe(thread);
    expect(all.wishes).toMatchObject([{ to: 'judge', round: 2, verdict: 'wrong', really: 'the database' }]);
  });

  test('may be called wrong without a word, and from the menu of the card', async () => {
    const all = await connected();
    const dave = all.slack.person('U0DAVE');
    const card = await posted(all, MENU);
    await dave.select(card, 'plan:more', 'wrong');
    await dave.submit(await dave.modal('Wrong diagnosis'));
    await dave.told(CHANNEL, 'noted that the diagnosis was wrong');
    await dave.select(card, 'plan:more', 'right');
    await dave.told(CHANNEL, 'noted that the diagnosis was right');
    expect(all.wishes).toMatchObject([
      { round: 3, verdict: 'wrong', really: null },
      { round: 3, verdict: 'right', really: null },
    ]);
  });

  test('whose judgement is not taken keeps the dialog open with the reason', async () => {
    const all = await connected({ answer: () => ({ text: say`There is no diagnosis yet.`, refused: true }) });
    const dave = all.slack.person('U0DAVE');
    await dave.select(await posted(all, MENU), 'plan:more', 'wrong');
    await dave.submit(await dave.modal('Wrong diagnosis'), { really: 'the database' });
    const view = await dave.modal('There is no diagnosis yet');
    expect(view.state.values.really).toMatchObject({ really: { value: 'the database' } });
  });
});

test('a person is called from the menu of the card', async () => {
  const all = await connected({ answer: () => ({ text: say`The owners are called.` }) });
  const dave = all.slack.person('U0DAVE');
  await dave.select(await posted(all, MENU), 'plan:more', 'escalate');
  await dave.told(CHANNEL, 'The owners are called.');
  expect(all.wishes).toMatchObject([{ to: 'act', action: 'escalate', incident: 'I1', plan: 'I1-p1' }]);
  expect(all.wishes[0]).not.toHaveProperty('diff');
});

describe('what is too long for the thread', () => {
  const record: FullRecord = {
    title: 'Evidence of round 1',
    sections: [
      {
        heading: 'E1 · Log of shop',
        note: 'shop.log, last hour',
        text: 'a\nb',
        link: 'https://logs.example.com/?a=1',
      },
    ],
  };

  function recordOf(found: FullRecord) {
    const asked: unknown[] = [];
    const desk: Pick<Desk, 'record'> = {
      async record(input) {
        asked.push(input);
        return found;
      },
    };
    return { asked, desk };
  }

  test.each([
    ['evidence', 2, { kind: 'evidence', round: 2 }],
    ['question', 'q1', { kind: 'question', question: 'q1' }],
    ['dry-run', 'I1-p1', { kind: 'dry-run', plan: 'I1-p1' }],
  ])('is shown whole in a dialog (%s)', async (k, r, part) => {
    const { asked, desk } = recordOf(record);
    const all = await connected({ desk });
    const dave = all.slack.person('U0DAVE');
    await dave.click(await posted(all, { 'record:show': { i: 'I1', k, r } }), 'record:show');
    const text = JSON.stringify((await dave.modal('E1 · Log of shop')).blocks);
    expect(text).toContain('shop.log, last hour');
    expect(text).toContain('<https://logs.example.com/?a=1|Open the source>');
    expect(asked).toEqual([{ incident: 'I1', part }]);
  });

  test('is shown from the menu of the card, the newest evidence', async () => {
    const { asked, desk } = recordOf(record);
    const all = await connected({ desk });
    const dave = all.slack.person('U0DAVE');
    await dave.select(await posted(all, MENU), 'plan:more', 'evidence');
    await dave.modal('E1 · Log of shop');
    expect(asked).toEqual([{ incident: 'I1', part: { kind: 'evidence', round: null } }]);
  });

  test('and is not there any more says so', async () => {
    const all = await connected();
    const dave = all.slack.person('U0DAVE');
    await dave.click(
      await posted(all, { 'record:show': { i: 'I1', k: 'question', r: 'q9' } }),
      'record:show',
    );
    await dave.modal('The record has nothing on this');
  });
});

test.each([
  ['record:show', { i: 'I1', k: 'novel', r: 1 }],
  ['diagnosis:judge', { i: 'I1', v: 'perhaps' }],
  ['plan:more', [{ a: 'explode', i: 'I1', p: null }]],
  ['plan:more', [{ a: 'edit', i: 7 }]],
])('%s with something else than ours in it is answered and not passed on', async (action, value) => {
  const all = await connected();
  const dave = all.slack.person('U0DAVE');
  const message = await posted(all, { [action]: value });
  await (Array.isArray(value)
    ? dave.select(message, action, String(value[0]?.a))
    : dave.click(message, action));
  await dave.told(CHANNEL, 'no longer works');
  expect(all.wishes).toEqual([]);
});
