import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type Outside, startOutside } from './outside.ts';

/** The body of Medic's webhook, as the README describes it. */
const Body = z.strictObject({
  type: z.enum(['call.opened', 'call.acknowledged', 'call.ended']),
  at: z.iso.datetime(),
  incident: z.string(),
  service: z.string(),
  environment: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  summary: z.string().max(1024),
  reason: z.string(),
  cause: z.string().nullable(),
  alerts: z.array(z.string()),
  acknowledged_by: z.string().nullable(),
  links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
});
export type Told = z.infer<typeof Body> & { readonly id: string };

/** Somebody who takes signed webhooks by the book of standardwebhooks.com. */
export interface Receiver extends Outside {
  readonly secret: string;
  /** Deliveries as they came, repeated ones as well. */
  readonly told: readonly Told[];
  readonly refused: readonly string[];
}

const KEY = Buffer.from('the key that both of them know, 32');

export async function startReceiver(): Promise<Receiver> {
  const told: Told[] = [];
  const refused: string[] = [];
  const outside = await startOutside(({ headers, body }) => {
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
    const wanted = `v1,${createHmac('sha256', KEY).update(`${id}.${time}.${body}`).digest('base64')}`;
    const fits =
      typeof signature === 'string' &&
      signature.length === wanted.length &&
      timingSafeEqual(Buffer.from(signature), Buffer.from(wanted));
    const isNow = Math.abs(Date.now() / 1000 - Number(time)) < 300;
    const read = Body.safeParse(JSON.parse(body));
    if (!fits || !isNow || typeof id !== 'string' || !read.success) {
      refused.push(read.success ? 'the signature' : read.error.message);
      return { status: 400, body: {} };
    }
    told.push({ ...read.data, id });
    return { status: 204, body: {} };
  });
  return { ...outside, secret: `whsec_${KEY.toString('base64')}`, told, refused };
}

/** What a receiver sends to say that somebody is on it. @param at epoch milliseconds */
export function acknowledging(secret: string, body: string, at = Date.now(), id = `msg-${at}`) {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const time = String(Math.floor(at / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
}
