import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  createSlackApp,
  type SlackApp,
  type SlackAppOptions,
} from '../../../src/adapters/sinks/slack/connection/app.ts';
import { createProjector } from '../../../src/adapters/sinks/slack/projection/projector.ts';
import type { Desk, Reply } from '../../../src/desk/desk.ts';
import type { HomeViewers } from '../../../src/engine/showing/home-viewers.ts';
import type { LocalSlack, Message, SlackOptions } from '../slack/server.ts';
import { decided, incidentIn, OPENED, timelineOf, untilWindow, waitingInWindow } from './example.ts';
import { hurried, memoryStore, newLog, slackWith } from './stage.ts';

export const CHANNEL = 'C0INCIDENTS';

export type Wish = Record<string, unknown> & {
  readonly to: 'act' | 'heal' | 'diagnose' | 'replan' | 'judge' | 'ask' | 'take' | 'handOver' | 'silence';
};

/** A desk that writes down what it is asked, and answers what the test says. */
export function newDesk(
  answer: (wish: Wish) => Promise<Reply> | Reply = () => ({ text: null }),
  more: Partial<Desk> = {},
) {
  const wishes: Wish[] = [];
  const take = (to: Wish['to']) => async (input: object) => {
    const wish = { to, ...input };
    wishes.push(wish);
    return answer(wish);
  };
  const desk: Desk = {
    act: take('act'),
    heal: take('heal'),
    diagnose: take('diagnose'),
    take: take('take'),
    handOver: take('handOver'),
    silence: take('silence'),
    told: async () => null,
    replan: take('replan'),
    judge: take('judge'),
    ask: take('ask'),
    choices: async () => null,
    progress: async () => null,
    record: async () => null,
    overview: () => Promise.reject(new Error('this test looks at no overview')),
    services: () => [],
    ...more,
  };
  return { desk, wishes };
}

/** Nobody has come to the Home tab. */
export const nobody: HomeViewers = {
  came: async () => undefined,
  present: async () => [],
  lastShown: async () => null,
  showed: async () => undefined,
};

export interface Scene {
  readonly slack: LocalSlack;
  readonly app: SlackApp;
  readonly wishes: Wish[];
  readonly log: ReturnType<typeof newLog>;
  readonly store: ReturnType<typeof memoryStore>;
}

export interface SceneOptions {
  readonly answer?: (wish: Wish) => Promise<Reply> | Reply;
  /** What else the desk knows. */
  readonly desk?: Partial<Desk>;
  readonly slack?: SlackOptions;
  readonly app?: Partial<SlackAppOptions>;
}

export async function scene({
  answer,
  desk: more,
  slack: slackOptions,
  app: appOptions,
}: SceneOptions = {}): Promise<Scene> {
  const slack = await slackWith(slackOptions);
  const { desk, wishes } = newDesk(answer, more);
  const store = memoryStore();
  const log = newLog();
  const app = createSlackApp({
    mode: 'socket',
    botToken: slack.botToken,
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
    desk,
    projections: store,
    visitors: nobody,
    pacer: hurried,
    invited: async () => undefined,
    groups: ['S0ONCALL'],
    logger: log,
    clientPingTimeout: 500,
    ...appOptions,
  });
  onTestFinished(() => app.stop());
  return { slack, app, wishes, log, store };
}

export async function connected(options: SceneOptions = {}): Promise<Scene> {
  const all = await scene(options);
  all.app.start();
  await ready(all);
  return all;
}

export async function overHttp(options: SceneOptions = {}): Promise<Scene> {
  const all = await scene({
    ...options,
    slack: { ...options.slack, http: { eventsUrl: 'http://127.0.0.1:9/slack/events' } },
    app: { mode: 'http', signingSecret: 'local-signing-secret', ...options.app },
  });
  const server = createServer((request, response) => all.app.requestListener?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  all.slack.setEventsUrl(`http://127.0.0.1:${port}/slack/events`);
  return all;
}

export async function ready({ slack, app }: Scene): Promise<void> {
  await slack.until(() => app.ready().ok, 'Medic to be ready');
}

/** Shows an incident that waits in its window, and answers its card. */
export async function shownCard(
  { slack, app, store }: Scene,
  incident = waitingInWindow(OPENED + 60_000),
): Promise<Message> {
  const notifier = createProjector({
    client: app.client,
    pacer: hurried,
    store,
    channelFor: () => CHANNEL,
    serviceOf: () => null,
  });
  const { thread } = await notifier.project(incident, timelineOf(...untilWindow), OPENED, null);
  return slack.message(CHANNEL, (message) => message.ts === thread.ts);
}

export function approvalOf(): ReturnType<typeof incidentIn> {
  return incidentIn({ at: 'waiting', for: 'approval', decided, deadline: null, held: null, turn: null });
}

/** A message of Medic's with an element for each action id and value: a menu for several values, a button for one. */
export async function posted(
  { app }: Scene,
  elements: Readonly<Record<string, object | readonly object[]>>,
  thread?: string,
): Promise<Pick<Message, 'channel' | 'ts'>> {
  const label = (text: string) => ({ type: 'plain_text' as const, text });
  const { ts, channel } = await app.client.chat.postMessage({
    channel: CHANNEL,
    text: 'a message of Medic’s',
    ...(thread === undefined ? {} : { thread_ts: thread }),
    blocks: [
      {
        type: 'actions',
        elements: Object.entries(elements).map(([action_id, value]) =>
          Array.isArray(value)
            ? {
                type: 'overflow' as const,
                action_id,
                options: value.map((one) => ({ text: label(String(one.a)), value: JSON.stringify(one) })),
              }
            : { type: 'button' as const, action_id, text: label(action_id), value: JSON.stringify(value) },
        ),
      },
    ],
  });
  return { channel: channel ?? '', ts: ts ?? '' };
}
