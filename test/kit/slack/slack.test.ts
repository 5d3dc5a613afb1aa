import { expect, test } from 'vitest';
import { connect, slackWith, socketApp } from './harness.ts';

test('a mention reaches the app, and its answer the thread', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: `you said ${event.text}`, thread_ts: event.ts });
  });
  await connect(slack, app);
  slack.person('U0BOB').say('#incidents', '@medic what is 1 < 2?');
  const reply = await slack.message('#incidents', /you said/);
  expect(slack.textOf(reply)).toBe('you said @Medic what is 1 < 2?');
  expect(reply.text).toContain('<@U0MEDIC> what is 1 &lt; 2?');
});

test('replicas take turns', async () => {
  const slack = await slackWith();
  const heard: string[] = [];
  for (const name of ['first', 'second']) {
    const app = socketApp(slack);
    app.message(async ({ message }) => {
      heard.push(`${name}: ${(message as { text?: string }).text}`);
    });
    await connect(slack, app);
  }
  await slack.until(() => slack.connections() === 2, 'two connections');
  const alice = slack.person('U0ALICE');
  for (const text of ['a', 'b', 'c', 'd']) alice.say('#incidents', text);
  await slack.until(() => heard.length === 4, 'four messages');
  expect(heard.filter((entry) => entry.startsWith('first'))).toHaveLength(2);
});

test('Slack may ask for a new connection, cut it, or be gone for a while; the app comes back', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  app.message(async ({ say, message }) => {
    await say(`heard ${(message as { text?: string }).text}`);
  });
  await connect(slack, app);
  const alice = slack.person('U0ALICE');
  const lose: Record<string, () => unknown> = {
    'the refresh': () => slack.faults.disconnect(),
    'the cut': () => slack.faults.dropSockets(),
    'the outage': () => slack.faults.down(),
  };
  for (const [name, fault] of Object.entries(lose)) {
    await fault();
    await slack.until(() => slack.connections() === 0, `${name} to take effect`);
    if (name === 'the outage') {
      await expect(fetch(slack.url)).rejects.toThrow();
      await slack.faults.up();
    }
    await slack.until(() => slack.connections() === 1, `a new connection after ${name}`, 10_000);
    alice.say('#incidents', `hello after ${name}`);
    await slack.message('#incidents', `heard hello after ${name}`);
  }
}, 20_000);

test('an envelope can be delivered twice', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  const events: unknown[] = [];
  app.event('reaction_added', async ({ body }) => {
    events.push(body.event_id);
  });
  await connect(slack, app);
  const message = slack.person('U0ALICE').say('#incidents', 'x');
  await slack.until(() => slack.connections() === 1, 'connection');
  slack.faults.duplicate();
  slack.person('U0ALICE').react(message, 'x');
  await slack.until(() => events.length === 2, 'two deliveries');
  expect(events[0]).toBe(events[1]);
});

test('what a wait missed is told with the channel as text', async () => {
  const slack = await slackWith();
  slack.person('U0ALICE').say('#incidents', 'the catalog is slow');
  await expect(slack.message('#incidents', 'restarted', 30)).rejects.toThrow(
    /no message that matches restarted within 90 ms[\s\S]*Alice: the catalog is slow/,
  );
});
