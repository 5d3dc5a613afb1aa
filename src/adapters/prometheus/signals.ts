import type { Alert } from '../../intake/alert.ts';
import type { Check } from '../../playbooks/manifest.ts';
import type { Reading, SignalScope, Signals } from '../../verification/reading.ts';
import { askProbe } from '../http-probe.ts';
import type { AlertRule, InstantValue, Prometheus } from './client.ts';
import { selectorsOf } from './promql.ts';

export interface SignalsOptions {
  /** Null where none is configured: metric and alert checks are then missing. */
  readonly prometheus: Prometheus | null;
  /** Epoch milliseconds by the clock of record; the time of a probe is when it was started. */
  readonly now: () => number;
  readonly fetch?: typeof globalThis.fetch;
}

type MetricCheck = Extract<Check, { metric: unknown }>;

/**
 * Reads checks from Prometheus and by HTTP probes, all side by side.
 *
 * - A metric check over several series answers with the worst of them. Its time is that of the oldest sample that the expression
 *   reads, because Prometheus shows samples of up to five minutes ago as if they were of now.
 * - An alert check fires when any of the incident's alerts is firing or pending. Its time is that of the oldest evaluation.
 * - A probe check is healthy when every probe of the service answers 2xx.
 */
export function createPrometheusSignals(options: SignalsOptions): Signals {
  const { prometheus, now, fetch = globalThis.fetch } = options;
  const read = async (check: Check, scope: SignalScope, signal: AbortSignal): Promise<Reading> => {
    try {
      if ('probe' in check) return await readProbes(check, scope, now, fetch, signal);
      if (prometheus === null) return missing(check, 'no Prometheus is configured');
      if ('metric' in check) return await readMetric(check, prometheus, signal);
      return await readAlerts(check, scope, prometheus, signal);
    } catch (error) {
      return missing(check, error instanceof Error ? error.message : String(error));
    }
  };
  return { read: (checks, scope, signal) => Promise.all(checks.map((check) => read(check, scope, signal))) };
}

async function readMetric(check: MetricCheck, prometheus: Prometheus, signal: AbortSignal): Promise<Reading> {
  const { query, is, value: limit } = check.metric;
  const values = await prometheus.query(query, signal);
  if (values.length === 0) return missing(check, `no series answers \`${query}\``);
  const unusable = values.find(({ value }) => !Number.isFinite(value));
  if (unusable) return missing(check, `\`${query}\` answered ${unusable.value}, which cannot be compared`);
  const { value, at } = worst(values, is, limit);
  return { check, kind: 'value', value, at: await sampleTime(query, at, prometheus, signal) };
}

/** The value that is least good for a check that asks `value <is> limit` of every series. */
function worst(
  values: readonly InstantValue[],
  is: MetricCheck['metric']['is'],
  limit: number,
): InstantValue {
  const badness = ({ value }: InstantValue): number => {
    switch (is) {
      case '<':
      case '<=':
        return value;
      case '>':
      case '>=':
        return -value;
      case '==':
        return Math.abs(value - limit);
      case '!=':
        return -Math.abs(value - limit);
      default:
        return is satisfies never;
    }
  };
  return values.reduce((bad, each) => (badness(each) > badness(bad) ? each : bad));
}

/** The time of the oldest sample behind an evaluation; the evaluation's own time where the expression does not tell. */
async function sampleTime(
  query: string,
  at: number,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<number> {
  const selectors = selectorsOf(query) ?? [];
  const times = await Promise.all(
    selectors.slice(0, 6).map((each) => prometheus.query(`min(timestamp(${each}))`, signal, at)),
  );
  return Math.min(at, ...times.flat().map(({ value }) => Math.round(value * 1000)));
}

async function readAlerts(
  check: Check,
  scope: SignalScope,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<Reading> {
  if (scope.alerts.length === 0) return missing(check, 'the incident has no alert to ask about');
  const rules = await prometheus.alertRules(signal);
  const states = scope.alerts.map((alert) => stateOf(alert, rules, prometheus.url));
  const known = states.filter((state) => typeof state !== 'string');
  const firing = known.some((state) => state.firing);
  const unknown = states.find((state) => typeof state === 'string');
  if (unknown !== undefined && !firing) return missing(check, unknown);
  const times = known.filter((state) => state.firing === firing).map(({ at }) => at);
  return { check, kind: 'alert', firing, at: Math.min(...times) };
}

/** Whether an alert is active by its rule, or why nobody knows. A pending one counts: its condition is there. */
function stateOf(
  alert: Alert,
  rules: readonly AlertRule[],
  url: string,
): { firing: boolean; at: number } | string {
  const mine = rules.filter((rule) => rule.name === alert.name && agree(rule.labels, alert.labels));
  if (mine.length === 0) return `no rule for alert ${alert.name} at ${url}`;
  const broken = mine.find((rule) => rule.health !== 'ok');
  if (broken)
    return `the rule of alert ${alert.name} is ${broken.health}: ${broken.lastError || 'not evaluated yet'}`;
  const firing = mine.some((rule) =>
    rule.alerts.some(({ labels, state }) => state !== 'inactive' && agree(labels, alert.labels)),
  );
  return { firing, at: Math.min(...mine.map((rule) => Date.parse(rule.lastEvaluation))) };
}

/**
 * Whether no label contradicts. An alert that came through Alertmanager may carry more labels than its rule gave it (external
 * labels) and fewer (relabelling); those cannot tell two instances apart. A rule shows the templates in its labels unrendered.
 */
function agree(labels: Readonly<Record<string, string>>, alert: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(
    ([name, value]) => alert[name] === undefined || alert[name] === value || value.includes('{{'),
  );
}

async function readProbes(
  check: Check,
  scope: SignalScope,
  now: () => number,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Reading> {
  if (scope.probes.length === 0) return missing(check, 'the service has no probe');
  const at = now();
  const answers = await Promise.all(scope.probes.map((probe) => askProbe(probe, fetch, signal)));
  signal.throwIfAborted();
  const bad = answers.filter(({ kind }) => kind === 'unhealthy');
  const unasked = answers.find(({ kind }) => kind === 'unasked');
  if (bad.length === 0 && unasked) return missing(check, unasked.words);
  const detail = (bad.length > 0 ? bad : answers).map(({ words }) => words).join('; ');
  return { check, kind: 'probe', healthy: bad.length === 0, detail, at };
}

function missing(check: Check, reason: string): Reading {
  return { check, kind: 'missing', reason };
}
