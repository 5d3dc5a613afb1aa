import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { ErrorCode, WebClient } from '@slack/web-api';
import { expect, onTestFinished } from 'vitest';
import { type LocalSlack, type SlackOptions, startSlack } from './server.ts';

/** A logger that keeps quiet: refusals are what these tests are about. */
export const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** A local Slack that ends with the test. */
export async function slackWith(options: SlackOptions = {}): Promise<LocalSlack> {
  const slack = await startSlack(options);
  onTestFinished(() => slack.stop());
  return slack;
}

/** A client that never retries, so that every refusal is seen. */
export function clientOf(slack: LocalSlack, token: string | undefined = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 1000,
    logger: quiet,
  });
}

/** A Bolt app in Socket Mode that takes up a lost connection at once. */
export function socketApp(slack: LocalSlack): App {
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 200,
    installerOptions: { clientOptions },
    logger: quiet,
  });
  return new App({ token: slack.botToken, receiver, clientOptions, logger: quiet });
}

/** Starts the app and waits for its connection; it stops with the test. */
export async function connect(slack: LocalSlack, app: App): Promise<void> {
  const before = slack.connections();
  await app.start();
  onTestFinished(async () => {
    await app.stop();
  });
  await slack.until(() => slack.connections() > before, 'Socket Mode connection');
}

interface Refused {
  error: string;
  messages: string[];
}

/** What Slack said to a call that must be refused. */
export async function refused(call: Promise<unknown>): Promise<Refused> {
  const error: unknown = await call.then(
    () => new Error('the call was accepted'),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: ErrorCode.PlatformError });
  const { data } = error as { data: { error: string; response_metadata?: { messages?: string[] } } };
  return { error: data.error, messages: data.response_metadata?.messages ?? [] };
}

/** Slack's error code for a call that must be refused. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return (await refused(call)).error;
}

export const INCIDENTS = 'C0INCIDENTS';

function button(text: string, style?: 'primary') {
  return {
    type: 'button' as const,
    action_id: text.toLowerCase(),
    text: { type: 'plain_text' as const, text },
    value: 'plan-1',
    ...(style ? { style } : {}),
  };
}

/** A row with [Approve] and [Reject]. */
export const approveRow = {
  type: 'actions' as const,
  block_id: 'decision',
  elements: [button('Approve', 'primary'), button('Reject')],
};
