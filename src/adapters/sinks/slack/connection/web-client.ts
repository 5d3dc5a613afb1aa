import {
  LogLevel,
  type Logger as SlackLogger,
  type WebAPICallResult,
  WebClient,
  type WebClientOptions,
} from '@slack/web-api';
import { type Failure, failureOf } from './failure.ts';

/** What this folder needs of the logger: static messages, data in fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ClientOptions {
  readonly token: string;
  /** Slack's own address where none is given. */
  readonly apiUrl?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly log: Log;
  /** Told how every call went, null for well, and which message it was to say. */
  readonly heard?: (method: string, failure: Failure | null, message: string) => void;
  /** Told which scopes the token has, whenever an answer says so. */
  readonly granted?: (scopes: readonly string[]) => void;
}

class WatchedClient extends WebClient {
  readonly #heard: NonNullable<ClientOptions['heard']>;
  readonly #granted: NonNullable<ClientOptions['granted']>;

  constructor(
    token: string,
    options: WebClientOptions,
    { heard = () => undefined, granted = () => undefined }: Pick<ClientOptions, 'heard' | 'granted'>,
  ) {
    super(token, options);
    this.#heard = heard;
    this.#granted = granted;
  }

  override async apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    try {
      const answer = await super.apiCall(method, options);
      this.#heard(method, null, messageIn(options));
      this.#granted(answer.response_metadata?.scopes ?? []);
      return answer;
    } catch (error) {
      this.#heard(method, failureOf(error), messageIn(options));
      throw error;
    }
  }
}

/** Names a message, so that it has the same name when it is tried again: by what it bears, or else by where it is and what it says. */
function messageIn({ metadata, channel, ts, text }: Record<string, unknown> = {}): string {
  const borne = metadata as { readonly event_payload?: Record<string, unknown> } | undefined;
  const { incident, key } = borne?.event_payload ?? {};
  return JSON.stringify(typeof key === 'string' ? [incident, key] : [channel, ts ?? text]);
}

/**
 * A client that does one call and says how it went. Retrying and waiting are decided by those who know whether the call may
 * be done twice; the library's own habit is to retry for half an hour and to stop everything else meanwhile.
 */
export function createWebClient({ token, apiUrl, timeout, log, ...watch }: ClientOptions): WebClient {
  const options: WebClientOptions = {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: slackLogger(log),
  };
  return watch.heard ? new WatchedClient(token, options, watch) : new WebClient(token, options);
}

/** Slack's libraries log through ours: their words become a field, and their debugging, which holds whole payloads, is left out. */
export function slackLogger(log: Log): SlackLogger {
  const said = (words: unknown[]) => ({ said: words.map(String).join(' ') });
  return {
    debug: () => undefined,
    info: (...words) => log.debug(said(words), 'the Slack library said'),
    warn: (...words) => log.debug(said(words), 'the Slack library warned'),
    error: (...words) => log.warn(said(words), 'the Slack library reported an error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
