import { z } from 'zod';
import type { Alert } from '../../intake/alert.ts';
import type { Check } from '../../playbooks/manifest.ts';
import type { Reading, SignalScope, Signals } from '../../verification/reading.ts';
import { readCapped } from '../http-body.ts';

const MAX_BODY = 4 * 1024 * 1024;
const TIMEOUT = 3_000;

/** What `/api/v2/alerts` says of an alert; only the fields that are used. */
const ActiveAlerts = z.array(z.object({ fingerprint: z.string() }));

export interface AlertmanagerOptions {
  readonly url: string;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Reads alert checks from Alertmanager, for those who have no Prometheus that Medic may ask; `others` answers every other check.
 * An alert that Alertmanager no longer lists has resolved, as far as it knows.
 */
export function createAlertmanagerSignals(options: AlertmanagerOptions, others: Signals): Signals {
  return {
    async read(checks, scope, signal) {
      const rest = checks.filter((check) => !('alert' in check));
      const [firing, readings] = await Promise.all([
        rest.length === checks.length ? null : readAlerts(options, scope, signal),
        others.read(rest, scope, signal),
      ]);
      const answers = readings[Symbol.iterator]();
      return checks.map((check) =>
        'alert' in check && firing !== null
          ? firing(check)
          : (answers.next().value ?? missing(check, 'not answered')),
      );
    },
  };
}

async function readAlerts(
  { url, now, fetch = globalThis.fetch }: AlertmanagerOptions,
  { alerts }: SignalScope,
  signal: AbortSignal,
): Promise<(check: Check) => Reading> {
  if (alerts.length === 0) return (check) => missing(check, 'the incident has no alert to ask about');
  const at = now();
  try {
    const active = new Set(
      (await Promise.all(names(alerts).map((name) => listed(url, name, fetch, signal)))).flat(),
    );
    const firing = alerts.some(({ fingerprint }) => active.has(fingerprint));
    return (check) => ({ check, kind: 'alert', firing, at });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return (check) => missing(check, `Alertmanager at ${url} cannot be asked: ${reason}`);
  }
}

const names = (alerts: readonly Alert[]) => [...new Set(alerts.map(({ name }) => name))];

/** The fingerprints of the alerts of that name; Alertmanager has no look-up by fingerprint. */
async function listed(
  url: string,
  name: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const query = new URLSearchParams({ filter: `alertname=${JSON.stringify(name)}` });
  const answer = await fetch(`${url.replace(/\/$/, '')}/api/v2/alerts?${query}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
  });
  const body = await readCapped(answer, MAX_BODY);
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  return ActiveAlerts.parse(JSON.parse(body)).map(({ fingerprint }) => fingerprint);
}

function missing(check: Check, reason: string): Reading {
  return { check, kind: 'missing', reason };
}
