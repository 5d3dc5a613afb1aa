import { expect, test } from 'vitest';
import { clientOf, INCIDENTS, refusal, refused, slackWith } from './harness.ts';

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

test('a block may show a complete picture that Slack has worked on, and nothing else', async () => {
  const slack = await slackWith({ limits: { fileProcessingMs: 60 } });
  const client = clientOf(slack);
  const show = (id: string) =>
    client.chat.postMessage({
      channel: INCIDENTS,
      text: 'chart',
      blocks: [{ type: 'image', slack_file: { id }, alt_text: 'Memory over two hours' }],
    });
  const upload = async (filename: string) => {
    const { upload_url, file_id } = await client.files.getUploadURLExternal({ filename, length: 3 });
    expect(await refused(show(String(file_id)))).toEqual({
      error: 'invalid_blocks',
      messages: ['[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]'],
    });
    await fetch(String(upload_url), { method: 'POST', body: 'abc' });
    expect(await refusal(show(String(file_id)))).toBe('invalid_blocks');
    await client.files.completeUploadExternal({ files: [{ id: String(file_id) }] });
    expect(await refusal(show(String(file_id)))).toBe('invalid_blocks');
    const complete = performance.now();
    await slack.until(() => performance.now() - complete > 70, 'the file to be worked on');
    return String(file_id);
  };
  expect((await show(await upload('chart.png'))).ok).toBe(true);
  expect(await refusal(show(await upload('notes.txt')))).toBe('invalid_blocks');
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

test('a stream in plan mode gathers its tasks in one plan', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const thread_ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'parent' })).ts);
  const stream = client.chatStream({
    channel: INCIDENTS,
    thread_ts,
    recipient_team_id: 'T0EXAMPLE',
    recipient_user_id: 'U0ALICE',
    task_display_mode: 'plan',
    buffer_size: 1,
  });
  const task = (status: 'in_progress' | 'complete') => ({
    type: 'task_update' as const,
    id: 't1',
    title: 'Read the log',
    status,
  });
  await stream.append({ chunks: [{ type: 'plan_update', title: 'Looking' }, task('in_progress')] });
  await stream.append({ chunks: [task('complete')] });
  await stream.stop();
  const written = await slack.message('#incidents', 'Looking');
  expect(slack.textOf(written)).toBe('Looking\n● Read the log');
  expect(await client.conversations.replies({ channel: INCIDENTS, ts: thread_ts })).not.toHaveProperty(
    'messages.1.task_display_mode',
  );
});

test('the status line of a thread lasts until the app replies, or two minutes', async () => {
  const slack = await slackWith({ limits: { statusLifeMs: 30 } });
  const client = clientOf(slack);
  const thread_ts = String((await client.chat.postMessage({ channel: INCIDENTS, text: 'parent' })).ts);
  const setStatus = (ts: string, loading_messages: string[] = []) =>
    client.assistant.threads.setStatus({
      channel_id: INCIDENTS,
      thread_ts: ts,
      status: 'is reading the logs',
      loading_messages,
    });
  const shown = () => slack.state.statuses.get(`${INCIDENTS}:${thread_ts}`);
  expect(await refusal(setStatus('1.000000'))).toBe('invalid_thread_ts');
  expect(await refusal(setStatus(thread_ts, Array(11).fill('still reading')))).toBe('invalid_arguments');
  await setStatus(thread_ts);
  await slack.until(() => shown() === '', 'the status to go by itself');
  await setStatus(thread_ts);
  expect(slack.state.statuses.get(`${INCIDENTS}:${thread_ts}`)).toBe('is reading the logs');
  await client.chat.postMessage({ channel: INCIDENTS, text: 'done', thread_ts });
  expect(slack.state.statuses.size).toBe(0);
});
