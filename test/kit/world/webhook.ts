import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { ALERT_TOKEN } from './world.ts';

/** What an alert of a test says; the rest is as Alertmanager would fill it in. */
export interface AlertSpec {
  readonly name: string;
  readonly status?: 'firing' | 'resolved';
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly fingerprint?: string;
}

/** A body of Alertmanager's webhook that holds these alerts. */
export function webhookOf(...alerts: readonly AlertSpec[]): object {
  const now = new Date().toISOString();
  const status = alerts.some((alert) => alert.status !== 'resolved') ? 'firing' : 'resolved';
  return {
    version: '4',
    groupKey: '{}',
    status,
    receiver: 'medic',
    truncatedAlerts: 0,
    alerts: alerts.map(({ name, status: own = 'firing', labels = {}, annotations = {}, fingerprint }) => ({
      status: own,
      labels: { alertname: name, service: 'shop', severity: 'critical', environment: 'test', ...labels },
      annotations,
      startsAt: now,
      endsAt: own === 'firing' ? '0001-01-01T00:00:00Z' : now,
      generatorURL: '',
      fingerprint: fingerprint ?? `${name}-${labels.service ?? 'shop'}`,
    })),
  };
}

/** Posts any body to Medic as Alertmanager would. */
export function postWebhook(
  medicUrl: string,
  body: object | string,
  { path = '/alert', token = ALERT_TOKEN }: { readonly path?: string; readonly token?: string | null } = {},
): Promise<Response> {
  return fetch(`${medicUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/**
 * The status with which a body of so many bytes is answered, of which none is sent: whoever is still sending when the answer comes may see
 * the connection end and never read it.
 */
export async function statusOfLarge(medicUrl: string, length: number): Promise<number | undefined> {
  const sending = request(`${medicUrl}/alert`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ALERT_TOKEN}`,
      'content-type': 'application/json',
      'content-length': length,
    },
  });
  sending.flushHeaders();
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  sending.on('error', () => undefined).destroy();
  return response.statusCode;
}
