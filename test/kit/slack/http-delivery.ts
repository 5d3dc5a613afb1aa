import { createHmac } from 'node:crypto';
import type { Ack, Attempt, Envelope, Transport } from './delivery.ts';

export interface HttpDelivery extends Transport {
  /** Where the app listens; may be set after the start, when the app has found its port. */
  setUrl(url: string, optionsUrl?: string): void;
  /** Does what Slack does when a request URL is saved: sends a challenge and expects it back. */
  verifyUrl(): Promise<void>;
}

interface HttpOptions {
  url: string;
  /** `message_menu_options_url` of the manifest: where the app is asked for the entries of its menus. */
  optionsUrl: string;
  signingSecret: string;
  ackMs: number;
  onChange(connected: boolean): void;
}

/** The headers that prove a request comes from Slack: `v0` HMAC-SHA256 over time and body. */
function signatureHeaders(secret: string, body: string, seconds: number): Record<string, string> {
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return { 'X-Slack-Request-Timestamp': String(seconds), 'X-Slack-Signature': `v0=${digest}` };
}

/** The body and content type Slack uses for each kind: JSON for events, a form for the rest. */
function encode(envelope: Envelope): { body: string; type: string } {
  if (envelope.kind === 'events_api') {
    return { body: JSON.stringify(envelope.payload), type: 'application/json' };
  }
  const form =
    envelope.kind !== 'slash_commands'
      ? new URLSearchParams({ payload: JSON.stringify(envelope.payload) })
      : new URLSearchParams(
          Object.entries(envelope.payload).map(([key, value]): [string, string] => [key, String(value)]),
        );
  return { body: form.toString(), type: 'application/x-www-form-urlencoded' };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A slash command may be acknowledged with plain text, which Slack shows as it stands.
    return text;
  }
}

/** Events, interactions and commands as signed POSTs to the app's request URL. */
export function newHttpDelivery(options: HttpOptions): HttpDelivery {
  let { url, optionsUrl } = options;
  let connected = true;
  let lastFailure = 'http_error';

  function say(next: boolean): void {
    if (next === connected) return;
    connected = next;
    options.onChange(next);
  }

  function post(
    address: string,
    body: string,
    type: string,
    extra: Record<string, string> = {},
  ): Promise<Response> {
    const seconds = Math.floor(Date.now() / 1000);
    return fetch(address, {
      method: 'POST',
      headers: {
        'Content-Type': type,
        'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        ...signatureHeaders(options.signingSecret, body, seconds),
        ...extra,
      },
      body,
      signal: AbortSignal.timeout(options.ackMs),
      redirect: 'manual',
    });
  }

  async function send(envelope: Envelope, attempt: Attempt): Promise<Ack> {
    const { body, type } = encode(envelope);
    const retry: Record<string, string> =
      attempt.number > 0
        ? { 'X-Slack-Retry-Num': String(attempt.number), 'X-Slack-Retry-Reason': attempt.reason }
        : {};
    try {
      const address = envelope.kind === 'options' ? optionsUrl : url;
      const response = await post(address, body, type, retry);
      const text = await response.text();
      say(true);
      if (response.ok) return { acked: true, body: parsed(text) };
      lastFailure = 'http_error';
      return { acked: false, reason: 'dispatch_failed' };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      if (!timedOut) say(false);
      lastFailure = timedOut ? 'http_timeout' : 'connection_failed';
      return { acked: false, reason: timedOut ? 'operation_timeout' : 'dispatch_failed' };
    }
  }

  return {
    connected: () => connected,
    send,
    retryReason: () => lastFailure,
    setUrl: (next, nextOptions = next) => {
      url = next;
      optionsUrl = nextOptions;
    },
    async verifyUrl() {
      const challenge = 'c0ffee0challenge';
      const body = JSON.stringify({ type: 'url_verification', token: 'local', challenge });
      const response = await post(url, body, 'application/json');
      const text = await response.text();
      if (!response.ok || !text.includes(challenge)) {
        throw new Error(`${url} did not return the challenge: HTTP ${response.status} ${text.slice(0, 200)}`);
      }
    },
    stop: async () => {},
  };
}
