import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type HTTPReceiver, type Receiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Desk } from '../../../../desk/desk.ts';
import type { HomeViewers } from '../../../../engine/showing/home-viewers.ts';
import type { ProjectionStore, Thread } from '../../../../engine/showing/notifier.ts';
import type { Incident } from '../../../../incident/model/incident.ts';
import { handleClicks } from '../handlers/clicks.ts';
import { handleCommands } from '../handlers/commands.ts';
import { handleDiagnoses } from '../handlers/dialogs/diagnosing.ts';
import { handleJudgements } from '../handlers/dialogs/judging.ts';
import { handleRecords } from '../handlers/dialogs/records.ts';
import { handleRejections } from '../handlers/dialogs/rejection.ts';
import { handleReplanning } from '../handlers/dialogs/replanning.ts';
import { handleTools } from '../handlers/dialogs/tools.ts';
import type { HandlerContext } from '../handlers/handler-context.ts';
import { handleHome } from '../handlers/home.ts';
import { handleInvitations } from '../handlers/joined.ts';
import { handleMentions, isMention } from '../handlers/mentions.ts';
import { handleReactions, isReaction } from '../handlers/reactions.ts';
import { createHome } from '../home.ts';
import { createPeople } from '../people.ts';
import { permalink } from '../permalink.ts';
import { threadsOf } from '../projection/thread.ts';
import { countedCalls, type Meter } from './calls.ts';
import type { Connection } from './connection.ts';
import { type ConnectionHealth, createConnectionHealth } from './connection-health.ts';
import { type Failure, remedy } from './failure.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createIngress, type Ingress } from './ingress.ts';
import type { Pacer } from './pacer.ts';
import { type ReceiverOptions, receiverFor } from './receiver.ts';
import { createScopes, type Scopes } from './scopes.ts';
import { createWebClient, type Log, slackLogger } from './web-client.ts';

export interface SlackAppOptions extends ReceiverOptions {
  readonly botToken: string;
  readonly desk: Desk;
  readonly projections: ProjectionStore;
  readonly visitors: HomeViewers;
  /** One for the whole process, since Slack counts what all of it does. */
  readonly pacer: Pacer;
  readonly meter?: Meter | undefined;
  /** Medic was invited into a channel, which may be owed something. */
  readonly invited: () => Promise<void>;
  /** Ids of the user groups that roles are given to. */
  readonly groups: readonly string[];
  /** How long Slack may be silent before it is asked whether it is there; milliseconds. */
  readonly probeEvery?: number | undefined;
}

/** Medic in Slack: it hears commands, clicks, reactions and mentions. */
export interface SlackApp {
  /** For the projection: one call at a time, no retries of its own. */
  readonly client: WebClient;
  /** Connects and keeps connected. Never fails because Slack is down: see `ready`. */
  start(): void;
  /** Lets nothing more in, finishes what is under way, and disconnects. */
  stop(): Promise<void>;
  /** Whether people can be reached through Slack now, and can answer. */
  ready(): { readonly ok: boolean; readonly reason: string | null };
  /** What the app lacks and what that costs, in sentences; empty where it lacks nothing. */
  troubles(): readonly string[];
  /** Where incidents are told, by incident, of those that are; the address is null while Slack has not told where it is. */
  threadsOf(
    incidents: readonly Pick<Incident, 'id' | 'formerThread'>[],
  ): Promise<ReadonlyMap<string, Thread & { readonly url: string | null }>>;
  /** Brings the Home tab up to date for everybody who looks at it. */
  drawHomes(): Promise<void>;
  /** HTTP mode: answers `POST /slack/events`. It reads the raw body itself, to check its signature. Null in Socket Mode. */
  readonly requestListener: ((request: IncomingMessage, response: ServerResponse) => void) | null;
}

const CALL_TIMEOUT = 10_000;
/** For what a person waits for. */
const QUICK_TIMEOUT = 2_000;
const DRAIN = 5_000;

/** @throws Error when the mode lacks its token or secret */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { logger: log, botToken: token, apiUrl } = options;
  const pulse = createConnectionHealth(options.probeEvery);
  const scopes = createScopes(log);
  const watch = {
    heard: (method: string, failure: Failure | null, message: string) => {
      pulse.heard(method, failure, message);
      scopes.heard(failure);
    },
    granted: scopes.granted,
  };
  const client = createWebClient({ token, apiUrl, timeout: CALL_TIMEOUT, log, ...watch });
  const quick = createWebClient({ token, apiUrl, timeout: QUICK_TIMEOUT, log, ...watch });
  const identity = createIdentity(client, log);
  const stopping = new AbortController();
  const edge = createIngress({
    log,
    acknowledgeLast: (event) => isReaction(event) || isMention(event),
    app: () => identity.known()?.appId ?? null,
  });
  const { receiver, connection, http } = receiverFor(options);
  const app = boltApp(options, edge.guard(receiver), identity);
  const people = createPeople(quick, options.groups, log, () => identity.known()?.workspace ?? null);
  const messageUrl = (channel: string, ts: string) => permalink(identity.workspaceUrl(), channel, ts);
  const { desk, projections, visitors, pacer } = options;
  const call = countedCalls(pacer, options.meter);
  const home = createHome({
    client: quick,
    call,
    pacer,
    desk,
    people,
    visitors,
    projections,
    threadUrl: messageUrl,
    log,
  });
  const parts = {
    desk,
    projections,
    people,
    client: quick,
    log,
    permalink: messageUrl,
    stopping: stopping.signal,
  };
  handleAll(app, parts);
  handleHome(app, parts, home);
  handleInvitations(app, () => identity.known()?.botUserId ?? null, options.invited);

  return {
    client,
    start() {
      identity.start();
      pulse.start(() => quick.auth.test());
      connection?.start();
    },
    async stop() {
      stopping.abort();
      identity.stop();
      pulse.stop();
      await edge.drain(DRAIN);
      await connection?.stop();
    },
    ready: () => readiness(identity, connection, edge, pulse, scopes),
    troubles: scopes.troubles,
    async threadsOf(incidents) {
      const threads = await threadsOf(projections, incidents);
      const told = ([id, thread]: readonly [string, Thread]) =>
        [id, { ...thread, url: messageUrl(thread.channel, thread.ts) }] as const;
      return new Map([...threads].map(told));
    },
    // Nobody sees it while Slack cannot be reached, and the calls would only tell so again.
    drawHomes: async () => (identity.known() === null || pulse.trouble() !== null ? undefined : home.round()),
    requestListener: http && listener(http, identity, edge, log),
  };
}

function handleAll(app: App, parts: HandlerContext): void {
  handleCommands(app, parts);
  handleClicks(app, parts);
  handleDiagnoses(app, parts);
  handleRejections(app, parts);
  handleReplanning(app, parts);
  handleJudgements(app, parts);
  handleRecords(app, parts);
  handleTools(app, parts);
  handleReactions(app, parts);
  handleMentions(app, parts);
}

function boltApp(options: SlackAppOptions, receiver: Receiver, identity: Identity): App {
  const app = new App({
    receiver,
    convoStore: false,
    logger: slackLogger(options.logger),
    authorize: async () => ({ botToken: options.botToken, ...identity.known() }),
    clientOptions: {
      ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
      // Answers to a response URL go through this as well, and must not hang.
      fetch: (url, init) =>
        fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(QUICK_TIMEOUT) }),
    },
  });
  // The edge is where failures end and are logged.
  app.error(async (error) => {
    throw error;
  });
  return app;
}

/** Ready means that people can be reached, and can answer: what waits for them may count its time. */
function readiness(
  identity: Identity,
  connection: Connection | null,
  edge: Ingress,
  pulse: ConnectionHealth,
  scopes: Scopes,
) {
  if (edge.draining()) return { ok: false, reason: 'Medic is stopping' };
  if (identity.known() === null) return { ok: false, reason: identity.trouble() };
  if (connection && !connection.connected())
    return { ok: false, reason: 'there is no connection to Slack at the moment' };
  const trouble = pulse.trouble();
  if (trouble !== null) return { ok: false, reason: trouble };
  if (!scopes.maySpeak()) return { ok: false, reason: remedy('missing_scope', 'chat:write') };
  return { ok: true, reason: null };
}

/** Answers 503 while Medic does not know who it is or is stopping, so that Slack sends the event again. */
function listener(http: HTTPReceiver, identity: Identity, edge: Ingress, log: Log) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (identity.known() === null || edge.draining()) {
      response.writeHead(503, { 'Retry-After': '5' }).end();
      return;
    }
    if (isFromTheFuture(request)) {
      log.warn(
        { url: request.url },
        'a request of Slack bears a time to come: it may be kept to be sent again later',
      );
      response.writeHead(401).end();
      return;
    }
    if (isTooLarge(request)) {
      log.warn({ url: request.url }, 'a request is larger than any of Slack’s');
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    try {
      http.requestListener(request, response);
    } catch (err) {
      log.debug({ err, url: request.url }, 'a request that is none of Slack’s');
      response.writeHead(404).end();
    }
  };
}

/** More than Slack ever sends, bytes. */
const LARGEST = 1024 * 1024;

/** Bolt reads a whole body before it looks who signed it: whoever sends a large one, or does not say how large, would fill the memory. */
function isTooLarge({ headers }: IncomingMessage): boolean {
  return !(Number(headers['content-length'] ?? 'unknown') <= LARGEST);
}

/** How far the clocks of Slack and this machine may be apart, seconds: what Slack itself allows to the other side. */
const CLOCKS_APART = 300;

/** Bolt refuses what is old, and takes what is dated later than now; that could be used again and again until then. */
function isFromTheFuture({ headers }: IncomingMessage): boolean {
  return Number(headers['x-slack-request-timestamp']) > Date.now() / 1000 + CLOCKS_APART;
}
