import type { Page, Signal } from '../../notify/page.ts';
import type { Pager } from '../../notify/pager.ts';
import { post } from './post.ts';
import { keyOf, signatureOf } from './standard-webhooks.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
  /** How long an answer may take, milliseconds. */
  readonly timeout?: number;
}

const TYPES: Readonly<Record<Signal, string>> = {
  trigger: 'call.opened',
  acknowledge: 'call.acknowledged',
  resolve: 'call.ended',
};

/** Whatever takes a signed POST. A delivery that is tried again has the same id, by which its receiver knows it. */
export function createWebhook({ url, secret, timeout }: WebhookOptions): Pager {
  const key = keyOf(secret);
  return {
    name: 'webhook',
    send(signal, page) {
      const id = `${page.incident}-${page.call}-${signal}`;
      const timestamp = Math.floor(Date.now() / 1000);
      const body = JSON.stringify(bodyOf(signal, page));
      return post({
        url,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signatureOf(key, id, timestamp, body),
        },
        body,
        name: 'The webhook',
        timeout,
      });
    },
  };
}

function bodyOf(signal: Signal, page: Page): object {
  const { takenBy, since, links, call: _call, ...rest } = page;
  return {
    type: TYPES[signal],
    at: new Date(since).toISOString(),
    ...rest,
    acknowledged_by: takenBy,
    links,
  };
}
