import { expect, test } from 'vitest';
import { clientOf, INCIDENTS, slackWith } from './harness.ts';

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
  while (!received.includes('hello there')) received += new TextDecoder().decode((await reader.read()).value);
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

test('a permalink leads to the channel, or to the thread that its message has', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: INCIDENTS, text: 'card' });
  const leads = async (message_ts: string) => {
    const { permalink } = await client.chat.getPermalink({ channel: INCIDENTS, message_ts });
    return (await fetch(String(permalink), { redirect: 'manual' })).headers.get('location');
  };
  expect(await leads(ts)).toBe(`/#/${INCIDENTS}`);
  const reply = await client.chat.postMessage({ channel: INCIDENTS, thread_ts: ts, text: 'reply' });
  expect(await leads(ts)).toBe(`/#/${INCIDENTS}/${ts}`);
  expect(await leads(String(reply.ts))).toBe(`/#/${INCIDENTS}/${ts}`);
});

test('what the page is told at its start holds the status lines and shortcuts', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: INCIDENTS, text: 'card' });
  await client.assistant.threads.setStatus({ channel_id: INCIDENTS, thread_ts: ts, status: 'is looking' });
  expect(await (await fetch(`${slack.url}/ui/state`)).json()).toMatchObject({
    status: { [`${INCIDENTS}/${ts}`]: 'is looking' },
    shortcuts: [{ callback_id: 'diagnose_message', type: 'message' }],
  });
});
