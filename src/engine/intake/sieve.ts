import type { Alert } from '../../alerts/alert.ts';
import type { Matcher } from '../../alerts/matcher.ts';
import type { Settings } from '../../config/settings.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { mutedBy } from '../../silence/silence.ts';
import type { Accepted, Intake } from './intake.ts';
import { type Watchdogs, watchdogOf } from './watchdog.ts';

/** It fires to keep other alerts quiet in Alertmanager, and means nothing by itself. */
const INHIBITOR = 'InfoInhibitor';
/** So many values of a label are remembered with what a matcher says of them. */
const MOST_VALUES = 1_000;

export interface SieveParts {
  readonly watchdogs: Watchdogs;
  readonly settings: Pick<Settings, 'ignore' | 'watchdog'>;
  readonly metrics: Pick<Metrics, 'alertsIgnored'>;
}

type Why = 'watchdog' | 'inhibitor' | 'ignore';

/**
 * The intake without the alerts that open nothing. That a watchdog has come is written before the webhook is acknowledged. The end of an
 * alert goes on all the same: its incident may be older than what says that it opens none.
 */
export function sieved(intake: Intake, { watchdogs, settings, metrics }: SieveParts): Intake {
  const ignores = settings.ignore.map((matchers) => {
    const tests = matchers.map(testOf);
    // What a label says that was left out of an alert nobody knows, and a matcher that it might not fit must silence nothing.
    return (alert: Alert) =>
      matchers.every(({ name }) => isWhole(alert) || Object.hasOwn(alert.labels, name)) &&
      tests.every((test) => test(alert.labels));
  });
  const names = new Set(settings.watchdog.names);
  const whyNot = (alert: Alert): Why | null => {
    if (names.has(alert.name)) return 'watchdog';
    if (alert.name === INHIBITOR) return 'inhibitor';
    return ignores.some((fits) => fits(alert)) ? 'ignore' : null;
  };

  const through = async (
    alerts: readonly Alert[],
    work: (passed: readonly Alert[]) => Promise<Accepted>,
  ): Promise<Accepted> => {
    const judged = alerts.map((alert) => ({ alert, why: whyNot(alert) }));
    const left = judged.filter(({ alert, why }) => why !== null && alert.status === 'firing');
    const passed = judged.filter(({ alert, why }) => why === null || alert.status === 'resolved');
    await Promise.all(
      judged.filter(({ why }) => why === 'watchdog').map(({ alert }) => listen(watchdogs, alert)),
    );
    const result: Accepted =
      passed.length > 0 || left.length === 0
        ? await work(passed.map(({ alert }) => alert))
        : { kind: 'accepted', keptBack: 0, incidents: [] };
    if (result.kind === 'accepted')
      for (const { why } of left) metrics.alertsIgnored.inc({ why: why ?? 'ignore' });
    return result;
  };

  return {
    accept: (alerts) => through(alerts, intake.accept),
    collect: (alerts) => through(alerts, intake.collect),
    forward: intake.forward,
  };
}

function listen(watchdogs: Watchdogs, alert: Alert): Promise<void> {
  return alert.status === 'firing' ? watchdogs.heard(watchdogOf(alert)) : watchdogs.ended(alert.fingerprint);
}

/** Whether an alert has all the labels that it was sent with. */
function isWhole(alert: Alert): boolean {
  return (alert.omitted ?? 0) === 0;
}

/** Matches as silences do. What it says of a value is remembered, since a webhook may hold thousands of alerts. */
function testOf(matcher: Matcher): (labels: Alert['labels']) => boolean {
  const known = new Map<string, boolean>();
  return (labels) => {
    const value = (Object.hasOwn(labels, matcher.name) ? labels[matcher.name] : undefined) ?? '';
    const before = known.get(value);
    if (before !== undefined) return before;
    if (known.size >= MOST_VALUES) known.clear();
    const now = fits(matcher, value);
    known.set(value, now);
    return now;
  };
}

/** A silence that is always in force says whether an alert with this one label fits. */
function fits(matcher: Matcher, value: string): boolean {
  const alert: Alert = {
    fingerprint: '',
    source: 'alertmanager',
    status: 'firing',
    name: '',
    severity: 'info',
    labels: Object.fromEntries([[matcher.name, value]]),
    annotations: {},
    startsAt: 0,
    endsAt: null,
    expression: null,
    link: null,
  };
  const silence = {
    id: 'ignore',
    source: 'maintenance',
    by: 'ignore',
    reason: '',
    from: 0,
    until: Number.POSITIVE_INFINITY,
    service: null,
    environment: null,
    matchers: [matcher],
  } as const;
  return mutedBy({ kind: 'target', name: '', environment: '' }, [alert], [silence], 0) !== null;
}
