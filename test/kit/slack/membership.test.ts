import { expect, test } from 'vitest';
import { clientOf, connect, INCIDENTS, refusal, slackWith, socketApp } from './harness.ts';
import type { Channel, SlackUser } from './types.ts';

const secret: Channel = {
  id: 'C0SECRET',
  name: 'secret',
  topic: '',
  is_private: true,
  is_archived: false,
  members: ['U0ALICE', 'U0MEDIC'],
};
const eve: SlackUser = {
  id: 'U0EVE',
  name: 'eve',
  real_name: 'Eve',
  title: 'Partner',
  is_bot: false,
  color: '333333',
  tz: 'Asia/Tokyo',
  team_id: 'T0PARTNER',
};
const shared: Channel = {
  id: 'C0SHARED',
  name: 'shared',
  topic: '',
  is_private: false,
  is_archived: false,
  is_ext_shared: true,
  members: ['U0ALICE', 'U0EVE', 'U0MEDIC'],
};

async function listening(channels?: Channel[], users?: SlackUser[]) {
  const slack = await slackWith({ ...(channels ? { channels } : {}), ...(users ? { users } : {}) });
  const heard: { type: string; user?: unknown; channel?: unknown; inviter?: unknown; shared: boolean }[] = [];
  const app = socketApp(slack);
  app.use(async ({ body, next }) => {
    const { event } = body as unknown as { event?: Record<string, unknown> };
    if (event) {
      const { type, user, channel, inviter } = event;
      const isShared = (body as unknown as { is_ext_shared_channel: boolean }).is_ext_shared_channel;
      heard.push({ type: String(type), user, channel, inviter, shared: isShared });
    }
    await next();
  });
  await connect(slack, app);
  return { slack, app, heard, client: clientOf(slack), alice: slack.person('U0ALICE') };
}

test('an app that was put out of a channel hears so, may not write, and is heard again once it is invited', async () => {
  const { slack, heard, client, alice } = await listening();
  const post = () => client.chat.postMessage({ channel: INCIDENTS, text: 'x' });
  alice.kick(INCIDENTS);
  expect(await refusal(post())).toBe('not_in_channel');
  expect(await refusal(client.conversations.history({ channel: INCIDENTS }))).toBe('not_in_channel');
  await slack.until(() => heard.some((event) => event.type === 'channel_left'), 'channel_left');
  alice.say(INCIDENTS, 'nobody listens');
  alice.invite(INCIDENTS);
  await slack.until(() => heard.some((event) => event.type === 'member_joined_channel'), 'the invitation');
  expect(heard.find((event) => event.type === 'member_joined_channel')).toMatchObject({
    user: 'U0MEDIC',
    channel: INCIDENTS,
    inviter: 'U0ALICE',
  });
  expect((await post()).ok).toBe(true);
  expect(slack.print(INCIDENTS)).toContain('@Medic has joined the channel');
});

test('a private channel does not exist for an app that was put out of it', async () => {
  const { client, alice, slack, heard } = await listening([secret]);
  alice.kick('secret');
  expect(await refusal(client.chat.postMessage({ channel: 'C0SECRET', text: 'x' }))).toBe(
    'channel_not_found',
  );
  expect(await refusal(client.conversations.info({ channel: 'C0SECRET' }))).toBe('channel_not_found');
  expect(await refusal(client.conversations.join({ channel: 'C0SECRET' }))).toBe('channel_not_found');
  await slack.until(() => heard.some((event) => event.type === 'group_left'), 'group_left');
});

test('an archived channel takes nothing from anybody until it is brought back', async () => {
  const { client, alice, slack, heard } = await listening();
  const { ts = '' } = await client.chat.postMessage({ channel: INCIDENTS, text: 'x' });
  alice.archive(INCIDENTS);
  expect(await refusal(client.chat.postMessage({ channel: INCIDENTS, text: 'y' }))).toBe('is_archived');
  expect(await refusal(client.chat.update({ channel: INCIDENTS, ts, text: 'y' }))).toBe('is_archived');
  expect(() => alice.say(INCIDENTS, 'hello?')).toThrow('#incidents is archived');
  await slack.until(() => heard.some((event) => event.type === 'channel_archive'), 'channel_archive');
  alice.unarchive(INCIDENTS);
  expect((await client.chat.update({ channel: INCIDENTS, ts, text: 'y' })).ok).toBe(true);
});

test('people invite and put out with the commands of Slack itself', async () => {
  const { slack, alice } = await listening();
  await alice.command(INCIDENTS, '/kick', '@medic');
  expect(slack.state.channels.get(INCIDENTS)?.members).not.toContain('U0MEDIC');
  await alice.command(INCIDENTS, '/invite', '<@U0MEDIC>');
  expect(slack.state.channels.get(INCIDENTS)?.members).toContain('U0MEDIC');
  await expect(alice.command(INCIDENTS, '/invite', '@medic')).rejects.toThrow('already in #incidents');
  await expect(alice.command(INCIDENTS, '/kick', 'somebody')).rejects.toThrow('/kick @name');
});

test('somebody of another workspace is known by their team, in payloads, events and look-ups', async () => {
  const { slack, app, heard, client } = await listening(
    [shared],
    [eve, { ...eve, id: 'U0ALICE', name: 'alice', real_name: 'Alice', tz: 'Etc/UTC', team_id: 'T0EXAMPLE' }],
  );
  const clicks: unknown[] = [];
  app.action('go', async ({ ack, body }) => {
    await ack();
    clicks.push(body.user);
  });
  const button = {
    type: 'button' as const,
    action_id: 'go',
    text: { type: 'plain_text' as const, text: 'Go' },
  };
  await client.chat.postMessage({
    channel: 'C0SHARED',
    text: 'plan',
    blocks: [{ type: 'actions', elements: [button] }],
  });
  const message = await slack.message('shared', '[Go]');
  await slack.person('U0EVE').click(message, 'Go');
  await slack.person('U0ALICE').click(message, 'Go');
  expect(clicks).toMatchObject([{ team_id: 'T0PARTNER' }, { team_id: 'T0EXAMPLE' }]);
  slack.person('U0EVE').say('shared', 'hello');
  await slack.until(() => heard.some((event) => event.user === 'U0EVE' && event.shared), 'an event of Eve');
  expect((await client.users.info({ user: 'U0EVE' })).user).toMatchObject({
    team_id: 'T0PARTNER',
    tz: 'Asia/Tokyo',
    tz_offset: 9 * 3600,
  });
  expect((await client.conversations.info({ channel: 'C0SHARED' })).channel?.is_ext_shared).toBe(true);
});
