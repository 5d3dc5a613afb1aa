import { HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { type Connection, keepConnected } from './connection.ts';
import { type Log, slackLogger } from './web-client.ts';

/** How Slack reaches Medic. */
export interface ReceiverOptions {
  readonly mode: 'socket' | 'http';
  /** Needed for Socket Mode. */
  readonly appToken?: string | undefined;
  /** Needed for HTTP mode. */
  readonly signingSecret?: string | undefined;
  readonly apiUrl?: string | undefined;
  readonly logger: Log;
  /** How long a ping may go unanswered; milliseconds. */
  readonly clientPingTimeout?: number | undefined;
}

const CONNECT_TIMEOUT = 5_000;
/** A machine that is short of time, as the one that is on fire may be, answers late: a connection given up for that loses the click on its way. */
const UNANSWERED = 5_000;
const EVENTS_PATH = '/slack/events';

/**
 * What hears Slack, and the connection or the HTTP side that belongs to it.
 *
 * @throws Error when the mode lacks its token or secret
 */
export function receiverFor(options: ReceiverOptions): {
  readonly receiver: Receiver;
  readonly connection: Connection | null;
  readonly http: HTTPReceiver | null;
} {
  const { mode, appToken, signingSecret, apiUrl, clientPingTimeout = UNANSWERED, logger: log } = options;
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
