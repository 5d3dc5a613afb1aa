import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { type Answer, type Outside, type Request, startOutside } from './outside.ts';

const Link = z.strictObject({ href: z.url(), text: z.string().optional() });
const Image = z.strictObject({ src: z.url(), href: z.url().optional(), alt: z.string().optional() });
const Payload = z.strictObject({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1),
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  component: z.string().optional(),
  group: z.string().optional(),
  class: z.string().optional(),
  custom_details: z.record(z.string(), z.unknown()).optional(),
});
const Common = {
  routing_key: z.string().length(32),
  dedup_key: z.string().min(1).max(255),
};
/** What the Events API v2 takes, as it is documented, and nothing else. */
const Event = z.discriminatedUnion('event_action', [
  z.strictObject({
    ...Common,
    event_action: z.literal('trigger'),
    dedup_key: Common.dedup_key.optional(),
    payload: Payload,
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(Link).optional(),
    images: z.array(Image).optional(),
  }),
  z.strictObject({ ...Common, event_action: z.literal('acknowledge') }),
  z.strictObject({ ...Common, event_action: z.literal('resolve') }),
]);
type Event = z.infer<typeof Event>;

export interface PagerDutyAlert {
  readonly state: 'triggered' | 'acknowledged' | 'resolved';
  readonly summary: string;
  readonly severity: string;
  /** How often it was opened, and with it somebody woken. */
  readonly opened: number;
}

interface Webhook {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** PagerDuty as far as Medic speaks with it: the Events API v2, held to its documentation, and the V3 webhooks that it sends. */
export interface LocalPagerDuty extends Outside {
  readonly routingKey: string;
  readonly secret: string;
  /** By its key; undefined where nobody ever triggered it. */
  alert(key: string): PagerDutyAlert | undefined;
  /** What was refused, and why. */
  readonly refused: readonly string[];
  /** Every event that was taken, as `action key`. */
  readonly taken: readonly string[];
  /** What stands there, by key. */
  alerts(): Readonly<Record<string, PagerDutyAlert['state']>>;
  /** A person takes the alert that came last and nobody has, or gives back the one that was taken last; the webhook that tells of it. */
  acknowledge(): Webhook | null;
  giveBack(): Webhook | null;
  /** A V3 webhook about an alert, as it would be sent. */
  webhook(type: string, key: string, changes?: object): Webhook;
}

const ROUTING_KEY = '0123456789abcdef0123456789ABCDEF';
const SECRET = 'the-signing-secret-of-a-subscription';

export async function startPagerDuty(): Promise<LocalPagerDuty> {
  const alerts = new Map<string, PagerDutyAlert>();
  const refused: string[] = [];
  const taken: string[] = [];
  const outside = await startOutside((request) => {
    const read = eventIn(request);
    if ('status' in read) {
      refused.push(JSON.stringify(read.body));
      return read;
    }
    const { event } = read;
    const key = event.dedup_key ?? 'made up';
    taken.push(`${event.event_action} ${key}`);
    const next = after(alerts.get(key), event);
    if (next !== undefined) alerts.set(key, next);
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
  });
  let told = 0;
  /** A person changes what stands there. */
  const change = (
    from: PagerDutyAlert['state'],
    to: PagerDutyAlert['state'],
    type: string,
  ): Webhook | null => {
    const [key, alert] = [...alerts].findLast(([, { state }]) => state === from) ?? [];
    if (key === undefined || alert === undefined) return null;
    alerts.set(key, { ...alert, state: to });
    return webhook(type, key);
  };
  const webhook = (type: string, key: string, changes: object = {}): Webhook => {
    told += 1;
    const body = JSON.stringify({
      event: {
        id: `01EVENT${told}`,
        event_type: type,
        resource_type: 'incident',
        occurred_at: new Date().toISOString(),
        agent: { id: 'PLH1HKV', type: 'user_reference', summary: 'Ada Example', self: null, html_url: null },
        client: null,
        data: { id: 'PGR0VU2', type: 'incident', incident_key: key, status: 'acknowledged', urgency: 'high' },
        ...changes,
      },
    });
    return { body, headers: { 'x-pagerduty-signature': signed(body, SECRET) } };
  };
  return {
    ...outside,
    routingKey: ROUTING_KEY,
    secret: SECRET,
    alert: (key) => alerts.get(key),
    refused,
    taken,
    alerts: () => Object.fromEntries([...alerts].map(([key, { state }]) => [key, state])),
    acknowledge: () => change('triggered', 'acknowledged', 'incident.acknowledged'),
    giveBack: () => change('acknowledged', 'triggered', 'incident.unacknowledged'),
    webhook,
  };
}

export function signed(body: string, secret: string): string {
  return `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function eventIn({ method, path, headers, body }: Request): Answer | { readonly event: Event } {
  if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404, body: { error: 'no such path' } };
  if (headers['content-type'] !== 'application/json')
    return invalid(['Content-Type must be application/json']);
  const read = Event.safeParse(JSON.parse(body));
  if (!read.success)
    return invalid(read.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`));
  if (read.data.routing_key !== ROUTING_KEY) return invalid(["'routing_key' is not known"]);
  return { event: read.data };
}

function invalid(errors: readonly string[]): Answer {
  return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } };
}

/** An open key stays one alert; a resolved one is opened anew; to acknowledge what is not open does nothing. */
function after(alert: PagerDutyAlert | undefined, event: Event): PagerDutyAlert | undefined {
  const isOpen = alert !== undefined && alert.state !== 'resolved';
  switch (event.event_action) {
    case 'trigger': {
      const { summary, severity } = event.payload;
      if (isOpen) return alert;
      return { state: 'triggered', summary, severity, opened: (alert?.opened ?? 0) + 1 };
    }
    case 'acknowledge':
      return isOpen ? { ...alert, state: 'acknowledged' } : alert;
    case 'resolve':
      return alert === undefined ? undefined : { ...alert, state: 'resolved' };
    default:
      return event satisfies never;
  }
}
