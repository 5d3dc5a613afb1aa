import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Heard, Inlet } from '../../notify/inlet.ts';

/** What a V3 webhook says; only the fields that are used. */
const Body = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z.object({ type: z.string(), summary: z.string().nullish() }).nullish(),
    data: z.object({ incident_key: z.string().max(255).nullish() }).loose(),
  }),
});

/** What somebody did there, and whether they are on it by that. Who ends it there has taken it as well. */
const TAKES: Readonly<Record<string, boolean>> = {
  'incident.acknowledged': true,
  'incident.resolved': true,
  'incident.unacknowledged': false,
};
const NAME = 80;

/** Where PagerDuty's V3 webhooks tell that somebody acknowledged. @param secrets two, while one is being changed */
export function pagerDutyInlet(secrets: readonly string[]): Inlet {
  return {
    from: 'pagerduty',
    path: '/pagerduty',
    answers: false,
    read(headers, body) {
      const header = headers['x-pagerduty-signature'];
      const fits = secrets.some((secret) => isSigned(typeof header === 'string' ? header : '', secret, body));
      if (!fits) return { kind: 'refused', status: 401, reason: 'X-PagerDuty-Signature does not fit' };
      return heardIn(jsonOf(body));
    },
  };
}

function isSigned(header: string, secret: string, body: Uint8Array): boolean {
  const wanted = Buffer.from(`v1=${createHmac('sha256', secret).update(body).digest('hex')}`);
  return header
    .split(',')
    .map((one) => Buffer.from(one.trim()))
    .some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

function heardIn(json: unknown): Heard {
  const read = Body.safeParse(json);
  if (!read.success) return { kind: 'refused', status: 422, reason: 'this is no V3 webhook of PagerDuty' };
  const { id, event_type: type, occurred_at: at, agent, data } = read.data.event;
  const taken = Object.hasOwn(TAKES, type) ? TAKES[type] : undefined;
  const incident = data.incident_key ?? '';
  // What Medic sends comes back as well: only people take a call. Nobody gives it back when its time runs out there.
  const isPerson = agent?.type.startsWith('user') === true;
  if (taken === undefined || incident === '' || (taken && !isPerson)) return { kind: 'word', word: null };
  const who = (agent?.summary ?? '').trim().slice(0, NAME).toWellFormed() || 'PagerDuty';
  return { kind: 'word', word: { incident, taken, who, at: Date.parse(at), once: `pagerduty-${id}` } };
}
