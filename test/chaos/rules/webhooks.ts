import { setTimeout as delay } from 'node:timers/promises';
import { ALERT_TOKEN } from '../../kit/world/world.ts';
import type { Act, PlannedAlert } from '../world/act.ts';
import type { Replica } from '../world/replica.ts';
import type { AcceptedWebhook, SentWebhook } from './record.ts';

/** How long a sender waits for an answer, and how often and how soon it tries again; as Alertmanager does, only faster. */
const PATIENCE = 8_000;
const TRIES = 120;
const PAUSE = 250;

/**
 * Sends a webhook until a replica accepts it, each try to the next one. An answer that never came means that nobody knows, so
 * the same is sent again. Resolves with when it was accepted; with null for that where nobody ever did.
 */
export async function deliver(
  replicas: readonly Replica[],
  first: number,
  { alerts, mayWait }: Pick<Extract<Act, { readonly kind: 'webhook' }>, 'alerts' | 'mayWait'>,
  epoch: number,
): Promise<AcceptedWebhook | (SentWebhook & { readonly answered: null })> {
  const listening = replicas.filter(({ role }) => role !== 'runner');
  const body = bodyOf(alerts, epoch);
  const told = { mayWait, alerts: alerts.map((alert) => firingOf(alert, epoch)) };
  const begun = Date.now();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const replica = listening[(first + attempt) % listening.length];
    const sent = Date.now();
    if (
      replica !== undefined &&
      (await post(`${replica.url}${mayWait ? '/api/v1/alert/batch' : '/alert'}`, body))
    ) {
      return { sent, answered: Date.now(), ...told };
    }
    await delay(PAUSE);
  }
  return { sent: begun, answered: null, ...told };
}

async function post(url: string, body: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${ALERT_TOKEN}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

const fingerprintOf = ({ service, name }: PlannedAlert) => `${name}-${service}`.toLowerCase();

function firingOf(alert: PlannedAlert, epoch: number) {
  return {
    fingerprint: fingerprintOf(alert),
    startsAt: epoch + alert.startsAt,
    status: alert.status,
    endsAt: alert.endsAt === null ? null : epoch + alert.endsAt,
  };
}

/** A body of Alertmanager's webhook. `epoch` is when the run began; epoch milliseconds. */
function bodyOf(alerts: readonly PlannedAlert[], epoch: number): string {
  const iso = (offset: number) => new Date(epoch + offset).toISOString();
  return JSON.stringify({
    version: '4',
    groupKey: '{}',
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver: 'medic',
    truncatedAlerts: 0,
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: {
        alertname: alert.name,
        service: alert.service,
        severity: alert.name === 'Riddle' ? 'warning' : 'critical',
        environment: 'test',
      },
      annotations: { summary: `${alert.service} is ill` },
      startsAt: iso(alert.startsAt),
      endsAt: alert.endsAt === null ? '0001-01-01T00:00:00Z' : iso(alert.endsAt),
      generatorURL: '',
      fingerprint: fingerprintOf(alert),
    })),
  });
}
