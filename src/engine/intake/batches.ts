import { type Alert, type Subject, subjectKey } from '../../alerts/alert.ts';
import { subjectOf } from '../../alerts/subject.ts';
import { supersedes } from '../../alerts/supersede.ts';
import type { Settings } from '../../config/settings.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { BatchFiller, BatchFlusher, DueBatch } from '../store/batch-windows.ts';
import type { Index } from '../store/incidents.ts';

/** How many bags are handed on side by side. */
const ABREAST = 5;
/** The most alerts of one bag that are held in memory at a time. */
const SLICE = 500;

export interface DeferralParts {
  readonly store: Index & BatchFiller;
  readonly settings: Settings;
  readonly metrics: Metrics;
}

/** Alerts that may not wait, and how many were kept back. */
export interface Deferred {
  readonly urgent: readonly Alert[];
  readonly kept: number;
  /** Why some could not be kept back. What is urgent does not wait for them. */
  readonly failures: readonly unknown[];
}

/**
 * Keeps back what may wait, in one bag for each subject. A critical alert may not, nor may one whose incident is open already: it
 * would only be late there. An alert that is kept back already, and the end of one, replaces it.
 */
export function createDeferral({
  store,
  settings,
  metrics,
}: DeferralParts): (alerts: readonly Alert[]) => Promise<Deferred> {
  return async (alerts) => {
    const subjects = alerts.map((alert) => subjectOf(alert, settings));
    const [owners, about] = await Promise.all([
      store.attachedTo(alerts.map(({ fingerprint }) => fingerprint)),
      store.findOpenAbout(subjects.map(subjectKey)),
    ]);
    const urgent: Alert[] = [];
    const bags = new Map<string, { readonly subject: Subject; readonly alerts: Alert[] }>();
    for (const [index, alert] of alerts.entries()) {
      const subject = subjects[index];
      const isOpen = (owners[index] ?? about[index] ?? null) !== null;
      if (subject === undefined || isOpen || alert.severity === 'critical') urgent.push(alert);
      // The beginning of this one may lie in the bag, although an incident about the same has been opened since.
      const endsHere = alert.status === 'resolved' && (owners[index] ?? null) === null;
      if (subject === undefined || (urgent.at(-1) === alert && !endsHere)) continue;
      if (!bags.has(subjectKey(subject))) bags.set(subjectKey(subject), { subject, alerts: [alert] });
      else bags.get(subjectKey(subject))?.alerts.push(alert);
    }
    const window = settings.intake.batch_window;
    const results = await Promise.allSettled(
      [...bags.values()].map((bag) => store.defer(bag.subject, bag.alerts, { window, supersedes })),
    );
    const failures = results.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
    const kept = Math.max(0, alerts.length - urgent.length);
    // The sender brings all of them again, and they are counted then.
    if (failures.length === 0) metrics.alertsKeptBack.inc(kept);
    return { urgent, kept, failures };
  };
}

export interface FlushParts {
  readonly store: BatchFlusher;
  readonly intake: { forward(alerts: readonly Alert[]): Promise<unknown> };
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Hands on the alerts of every bag whose window has ended, and empties it only afterwards: should this process end in between,
 * the next one hands them on again, which says nothing new to their incident. Runs regularly, and may run in several replicas.
 */
export async function flushBatches(parts: FlushParts): Promise<void> {
  const bags = await parts.store.dueBatches();
  for (let from = 0; from < bags.length; from += ABREAST)
    await Promise.all(bags.slice(from, from + ABREAST).map((bag) => flush(parts, bag)));
}

async function flush(parts: FlushParts, bag: DueBatch): Promise<void> {
  const { metrics, log } = parts;
  const about = { subject: subjectKey(bag.subject) };
  try {
    const { alerts, fires, isEmpty } = await handOn(parts, bag);
    // What changed meanwhile keeps the bag due, and the next run hands it on.
    if (!isEmpty) return;
    metrics.bagsEnded.inc({ how: fires ? 'handed-on' : 'resolved' });
    if (!fires)
      log.info(
        { ...about, alerts },
        'all alerts that were kept back had resolved by the end of their window',
      );
  } catch (err) {
    // One that cannot be handed on must not keep the others waiting.
    log.warn({ ...about, err }, 'alerts that were kept back could not be handed on yet');
  }
}

/** Slice by slice, each taken out before the next one is looked at: a large bag gets smaller whatever happens to the rest of it. */
async function handOn({ store, intake }: FlushParts, bag: DueBatch) {
  let alerts = 0;
  let fires = false;
  for (;;) {
    const slice = await store.openBatch(bag, SLICE);
    // An alert that has resolved goes with the others: its incident may have opened since it was put into the bag.
    await intake.forward(slice.alerts);
    const taken = await store.removeBatch(slice);
    alerts += slice.alerts.length;
    fires ||= slice.alerts.some(({ status }) => status === 'firing');
    if (taken < slice.alerts.length) return { alerts, fires, isEmpty: false };
    if (slice.alerts.length < SLICE) return { alerts, fires, isEmpty: true };
  }
}
