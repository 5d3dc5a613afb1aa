import { App, LogLevel } from '@slack/bolt';
import { ErrorCode, WebClient } from '@slack/web-api';
import { afterEach, describe, expect, test } from 'vitest';
import { type LocalSlack, type SlackOptions, startSlack } from './server.ts';

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function slackWith(options: SlackOptions = {}): Promise<LocalSlack> {
  const slack = await startSlack(options);
  stops.push(() => slack.stop());
  return slack;
}

/** A client that never retries, so that every refusal is seen. */
function clientOf(slack: LocalSlack, token = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 2000,
    logLevel: LogLevel.ERROR,
    logger: quiet,
  });
}

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

function boltApp(slack: LocalSlack): App {
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logger: quiet,
    // A dropped connection is taken up again after this long.
    clientPingTimeout: 300,
  });
  app.error(async () => {});
  return app;
}

async function start(slack: LocalSlack, app: App): Promise<App> {
  await app.start();
  stops.push(() => app.stop());
  await slack.until(() => slack.connections() > 0, 'Socket Mode connection');
  return app;
}

/** Slack's error code for a call that must be refused. */
async function refusal(call: Promise<unknown>): Promise<string> {
  return (await refused(call)).error;
}

async function refused(call: Promise<unknown>): Promise<{ error: string; messages: string[] }> {
  try {
    await call;
  } catch (error) {
    const { code, data } = error as {
      code: string;
      data: { error: string; response_metadata?: { messages?: string[] } };
    };
    expect(code).toBe(ErrorCode.PlatformError);
    return { error: data.error, messages: data.response_metadata?.messages ?? [] };
  }
  throw new Error('the call was accepted');
}

const INCIDENTS = 'C0INCIDENTS';

const approveRow = {
  type: 'actions',
  block_id: 'decision',
  elements: [
    {
      type: 'button',
      action_id: 'approve',
      text: { type: 'plain_text', text: 'Approve' },
      value: 'plan-1',
      style: 'primary',
    },
    { type: 'button', action_id: 'reject', text: { type: 'plain_text', text: 'Reject' }, value: 'plan-1' },
  ],
};

describe('the Web API', () => {
  test('a token is needed, and it must be the right one', async () => {
    const slack = await slackWith();
    expect((await clientOf(slack).auth.test()).user_id).toBe('U0MEDIC');
    expect(await refusal(clientOf(slack, 'xoxb-wrong').auth.test())).toBe('invalid_auth');
    expect(
      await refusal(new WebClient(undefined, { slackApiUrl: slack.apiUrl, logger: quiet }).auth.test()),
    ).toBe('not_authed');
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
    expect(
      await refusal(client.chat.postMessage({ channel: INCIDENTS, text: 'x', thread_ts: inThread })),
    ).toBe('cannot_reply_to_message');
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
    expect(messages?.map((message) => message.subtype ?? message.text)).toEqual(['tombstone', 'reply']);
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
    expect(await refusal(client.chat.update({ channel: INCIDENTS, ts, text: 'x' }))).toBe(
      'message_not_found',
    );
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

  test('reactions are counted, and a second one is refused', async () => {
    const slack = await slackWith();
    const client = clientOf(slack);
    const { ts } = slack.person('U0ALICE').say('#incidents', 'broken');
    const place = { channel: INCIDENTS, timestamp: ts, name: 'eyes' };
    await client.reactions.add(place);
    expect(await refusal(client.reactions.add(place))).toBe('already_reacted');
    expect((await client.reactions.get(place)).message?.reactions).toEqual([
      { name: 'eyes', users: ['U0MEDIC'], count: 1 },
    ]);
    await client.reactions.remove(place);
    expect(await refusal(client.reactions.remove(place))).toBe('no_reaction');
  });

  test('people and groups can be looked up', async () => {
    const slack = await slackWith();
    const client = clientOf(slack);
    expect((await client.users.info({ user: 'U0ALICE' })).user?.real_name).toBe('Alice');
    expect((await client.users.lookupByEmail({ email: 'bob@example.com' })).user?.id).toBe('U0BOB');
    expect((await client.usergroups.users.list({ usergroup: 'S0ONCALL' })).users).toEqual([
      'U0ALICE',
      'U0CAROL',
    ]);
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam');
    expect(await refusal(client.users.info({ user: 'U0NOBODY' }))).toBe('user_not_found');
  });

  test('a file is uploaded, shown in the thread, and served', async () => {
    const slack = await slackWith();
    const client = clientOf(slack);
    const ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'parent' })).ts);
    await client.filesUploadV2({
      channel_id: INCIDENTS,
      thread_ts: ts,
      initial_comment: 'the chart',
      filename: 'chart.png',
      title: 'Memory',
      alt_text: 'Memory over two hours',
      file: Buffer.from('not really a picture'),
    });
    const shared = slack.thread('#incidents', ts).at(-1);
    expect(slack.print('#incidents', ts)).toContain('[file: Memory] Memory over two hours');
    const file = shared?.files?.[0];
    const response = await fetch(String(file?.url_private));
    expect([response.headers.get('content-type'), await response.text()]).toEqual([
      'image/png',
      'not really a picture',
    ]);
  });

  test('a stream grows a message chunk by chunk', async () => {
    const slack = await slackWith();
    const client = clientOf(slack);
    const thread_ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'parent' })).ts);
    const stream = client.chatStream({
      channel: INCIDENTS,
      thread_ts,
      recipient_team_id: 'T0EXAMPLE',
      recipient_user_id: 'U0ALICE',
      buffer_size: 1,
    });
    await stream.append({ markdown_text: 'Looking at ' });
    await stream.append({
      markdown_text: 'the logs',
      chunks: [{ type: 'task_update', id: 't1', title: 'Read the log', status: 'in_progress' }],
    });
    await stream.append({
      chunks: [
        { type: 'task_update', id: 't1', title: 'Read the log', status: 'complete', output: '3 errors' },
      ],
    });
    expect(await refusal(client.chat.update({ channel: INCIDENTS, ts: String(stream.ts), text: 'x' }))).toBe(
      'streaming_state_conflict',
    );
    await stream.stop();
    const written = await slack.message('#incidents', 'Looking at the logs');
    expect(slack.textOf(written)).toBe('Looking at the logs\n● Read the log\n  3 errors');
    expect(written.streaming_state).toBe('completed');
  });

  test('the status line of a thread is shown to the page', async () => {
    const slack = await slackWith();
    const client = clientOf(slack);
    const thread_ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'parent' })).ts);
    await client.assistant.threads.setStatus({
      channel_id: INCIDENTS,
      thread_ts,
      status: 'is reading the logs',
    });
    expect(slack.state.statuses.get(`${INCIDENTS}:${thread_ts}`)).toBe('is reading the logs');
  });
});

describe('Socket Mode with a real Bolt app', () => {
  test('a mention reaches the app, and its answer the thread', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    app.event('app_mention', async ({ event, say }) => {
      await say({ text: `you said ${event.text}`, thread_ts: event.ts });
    });
    await start(slack, app);
    slack.person('U0BOB').say('#incidents', '@medic what is 1 < 2?');
    const reply = await slack.message('#incidents', /you said/);
    expect(slack.textOf(reply)).toBe('you said @Medic what is 1 < 2?');
    expect(reply.text).toContain('<@U0MEDIC> what is 1 &lt; 2?');
  });

  test('a button click carries value, message, state and a trigger that opens a modal', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    app.action('approve', async ({ ack, body, action, client }) => {
      await ack();
      if (body.type !== 'block_actions' || action.type !== 'button') return;
      await client.views.open({
        trigger_id: body.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'why',
          private_metadata: `${action.value} ${body.message?.ts} ${Object.keys(body.state?.values ?? {})}`,
          title: { type: 'plain_text', text: 'Why?' },
          submit: { type: 'plain_text', text: 'Approve' },
          blocks: [
            {
              type: 'input',
              block_id: 'reason',
              label: { type: 'plain_text', text: 'Reason' },
              element: { type: 'plain_text_input', action_id: 'text', min_length: 3 },
            },
          ],
        },
      });
    });
    app.view('why', async ({ ack, view, body, client }) => {
      const reason = view.state.values.reason?.text?.value ?? '';
      if (reason === 'because') {
        await ack({ response_action: 'errors', errors: { reason: 'Say more than that.' } });
        return;
      }
      await ack();
      await client.chat.postMessage({ channel: INCIDENTS, text: `<@${body.user.id}> approved: ${reason}` });
    });
    await start(slack, app);
    const selectRow = {
      type: 'section',
      block_id: 'which',
      text: { type: 'mrkdwn', text: 'Which?' },
      accessory: { type: 'users_select', action_id: 'who', initial_user: 'U0BOB' },
    };
    await clientOf(slack).chat.postMessage({
      channel: INCIDENTS,
      text: 'plan',
      blocks: [selectRow, approveRow],
    });
    const message = await slack.message('#incidents', '[Approve] [Reject]');
    const alice = slack.person('U0ALICE');
    await alice.click(message, 'Approve');
    const modal = await alice.modal('Why?');
    expect(modal.private_metadata).toBe(`plan-1 ${message.ts} which`);
    expect(await alice.submit(modal)).toEqual({
      ok: false,
      errors: { reason: 'Please complete this required field.' },
    });
    expect(await alice.submit(modal, { reason: 'no' })).toEqual({
      ok: false,
      errors: { reason: 'Must be at least 3 characters' },
    });
    expect(await alice.submit(modal, { reason: 'because' })).toEqual({
      ok: false,
      errors: { reason: 'Say more than that.' },
    });
    expect(await alice.submit(modal, { reason: 'it is down' })).toEqual({ ok: true });
    await slack.message('#incidents', (_, text) => text.includes('U0ALICE approved: it is down'));
  });

  test('a trigger works once and for three seconds', async () => {
    const slack = await slackWith({ limits: { triggerLifeMs: 40 } });
    const app = boltApp(slack);
    const triggers: string[] = [];
    app.command('/heal', async ({ ack, command }) => {
      triggers.push(command.trigger_id);
      await ack();
    });
    await start(slack, app);
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Heal' }, blocks: [] };
    const client = clientOf(slack);
    const open = (trigger_id = '') => client.views.open({ trigger_id, view });
    await slack.person('U0BOB').command('#incidents', '/heal');
    await open(triggers[0]);
    expect(await refusal(open(triggers[0]))).toBe('exchanged_trigger_id');
    await slack.person('U0BOB').command('#incidents', '/heal');
    const heard = performance.now();
    await slack.until(() => performance.now() - heard > 60, 'the trigger to grow old');
    expect(await refusal(open(triggers[1]))).toBe('expired_trigger_id');
    expect(await refusal(open('1.2.3'))).toBe('invalid_trigger_id');
  });

  test('a slash command is answered to its writer only, or to the channel, five times at most', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    app.command('/heal', async ({ ack, respond, command }) => {
      await ack({ response_type: 'ephemeral', text: `working on ${command.text}` });
      for (const step of ['1', '2', '3', '4']) await respond({ text: `step ${step}` });
      await respond({ response_type: 'in_channel', text: 'done' });
      await expect(respond({ text: 'too much' })).rejects.toMatchObject({ statusCode: 404 });
      await respond({ text: 'unreachable' }).catch(() =>
        slack.state.changes.emit('change', { type: 'connected', connected: true }),
      );
    });
    await start(slack, app);
    const bob = slack.person('U0BOB');
    await bob.command('#payments', '/heal', 'restart_service');
    await bob.told('#payments', 'working on restart_service');
    await bob.told('#payments', 'step 4');
    await slack.message('#payments', 'done');
    expect(slack.print('#payments')).not.toContain('too much');
  });

  test('a command nobody takes fails with the words Slack uses', async () => {
    const slack = await slackWith({ limits: { ackMs: 60 } });
    const bob = slack.person('U0BOB');
    await expect(bob.command('#incidents', '/heal')).rejects.toThrow(
      '/heal failed with the error "dispatch_failed"',
    );
    await expect(bob.command('#incidents', '/dance')).rejects.toThrow('/dance is not a valid command');
    const app = boltApp(slack);
    app.command('/heal', async () => {});
    await start(slack, app);
    await expect(bob.command('#incidents', '/heal')).rejects.toThrow(
      '/heal failed with the error "operation_timeout"',
    );
  });

  test('an event that is not acknowledged comes again with its number and reason', async () => {
    const slack = await slackWith({ limits: { ackMs: 50, retryMs: [0, 10, 10] } });
    const app = boltApp(slack);
    const retries: unknown[] = [];
    app.use(async ({ context, body, next }) => {
      retries.push([
        context.retryNum ?? 0,
        context.retryReason ?? '',
        (body as { event_id?: string }).event_id,
      ]);
      await next();
    });
    app.event({ type: 'reaction_added', autoAcknowledge: false } as never, async () => {});
    await start(slack, app);
    const message = slack.person('U0ALICE').say('#incidents', 'x');
    retries.length = 0;
    slack.person('U0ALICE').react(message, 'x');
    await slack.until(() => retries.length >= 1, 'delivery of the reaction');
    expect(retries[0]).toEqual([0, '', expect.stringMatching(/^EV/)]);
  });

  test('replicas take turns, and a dropped one does not lose the event', async () => {
    const slack = await slackWith({ limits: { retryMs: [0, 20, 20] } });
    const heard: string[] = [];
    for (const name of ['first', 'second']) {
      const app = boltApp(slack);
      app.message(async ({ message }) => {
        heard.push(`${name}: ${(message as { text?: string }).text}`);
      });
      await start(slack, app);
    }
    await slack.until(() => slack.connections() === 2, 'two connections');
    const alice = slack.person('U0ALICE');
    for (const text of ['a', 'b', 'c', 'd']) alice.say('#incidents', text);
    await slack.until(() => heard.length === 4, 'four messages');
    expect(heard.filter((entry) => entry.startsWith('first'))).toHaveLength(2);
  });

  test('Slack may ask for a new connection, cut it, or be gone for a while; the app comes back', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    app.message(async ({ say, message }) => {
      await say(`heard ${(message as { text?: string }).text}`);
    });
    await start(slack, app);
    const alice = slack.person('U0ALICE');
    for (const [name, fault] of [
      ['disconnect', () => slack.faults.disconnect()],
      ['drop', () => slack.faults.dropSockets()],
    ] as const) {
      fault();
      await slack.until(() => slack.connections() === 0, `${name} to take effect`);
      await slack.until(() => slack.connections() === 1, `a new connection after ${name}`, 10_000);
      alice.say('#incidents', `after ${name}`);
      await slack.message('#incidents', `heard after ${name}`);
    }
    await slack.faults.down();
    await expect(fetch(slack.url)).rejects.toThrow();
    await slack.faults.up();
    await slack.until(() => slack.connections() === 1, 'a connection after the outage', 20_000);
    alice.say('#incidents', 'after the outage');
    await slack.message('#incidents', 'heard after the outage');
  }, 40_000);

  test('an envelope can be delivered twice', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    const events: unknown[] = [];
    app.event('reaction_added', async ({ body }) => {
      events.push(body.event_id);
    });
    await start(slack, app);
    const message = slack.person('U0ALICE').say('#incidents', 'x');
    await slack.until(() => slack.connections() === 1, 'connection');
    slack.faults.duplicate();
    slack.person('U0ALICE').react(message, 'x');
    await slack.until(() => events.length === 2, 'two deliveries');
    expect(events[0]).toBe(events[1]);
  });

  test('selects, feedback and overflow report the option the app listed', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    const seen: unknown[] = [];
    app.action(/.*/, async ({ ack, action }) => {
      await ack();
      seen.push(action);
    });
    await start(slack, app);
    const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value });
    const label = (text: string, value: string) => ({ text: { type: 'plain_text', text }, value });
    await clientOf(slack).chat.postMessage({
      channel: INCIDENTS,
      text: 'choose',
      blocks: [
        {
          type: 'actions',
          elements: [
            { type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] },
            { type: 'overflow', action_id: 'more', options: [option('c')] },
          ],
        },
        {
          type: 'context_actions',
          elements: [
            {
              type: 'feedback_buttons',
              action_id: 'feedback',
              positive_button: label('Good', 'good'),
              negative_button: label('Bad', 'bad'),
            },
          ],
        },
      ] as never,
    });
    const message = await slack.message('#incidents', '[Good] [Bad]');
    const bob = slack.person('U0BOB');
    await bob.select(message, 'pick', 'B');
    await bob.select(message, 'more', 'c');
    await bob.click(message, 'Bad');
    expect(seen).toMatchObject([
      { type: 'static_select', selected_option: { value: 'b' } },
      { type: 'overflow', selected_option: { value: 'c' } },
      { type: 'feedback_buttons', value: 'bad' },
    ]);
    await expect(bob.select(message, 'pick', 'z')).rejects.toThrow('pick has no option with the value "z"');
    await expect(bob.click(message, 'Explode')).rejects.toThrow('there is no [Explode] to press');
  });

  test('a Home tab is published for the person who opens it', async () => {
    const slack = await slackWith();
    const app = boltApp(slack);
    app.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({
        user_id: event.user,
        view: {
          type: 'home',
          blocks: [{ type: 'header', text: { type: 'plain_text', text: 'All is well' } }],
        },
      });
    });
    await start(slack, app);
    expect((await slack.person('U0CAROL').home()).blocks[0]).toMatchObject({ type: 'header' });
    const home = (await (await fetch(`${slack.url}/ui/home?user=U0CAROL`)).json()) as {
      view: { type: string };
    };
    expect(home.view.type).toBe('home');
  });
});

describe('HTTP mode with a real Bolt receiver', () => {
  async function httpApp(signingSecret?: string) {
    const slack = await slackWith({
      http: { eventsUrl: 'http://127.0.0.1:9/slack/events' },
      limits: { retryMs: [0, 10, 10], ackMs: 1000 },
    });
    const app = new App({
      token: slack.botToken,
      signingSecret: signingSecret ?? slack.signingSecret,
      clientOptions: { slackApiUrl: slack.apiUrl },
      logger: quiet,
    });
    app.error(async () => {});
    const server = await app.start({ port: 0, host: '127.0.0.1' });
    stops.push(() => app.stop());
    const { port } = server.address() as { port: number };
    slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
    return { slack, app };
  }

  test('challenge, events, commands and clicks arrive signed', async () => {
    const { slack, app } = await httpApp();
    app.message(async ({ say }) => {
      await say({ text: 'plan', blocks: [approveRow] as never });
    });
    app.action('approve', async ({ ack, respond }) => {
      await ack();
      await respond({ replace_original: true, text: 'approved' });
    });
    app.command('/diagnose', async ({ ack, command }) => {
      await ack(`looking at ${command.text}`);
    });
    await slack.verifyUrl();
    const alice = slack.person('U0ALICE');
    alice.say('#incidents', 'it is broken');
    const plan = await slack.message('#incidents', '[Approve]');
    await alice.click(plan, 'approve');
    await slack.message('#incidents', 'approved');
    await alice.command('#incidents', '/diagnose', 'catalog');
    await alice.told('#incidents', 'looking at catalog');
  });

  test('an app with another signing secret refuses everything', async () => {
    const { slack, app } = await httpApp('another-secret');
    app.command('/diagnose', async ({ ack }) => ack());
    await expect(slack.verifyUrl()).rejects.toThrow('did not return the challenge: HTTP 401');
    await expect(slack.person('U0ALICE').command('#incidents', '/diagnose', 'x')).rejects.toThrow(
      'dispatch_failed',
    );
  });
});

describe('faults', () => {
  test('a lost answer leaves the message posted and the caller in the dark', async () => {
    const slack = await slackWith();
    slack.faults.loseAnswer('chat.postMessage');
    const call = clientOf(slack).chat.postMessage({ channel: INCIDENTS, text: 'unknown outcome' });
    await expect(call).rejects.toMatchObject({ code: ErrorCode.RequestError });
    expect(slack.print('#incidents')).toContain('unknown outcome');
  });

  test('a late post lands after the caller has given up', async () => {
    const slack = await slackWith();
    slack.faults.landLate('chat.postMessage', { afterMs: 50 });
    const call = clientOf(slack).chat.postMessage({ channel: INCIDENTS, text: 'late' });
    await expect(call).rejects.toMatchObject({ code: ErrorCode.RequestError });
    expect(slack.print('#incidents')).not.toContain('late');
    await slack.message('#incidents', 'late');
  });

  test('a call can be slowed down, broken, or left hanging, as often as asked', async () => {
    const slack = await slackWith();
    const client = clientOf(slack);
    slack.faults.rateLimit('chat.postMessage', { retryAfter: 7 });
    slack.faults.serverError('chat.postMessage', { status: 503 });
    slack.faults.hang('chat.postMessage');
    slack.faults.answerError('chat.postMessage', 'fatal_error');
    const post = () => client.chat.postMessage({ channel: INCIDENTS, text: 'x' });
    await expect(post()).rejects.toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 7 });
    await expect(post()).rejects.toMatchObject({ code: ErrorCode.HTTPError, statusCode: 503 });
    await expect(post()).rejects.toMatchObject({ code: ErrorCode.RequestError });
    expect(await refusal(post())).toBe('fatal_error');
    expect((await post()).ok).toBe(true);
    expect(slack.print('#incidents').match(/Medic: x/g)).toHaveLength(1);
  });
});

describe('the page', () => {
  test('state, panel and stream answer as the page expects', async () => {
    const ran: string[] = [];
    const slack = await slackWith({
      panel: {
        title: 'Break something',
        items: async () => [{ id: 'crash', label: 'Crash', detail: 'Ends the process', available: true }],
        run: async (id) => {
          ran.push(id);
          return `${id} done`;
        },
      },
    });
    const state = (await (await fetch(`${slack.url}/ui/state`)).json()) as Record<string, unknown>;
    expect(state).toMatchObject({
      ok: true,
      team: { name: 'Example' },
      bot: { user_id: 'U0MEDIC', connected: false },
      panel: { title: 'Break something' },
    });
    const post = async (path: string, body: unknown) =>
      (await fetch(`${slack.url}/ui/${path}`, { method: 'POST', body: JSON.stringify(body) })).json();
    expect(await post('panel/crash', { user: 'U0DAVE' })).toEqual({ ok: true, message: 'crash done' });
    expect(await post('command', { user: 'U0BOB', channel: INCIDENTS, command: '/heal', text: '' })).toEqual({
      ok: false,
      error: '/heal failed with the error "dispatch_failed"',
    });
    const stream = await fetch(`${slack.url}/ui/stream`);
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    await post('message', { user: 'U0BOB', channel: INCIDENTS, text: 'hello there' });
    let received = '';
    while (!received.includes('hello there'))
      received += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    expect(received).toContain('"type":"message"');
    expect(ran).toEqual(['crash']);
  });

  test('a page of another origin may not act for a person', async () => {
    const slack = await slackWith();
    const response = await fetch(`${slack.url}/ui/message`, {
      method: 'POST',
      headers: { Origin: 'http://elsewhere.example' },
      body: JSON.stringify({ user: 'U0BOB', channel: INCIDENTS, text: 'x' }),
    });
    expect(response.status).toBe(403);
  });
});

test('what a wait missed is told with the channel as text', async () => {
  const slack = await slackWith();
  slack.person('U0ALICE').say('#incidents', 'the catalog is slow');
  await expect(slack.message('#incidents', 'restarted', 30)).rejects.toThrow(
    /no message that matches restarted within 30 ms[\s\S]*Alice: the catalog is slow/,
  );
});
