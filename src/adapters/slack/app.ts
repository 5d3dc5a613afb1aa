import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Desk } from '../../engine/desk.ts';
import type { ProjectionStore } from '../../engine/notifier.ts';
import { type Connection, keepConnected } from './connection.ts';
import { createEdge, type Edge } from './edge.ts';
import type { HandlerParts } from './handlers/answer.ts';
import { handleClicks } from './handlers/clicks.ts';
import { handleCommands } from './handlers/commands.ts';
import { handleMentions } from './handlers/mentions.ts';
import { handleReactions, isReaction } from './handlers/reactions.ts';
import { handleRejections } from './handlers/rejection.ts';
import { createIdentity, type Identity } from './identity.ts';
import { createPeople } from './people.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { createWebClient, type Log, slackLogger } from './web-client.ts';

export interface SlackAppOptions {
  readonly mode: 'socket' | 'http';
  readonly botToken: string;
  /** Needed for Socket Mode. */
  readonly appToken?: string | undefined;
  /** Needed for HTTP mode. */
  readonly signingSecret?: string | undefined;
  readonly apiUrl?: string | undefined;
  readonly desk: Desk;
  readonly projections: ProjectionStore;
  /** Ids of the user groups that roles are given to. */
  readonly groups: readonly string[];
  readonly logger: Log;
  /** How long a ping may go unanswered; milliseconds. */
  readonly clientPingTimeout?: number | undefined;
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
  /** HTTP mode: answers `POST /slack/events`. It reads the raw body itself, to check its signature. Null in Socket Mode. */
  readonly requestListener: ((request: IncomingMessage, response: ServerResponse) => void) | null;
}

const CALL_TIMEOUT = 10_000;
const CONNECT_TIMEOUT = 5_000;
/** For what a person waits for. */
const QUICK_TIMEOUT = 2_000;
const DRAIN = 5_000;
const EVENTS_PATH = '/slack/events';

/** @throws Error when the mode lacks its token or secret */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { logger: log, botToken: token, apiUrl } = options;
  const pulse = createPulse(options.probeEvery);
  const client = createWebClient({ token, apiUrl, timeout: CALL_TIMEOUT, log, heard: pulse.heard });
  const quick = createWebClient({ token, apiUrl, timeout: QUICK_TIMEOUT, log, heard: pulse.heard });
  const identity = createIdentity(client, log);
  const edge = createEdge({ log, acknowledgeLast: isReaction });
  const { receiver, connection, http } = receiverFor(options);
  const app = boltApp(options, edge.guard(receiver), identity);
  const people = createPeople(quick, options.groups, log);
  handleAll(app, { desk: options.desk, projections: options.projections, people, client: quick, log });

  return {
    client,
    start() {
      identity.start();
      pulse.start(() => quick.auth.test());
      connection?.start();
    },
    async stop() {
      identity.stop();
      pulse.stop();
      await edge.drain(DRAIN);
      await connection?.stop();
    },
    ready: () => readiness(identity, connection, edge, pulse),
    requestListener: http && listener(http, identity, edge, log),
  };
}

function handleAll(app: App, parts: HandlerParts): void {
  handleCommands(app, parts);
  handleClicks(app, parts);
  handleRejections(app, parts);
  handleReactions(app, parts);
  handleMentions(app, parts);
}

function receiverFor(options: SlackAppOptions): {
  readonly receiver: Receiver;
  readonly connection: Connection | null;
  readonly http: HTTPReceiver | null;
} {
  const { mode, appToken, signingSecret, apiUrl, clientPingTimeout = 1500, logger: log } = options;
  const logger = slackLogger(log);
  if (mode === 'http') {
    if (!signingSecret) {
      throw new Error(
        'Slack over HTTP needs SLACK_SIGNING_SECRET: copy it from Basic Information of the Slack app',
      );
    }
    const http = new HTTPReceiver({ signingSecret, endpoints: EVENTS_PATH, logger });
    return { receiver: http, connection: null, http };
  }
  if (!appToken) {
    throw new Error(
      'Slack over Socket Mode needs SLACK_APP_TOKEN: make an app-level token (xapp-…) with the scope connections:write under Basic Information of the Slack app',
    );
  }
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    clientPingTimeout,
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: {
        ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
        timeout: CONNECT_TIMEOUT,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
      },
    },
  });
  return { receiver, connection: keepConnected(receiver.client, log), http: null };
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
function readiness(identity: Identity, connection: Connection | null, edge: Edge, pulse: Pulse) {
  if (edge.draining()) return { ok: false, reason: 'Medic is stopping' };
  if (identity.known() === null) return { ok: false, reason: identity.trouble() };
  if (connection && !connection.connected())
    return { ok: false, reason: 'there is no connection to Slack at the moment' };
  const trouble = pulse.trouble();
  if (trouble !== null) return { ok: false, reason: trouble };
  return { ok: true, reason: null };
}

/** Answers 503 while Medic does not know who it is or is stopping, so that Slack sends the event again. */
function listener(http: HTTPReceiver, identity: Identity, edge: Edge, log: Log) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (identity.known() === null || edge.draining()) {
      response.writeHead(503, { 'Retry-After': '5' }).end();
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
