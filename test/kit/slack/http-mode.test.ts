import { App } from '@slack/bolt';
import { expect, onTestFinished, test } from 'vitest';
import { approveRow, quiet, slackWith } from './harness.ts';

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
  onTestFinished(async () => {
    await app.stop();
  });
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
