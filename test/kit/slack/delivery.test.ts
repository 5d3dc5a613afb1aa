import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientOf, INCIDENTS, refusal, slackWith } from './harness.ts';
import { bodyOf } from './http.ts';
import type { LocalSlack } from './server.ts';

interface Heard {
  type: string;
  envelope_id?: string;
  retry_attempt?: number;
  retry_reason?: string;
  accepts_response_payload?: boolean;
  payload?: { event_id?: string; event?: { type: string } };
}

/** A bare Socket Mode client that keeps what it hears and acknowledges only when told to. */
async function listener(slack: LocalSlack) {
  const { url } = await clientOf(slack, slack.appToken).apps.connections.open({});
  const socket = new WebSocket(String(url));
  const heard: Heard[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(String(data)) as Heard));
  onTestFinished(() => socket.terminate());
  await slack.until(() => heard.some((message) => message.type === 'hello'), 'hello');
  return {
    url: String(url),
    socket,
    heard,
    events: () => heard.filter((message) => message.type === 'events_api'),
  };
}

test('an event nobody acknowledges comes again three times, numbered, and then no more', async () => {
  const slack = await slackWith({ limits: { ackMs: 30, retryMs: [0, 5, 5] } });
  const { heard, events } = await listener(slack);
  expect(heard[0]).toMatchObject({
    type: 'hello',
    num_connections: 1,
    connection_info: { app_id: 'A0MEDIC' },
  });
  slack.person('U0ALICE').say('#incidents', 'x');
  await slack.until(() => events().length === 4, 'four attempts');
  expect(events().map((event) => [event.retry_attempt, event.retry_reason])).toEqual([
    [0, ''],
    [1, 'timeout'],
    [2, 'timeout'],
    [3, 'timeout'],
  ]);
  expect(new Set(events().map((event) => event.payload?.event_id)).size).toBe(1);
  expect(new Set(events().map((event) => event.envelope_id)).size).toBe(4);
  slack.person('U0ALICE').say('#incidents', 'another');
  await slack.until(() => events().length === 8, 'the attempts of the next event');
  expect(
    new Set(
      events()
        .slice(4)
        .map((event) => event.payload?.event_id),
    ).size,
  ).toBe(1);
});

test('an acknowledged event does not come again', async () => {
  const slack = await slackWith({ limits: { ackMs: 30, retryMs: [0, 0, 0] } });
  const { socket, heard, events } = await listener(slack);
  socket.on('message', (data) => {
    const { envelope_id } = JSON.parse(String(data)) as Heard;
    if (envelope_id) socket.send(JSON.stringify({ envelope_id }));
  });
  for (const text of ['one', 'two']) slack.person('U0ALICE').say('#incidents', text);
  await slack.until(() => events().length === 2, 'two events');
  await slack.person('U0ALICE').command('#incidents', '/heal');
  expect(events().map((event) => event.retry_attempt)).toEqual([0, 0]);
  expect(heard.at(-1)).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
});

test('an event whose replica dies before it acknowledges goes to another one', async () => {
  const slack = await slackWith({ limits: { retryMs: [0, 0, 0] } });
  const first = await listener(slack);
  const second = await listener(slack);
  for (const [one, other] of [
    [first, second],
    [second, first],
  ] as const) {
    one.socket.on('message', () => {
      if (other.events().length === 0) one.socket.terminate();
    });
  }
  slack.person('U0ALICE').say('#incidents', 'x');
  await slack.until(() => first.events().length + second.events().length === 2, 'a second delivery');
  expect([...first.events(), ...second.events()].map((event) => event.retry_attempt).sort()).toEqual([0, 1]);
  expect([first.events().length, second.events().length]).toEqual([1, 1]);
});

test('a Socket Mode address works once, and not without its ticket', async () => {
  const slack = await slackWith();
  const { url } = await listener(slack);
  const outcome = (address: string) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(address);
      socket.on('open', () => resolve('open'));
      socket.on('error', (error) => resolve(error.message));
    });
  expect(await outcome(url)).toContain('401');
  expect(await outcome(url.replace(/ticket=\w+/, 'ticket=guess'))).toContain('401');
  expect(await refusal(clientOf(slack).apps.connections.open({}))).toBe('not_allowed_token_type');
});

test('Slack sends only events the app subscribed to, holds the scope for, and may see', async () => {
  const slack = await slackWith({
    events: ['reaction_added', 'message.channels'],
    scopes: ['channels:history'],
  });
  const { events } = await listener(slack);
  const alice = slack.person('U0ALICE');
  const message = alice.say('#incidents', '@medic hello');
  alice.react(message, 'x');
  alice.say(alice.directMessage(), 'in private');
  alice.say('#incidents', 'the last');
  await slack.until(() => events().length === 2, 'two events');
  expect(events().map((event) => event.payload?.event?.type)).toEqual(['message', 'message']);
});

test('the app hears of its own posts, edits and deletions, as from Slack', async () => {
  const slack = await slackWith();
  const { events } = await listener(slack);
  const client = clientOf(slack);
  const ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'one' })).ts);
  await client.chat.update({ channel: INCIDENTS, ts, text: 'two' });
  await client.chat.delete({ channel: INCIDENTS, ts });
  await slack.until(() => events().length === 3, 'three events');
  expect(events().map((event) => event.payload?.event)).toMatchObject([
    { type: 'message', bot_id: 'B0MEDIC', text: 'one', channel_type: 'channel' },
    { subtype: 'message_changed', message: { text: 'two' }, previous_message: { text: 'one' } },
    { subtype: 'message_deleted', deleted_ts: ts },
  ]);
});

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

test('HTTP deliveries are signed, and repeated with their number after an error', async () => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: String(await bodyOf(request)) });
    response.writeHead(received.length < 3 ? 500 : 200);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const eventsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  const slack = await slackWith({
    http: { eventsUrl },
    limits: { retryMs: [0, 5, 5] },
    signingSecret: 'shh',
  });
  slack.person('U0ALICE').say('#incidents', 'x');
  await slack.until(() => received.length === 3, 'three attempts');
  expect(
    received.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
  ).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
  ]);
  for (const { headers, body } of received) {
    const base = `v0:${headers['x-slack-request-timestamp']}:${body}`;
    expect(headers['x-slack-signature']).toBe(`v0=${createHmac('sha256', 'shh').update(base).digest('hex')}`);
  }
});
