import {
  APP_TOKEN,
  BOT_TOKEN,
  COMMANDS,
  EVENTS,
  exampleSeed,
  SCOPES,
  SHORTCUTS,
  SIGNING_SECRET,
} from './defaults.ts';
import { newDelivery } from './delivery.ts';
import { type Faults, newFaultBook, newFaults } from './faults.ts';
import { newHttpDelivery } from './http-delivery.ts';
import { newListener } from './listener.ts';
import { newPerson, type Person, type Wanted } from './person.ts';
import {
  type ApiCall,
  type Command,
  DEFAULT_LIMITS,
  type Limits,
  type Panel,
  type Platform,
  type Shortcut,
} from './platform.ts';
import { newLimiter } from './rate-limit.ts';
import { newSocketMode } from './socket.ts';
import { announce, newWorkspace, type Workspace } from './state.ts';
import { newTranscript } from './transcript.ts';
import type { Channel, Message, SlackUser, UserGroup } from './types.ts';

export interface SlackOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  users?: SlackUser[];
  channels?: Channel[];
  userGroups?: UserGroup[];
  commands?: Command[];
  shortcuts?: Shortcut[];
  /** The bot scopes the app was installed with. */
  scopes?: string[];
  /** The bot events the app subscribed to, `message.channels` and the like. */
  events?: string[];
  panel?: Panel;
  /** Delivers everything as signed POSTs to this URL instead of Socket Mode. */
  http?: { eventsUrl: string; optionsUrl?: string };
  limits?: Partial<Limits>;
}

export interface LocalSlack {
  /** The page: `http://127.0.0.1:<port>`. */
  url: string;
  /** For `clientOptions.slackApiUrl`: `<url>/api/`. */
  apiUrl: string;
  port: number;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** What the workspace holds; to be read, not changed. */
  state: Workspace;
  /** Every call of the Web API so far, oldest first. */
  calls: ApiCall[];
  faults: Faults;
  person(userId: string): Person;
  /** Sets the request URL of HTTP mode, and where menus ask for options. @throws Error in Socket Mode */
  setEventsUrl(url: string, optionsUrl?: string): void;
  /** Sends the request URL its challenge. @throws Error when it does not come back, or in Socket Mode */
  verifyUrl(): Promise<void>;
  connections(): number;
  /** Waits until `look` answers something true. The error shows every channel as text. */
  until<Found>(look: () => Found | undefined | false | null, what: string, ms?: number): Promise<Found>;
  /** Waits for a message in a channel, replies included and ephemerals not. The error shows the channel as text. */
  message(channel: string, wanted: Wanted, ms?: number): Promise<Message>;
  /** A thread as it stands now, parent first. */
  thread(channel: string, ts: string): Message[];
  /** A channel, or one thread of it, as text. */
  print(channel: string, threadTs?: string): string;
  textOf(message: Message): string;
  stop(): Promise<void>;
}

function newPlatform(options: SlackOptions): Omit<Platform, 'delivery'> {
  const seed = exampleSeed();
  return {
    workspace: newWorkspace({
      ...seed,
      users: options.users ? withBot(options.users, seed.users) : seed.users,
      channels: structuredClone(options.channels) ?? seed.channels,
      userGroups: structuredClone(options.userGroups) ?? seed.userGroups,
    }),
    botToken: options.botToken ?? BOT_TOKEN,
    appToken: options.appToken ?? APP_TOKEN,
    signingSecret: options.signingSecret ?? SIGNING_SECRET,
    scopes: options.scopes ?? SCOPES,
    events: options.events ?? EVENTS,
    commands: options.commands ?? COMMANDS,
    shortcuts: options.shortcuts ?? SHORTCUTS,
    panel: options.panel ?? null,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    limiter: newLimiter(),
    faults: newFaultBook(),
    calls: [],
    triggers: new Map(),
    responseTargets: new Map(),
    suggested: new Map(),
    socketTickets: new Set(),
    url: '',
  };
}

function withBot(users: SlackUser[], defaults: SlackUser[]): SlackUser[] {
  if (users.some((user) => user.is_bot)) return structuredClone(users);
  return [...structuredClone(users), ...defaults.filter((user) => user.is_bot)];
}

function newTransport(platform: Omit<Platform, 'delivery'>, options: SlackOptions) {
  const onChange = (connected: boolean) => announce(platform.workspace, { type: 'connected', connected });
  const { ackMs } = platform.limits;
  if (options.http) {
    const { eventsUrl: url, optionsUrl = url } = options.http;
    const http = newHttpDelivery({ url, optionsUrl, signingSecret: platform.signingSecret, ackMs, onChange });
    return { transport: http, http };
  }
  const socketMode = newSocketMode({
    appId: platform.workspace.app.id,
    ackMs,
    redeem: (ticket) => platform.socketTickets.delete(ticket),
    onChange,
  });
  return { transport: socketMode, socketMode };
}

/**
 * Starts a local Slack on 127.0.0.1 that a real Bolt app talks to unchanged, with
 * `clientOptions: { slackApiUrl: slack.apiUrl }`.
 */
export async function startSlack(options: SlackOptions = {}): Promise<LocalSlack> {
  const base = newPlatform(options);
  const { transport, http, socketMode } = newTransport(base, options);
  const platform: Platform = Object.assign(base, {
    delivery: newDelivery(transport, base.faults, base.limits),
  });
  const listener = newListener(platform, socketMode);
  const port = await listener.listen(options.port ?? 0);
  platform.url = `http://127.0.0.1:${port}`;
  const transcript = newTranscript(platform);
  const needHttp = () => {
    if (!http)
      throw new Error('this Slack delivers by Socket Mode; start it with { http } to use a request URL');
    return http;
  };
  return {
    url: platform.url,
    apiUrl: `${platform.url}/api/`,
    port,
    botToken: platform.botToken,
    appToken: platform.appToken,
    signingSecret: platform.signingSecret,
    state: platform.workspace,
    calls: platform.calls,
    faults: newFaults(platform.faults, {
      disconnect: (reason = 'refresh_requested') => socketMode?.disconnect(reason),
      dropSockets: () => socketMode?.drop(),
      down: async () => {
        socketMode?.drop();
        await listener.close();
      },
      up: async () => {
        await listener.listen(port);
      },
    }),
    person: (userId) => newPerson(platform, userId, transcript.print),
    setEventsUrl: (url, optionsUrl) => needHttp().setUrl(url, optionsUrl),
    verifyUrl: async () => needHttp().verifyUrl(),
    connections: () => socketMode?.connections() ?? 0,
    ...transcript,
    stop: async () => {
      await platform.delivery.stop();
      await listener.close();
    },
  };
}

export type { Person, Wanted } from './person.ts';
export type { ApiCall, Panel } from './platform.ts';
export { renderText } from './render-text.ts';
export type { Message } from './types.ts';
export type { Faults };
