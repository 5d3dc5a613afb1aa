import { ErrorCode, WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { approveRow, clientOf, INCIDENTS, quiet, refusal, slackWith } from './harness.ts';

test('a token is needed, and it must be the right one', async () => {
  const slack = await slackWith();
  expect((await clientOf(slack).auth.test()).user_id).toBe('U0MEDIC');
  expect(await refusal(clientOf(slack, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
  const nobody = new WebClient(undefined, { slackApiUrl: slack.apiUrl, logger: quiet });
  expect(await refusal(nobody.auth.test())).toBe('not_authed');
  expect(await refusal(clientOf(slack).apps.connections.open({}))).toBe('not_allowed_token_type');
});

test('an unknown method is refused with HTTP 200', async () => {
  const slack = await slackWith();
  expect(await refusal(clientOf(slack).apiCall('chat.shout'))).toBe('unknown_method');
});

test('a method without its scope is refused, naming the scope', async () => {
  const slack = await slackWith({ scopes: ['channels:read'] });
  const call = clientOf(slack).chat.postMessage({ channel: INCIDENTS, text: 'hello' });
  await expect(call).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'chat:write', provided: 'channels:read' },
  });
});

test('a thread holds its replies, counts them, and keeps them out of the channel', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const parent = await client.chat.postMessage({ channel: '#incidents', text: 'parent' });
  const thread_ts = String(parent.ts);
  await client.chat.postMessage({ channel: INCIDENTS, text: 'reply', thread_ts });
  await client.chat.postMessage({ channel: INCIDENTS, text: 'loud', thread_ts, reply_broadcast: true });
  const replies = await client.conversations.replies({ channel: INCIDENTS, ts: thread_ts });
  expect(replies.messages?.map((message) => message.text)).toEqual(['parent', 'reply', 'loud']);
  expect(replies.messages?.[0]).toMatchObject({ reply_count: 2, reply_users: ['U0MEDIC'] });
  const history = await client.conversations.history({ channel: INCIDENTS });
  expect(history.messages?.map((message) => message.text)).toEqual(['loud', 'parent']);
  expect(
    await refusal(client.chat.postMessage({ channel: INCIDENTS, text: 'x', thread_ts: '1.000000' })),
  ).toBe('thread_not_found');
  const inThread = String(replies.messages?.[1]?.ts);
  expect(await refusal(client.chat.postMessage({ channel: INCIDENTS, text: 'x', thread_ts: inThread }))).toBe(
    'cannot_reply_to_message',
  );
});

test('history goes page by page, newest first, with metadata only when asked for', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const metadata = { event_type: 'incident', event_payload: { id: 'I1', attempt: 2 } };
  for (const text of ['one', 'two', 'three'])
    await client.chat.postMessage({ channel: INCIDENTS, text, metadata });
  const first = await client.conversations.history({
    channel: INCIDENTS,
    limit: 2,
    include_all_metadata: true,
  });
  expect(first.messages?.map((message) => message.text)).toEqual(['three', 'two']);
  expect(first.messages?.[0]?.metadata).toEqual(metadata);
  const cursor = String(first.response_metadata?.next_cursor);
  const second = await client.conversations.history({ channel: INCIDENTS, limit: 2, cursor });
  expect(second.messages?.map((message) => message.text)).toEqual(['one']);
  expect(second.messages?.[0]?.metadata).toBeUndefined();
  const newer = await client.conversations.history({
    channel: INCIDENTS,
    oldest: String(first.messages?.[1]?.ts),
  });
  expect(newer.messages?.map((message) => message.text)).toEqual(['three']);
});

test('only the author may change a message; text takes the place of blocks', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const posted = await client.chat.postMessage({ channel: INCIDENTS, text: 'plan', blocks: [approveRow] });
  const ts = String(posted.ts);
  await client.chat.update({ channel: INCIDENTS, ts, blocks: [{ type: 'divider' }], text: 'quietly' });
  expect(slack.state.messages.get(INCIDENTS)?.[0]).not.toHaveProperty('edited');
  await client.chat.update({ channel: INCIDENTS, ts, text: 'done' });
  expect(slack.state.messages.get(INCIDENTS)?.[0]).toMatchObject({
    text: 'done',
    edited: { user: 'U0MEDIC' },
  });
  expect(slack.state.messages.get(INCIDENTS)?.[0]).not.toHaveProperty('blocks');
  const theirs = slack.person('U0ALICE').say('#incidents', 'mine');
  expect(await refusal(client.chat.update({ channel: INCIDENTS, ts: theirs.ts, text: 'x' }))).toBe(
    'cant_update_message',
  );
  expect(await refusal(client.chat.delete({ channel: INCIDENTS, ts: theirs.ts }))).toBe(
    'cant_delete_message',
  );
  expect(await refusal(client.chat.update({ channel: INCIDENTS, ts: '1.000000', text: 'x' }))).toBe(
    'message_not_found',
  );
  await client.chat.delete({ channel: INCIDENTS, ts });
  expect(slack.print('#incidents')).not.toContain('done');
});

test('a deleted parent leaves a tombstone over its replies', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'parent' })).ts);
  await client.chat.postMessage({ channel: INCIDENTS, text: 'reply', thread_ts: ts });
  await client.chat.delete({ channel: INCIDENTS, ts });
  const { messages } = await client.conversations.replies({ channel: INCIDENTS, ts });
  expect(messages?.map((message) => message.text)).toEqual(['This message was deleted.', 'reply']);
});

test('an ephemeral message is seen by one person and cannot be changed or found', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const { message_ts } = await client.chat.postEphemeral({
    channel: INCIDENTS,
    user: 'U0DAVE',
    text: 'not you',
  });
  const ts = String(message_ts);
  expect((await slack.person('U0DAVE').told('#incidents', 'not you')).ts).toBe(ts);
  expect(await refusal(client.chat.update({ channel: INCIDENTS, ts, text: 'x' }))).toBe('message_not_found');
  expect((await client.conversations.history({ channel: INCIDENTS })).messages).toEqual([]);
  const seen = async (user: string) =>
    (
      (await (await fetch(`${slack.url}/ui/channels/${INCIDENTS}/messages?user=${user}`)).json()) as {
        messages: unknown[];
      }
    ).messages.length;
  expect([await seen('U0DAVE'), await seen('U0ALICE')]).toEqual([1, 0]);
});

test('the bot writes only where it is a member, and not into an archive', async () => {
  const channels = [
    {
      id: 'C0OUTSIDE',
      name: 'outside',
      topic: '',
      is_private: false,
      is_archived: false,
      members: ['U0ALICE'],
    },
    {
      id: 'C0SECRET',
      name: 'secret',
      topic: '',
      is_private: true,
      is_archived: false,
      members: ['U0ALICE'],
    },
    { id: 'C0OLD', name: 'old', topic: '', is_private: false, is_archived: true, members: ['U0MEDIC'] },
  ];
  const slack = await slackWith({ channels });
  const client = clientOf(slack);
  const post = (channel: string) => client.chat.postMessage({ channel, text: 'x' });
  expect(await refusal(post('C0OUTSIDE'))).toBe('not_in_channel');
  expect(await refusal(post('C0SECRET'))).toBe('channel_not_found');
  expect(await refusal(post('C0OLD'))).toBe('is_archived');
  await client.conversations.join({ channel: 'C0OUTSIDE' });
  expect((await post('C0OUTSIDE')).ok).toBe(true);
  const { channel } = await client.conversations.open({ users: 'U0ALICE' });
  expect((await post(String(channel?.id))).ok).toBe(true);
});

test('a message a second and channel, after a short burst; then 429 with Retry-After', async () => {
  const slack = await slackWith({ limits: { messageBurst: 3, messagesPerSecondPerChannel: 0.5 } });
  const client = clientOf(slack);
  const post = (channel: string) => client.chat.postMessage({ channel, text: 'x' });
  for (let sent = 0; sent < 3; sent++) await post(INCIDENTS);
  await expect(post(INCIDENTS)).rejects.toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 2 });
  expect((await post('C0PAYMENTS')).ok).toBe(true);
  expect(slack.calls.at(-2)).toMatchObject({
    method: 'chat.postMessage',
    answer: { error: 'ratelimited' },
  });
});

test('timestamps are unique and only grow', async () => {
  const slack = await slackWith();
  const alice = slack.person('U0ALICE');
  const all = Array.from({ length: 200 }, (_, index) => alice.say('#general', `line ${index}`).ts);
  expect(all).toEqual([...new Set(all)].sort());
  expect(all.every((ts) => /^\d{10}\.\d{6}$/.test(ts))).toBe(true);
});
