import { describe, expect, test } from 'vitest';
import { createPeople } from '../../../../../src/adapters/sinks/slack/people.ts';
import { say } from '../../../../../src/lib/text/text.ts';
import { clientOf, slackWith } from '../../../../kit/slack/harness.ts';
import type { SlackUser } from '../../../../kit/slack/types.ts';
import { CHANNEL, connected, posted, type Scene } from '../../../../kit/slack-sink/scene.ts';
import { newLog } from '../../../../kit/slack-sink/stage.ts';

const HOLD = { 'plan:hold': { i: 'I1', p: 'I1-p1' } };

/** Somebody of another workspace, in a channel that both share. */
function stranger({ slack }: Scene): string {
  const dave = slack.state.users.get('U0DAVE');
  if (!dave) throw new Error('there is no Dave');
  dave.team_id = 'T0ELSEWHERE';
  return dave.id;
}

describe('somebody who acts', () => {
  test('in a channel is known with that channel, by button, menu, dialog and command', async () => {
    const all = await connected();
    const alice = all.slack.person('U0ALICE');
    await alice.click(await posted(all, HOLD), 'plan:hold');
    await alice.command('C0PAYMENTS', '/heal', 'list');
    await alice.select(
      await posted(all, { 'plan:more': [{ a: 'wrong', i: 'I1', p: null }] }),
      'plan:more',
      'wrong',
    );
    await alice.submit(await alice.modal('Wrong diagnosis'));
    expect(all.wishes.map(({ by }) => by)).toEqual(
      [CHANNEL, 'C0PAYMENTS', CHANNEL].map((channel) =>
        expect.objectContaining({ groups: ['S0ONCALL'], channel }),
      ),
    );
  });

  test('and belongs to another workspace is heard, but neither their id, their groups nor their channel gives them a role', async () => {
    const all = await connected();
    const person = all.slack.person(stranger(all));
    await person.click(await posted(all, HOLD), 'plan:hold');
    await person.select(
      await posted(all, { 'plan:more': [{ a: 'wrong', i: 'I1', p: null }] }),
      'plan:more',
      'wrong',
    );
    await person.submit(await person.modal('Wrong diagnosis'));
    expect(all.wishes).toMatchObject([
      { to: 'act', action: 'hold', by: { id: 'U0DAVE', groups: [], channel: null, stranger: true } },
      { to: 'judge', by: { id: 'U0DAVE', groups: [], channel: null, stranger: true } },
    ]);
  });

  /** What is known of Alice, who acts in our own workspace by the payload's word, where Slack says this of her. */
  async function alice(change: Partial<SlackUser>) {
    const slack = await slackWith();
    Object.assign(slack.state.users.get('U0ALICE') ?? {}, change);
    const people = createPeople(clientOf(slack), ['S0ONCALL'], newLog(), () => ({
      team: 'T0EXAMPLE',
      enterprise: null,
    }));
    return (await people.known({ id: 'U0ALICE', team: 'T0EXAMPLE', channel: CHANNEL })).person;
  }

  test.for([
    ['was deactivated', { deleted: true }],
    ['is a program', { is_bot: true }],
  ] as const)('and %s has no role, whatever the payload says', async ([, change]) => {
    expect(await alice({})).toMatchObject({ groups: ['S0ONCALL'], channel: CHANNEL, team: 'T0EXAMPLE' });
    expect(await alice(change)).toMatchObject({ groups: [], channel: null, stranger: true });
  });

  test('and is a guest has what is given to their id and their groups, and nothing for the channel they are in', async () => {
    const guest = await alice({ is_restricted: true });
    expect(guest).toMatchObject({ groups: ['S0ONCALL'], channel: null });
    expect(guest).not.toHaveProperty('stranger');
  });

  test('for another app is not heard', async () => {
    const all = await connected();
    const message = await posted(all, HOLD);
    all.slack.state.app.id = 'A0ANOTHER';
    await all.slack.person('U0ALICE').click(message, 'plan:hold');
    expect(all.wishes).toEqual([]);
    all.slack.state.app.id = 'A0MEDIC';
    await all.slack.person('U0ALICE').click(message, 'plan:hold');
    expect(all.wishes).toHaveLength(1);
  });

  test('of our own workspace is no stranger', async () => {
    const all = await connected();
    await all.slack.person('U0ALICE').click(await posted(all, HOLD), 'plan:hold');
    expect(all.wishes[0]?.by).not.toHaveProperty('stranger');
  });

  test('with a cross is in no channel, since Slack does not say whose they are', async () => {
    const all = await connected();
    const message = await posted(all, HOLD);
    await all.store.remember(message.channel, message.ts, 'I1');
    const dave = all.slack.person('U0DAVE');
    dave.react(await all.slack.message(CHANNEL, ({ ts }) => ts === message.ts), 'x');
    await all.slack.until(() => all.wishes.length > 0, 'the wish');
    expect(all.wishes).toMatchObject([{ action: 'cancel', by: { id: 'U0DAVE', channel: null } }]);
  });
});

describe('the answer to a press', () => {
  const refusing = { answer: () => ({ text: say`This needs the approver role.`, refused: true as const }) };

  test('on a message in a thread stands in that thread', async () => {
    const all = await connected(refusing);
    const { ts: thread } = await posted(all, HOLD);
    const dave = all.slack.person('U0DAVE');
    await dave.click(await posted(all, HOLD, thread), 'plan:hold');
    expect((await dave.told(CHANNEL, 'approver role')).thread_ts).toBe(thread);
  });

  test('on the card stands in the channel', async () => {
    const all = await connected(refusing);
    const dave = all.slack.person('U0DAVE');
    await dave.click(await posted(all, HOLD), 'plan:hold');
    expect((await dave.told(CHANNEL, 'approver role')).thread_ts).toBeUndefined();
  });

  test('that the response URL does not take comes another way, to the same place', async () => {
    const all = await connected({ ...refusing, slack: { limits: { responseUrlUses: 0 } } });
    const { ts: thread } = await posted(all, HOLD);
    const dave = all.slack.person('U0DAVE');
    await dave.click(await posted(all, HOLD, thread), 'plan:hold');
    expect((await dave.told(CHANNEL, 'approver role')).thread_ts).toBe(thread);
  });
});
