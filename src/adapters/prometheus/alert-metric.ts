import { witnessOf } from '../../evidence/alert-evidence.ts';
import { METRIC_OF } from '../../evidence/chart.ts';
import type { Collector, Finding } from '../../evidence/collector.ts';
import type { Series } from '../../evidence/evidence.ts';
import type { Alert } from '../../intake/alert.ts';
import { keepWhatAnswered } from '../partial.ts';
import { chartUnitOf } from './chart-unit.ts';
import { type Prometheus, quoted } from './client.ts';
import { closeUp } from './close-up.ts';
import { describeSeries, formatValue, unitOf } from './format.ts';
import { contradicts, environmentOf, graphLink, observe, presentOf } from './observe.ts';
import { selectorsOf, splitComparison } from './promql.ts';

const ALERTS = 4;
const SHOWN = 5;
const KEPT = 20;

export interface PrometheusCollectorOptions {
  readonly prometheus: Prometheus;
  /** The address of Prometheus for people's browsers, where it is another one. */
  readonly publicUrl?: string;
}

/**
 * Shows the metric behind each alert over two hours: the alert's own expression without its comparison, for the alert's own
 * labels. Where the alert does not reveal its expression, Prometheus's rule of that name is asked.
 */
export function createAlertMetricCollector(options: PrometheusCollectorOptions): Collector {
  return {
    name: 'alert metric',
    kind: 'metric',
    async collect(inquiry, signal) {
      const alerts = inquiry.alerts.slice(0, ALERTS);
      const expressions = await expressionsOf(alerts, options.prometheus, signal);
      const questions = alerts.map((alert) => {
        const expression = expressions.get(alert);
        return expression === undefined ? null : look(alert, expression, options, signal);
      });
      return keepWhatAnswered(questions.filter((question) => question !== null));
    },
  };
}

async function expressionsOf(
  alerts: readonly Alert[],
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<Map<Alert, string>> {
  const found = new Map<Alert, string>();
  const silent = alerts.filter(({ expression, source }) => expression === null && source === 'alertmanager');
  const rules = silent.length === 0 ? [] : await prometheus.alertRules(signal);
  for (const alert of alerts) {
    const rule = rules.find(({ name, labels }) => name === alert.name && !contradicts(labels, alert.labels));
    const expression = alert.expression ?? rule?.query;
    if (expression !== undefined) found.set(alert, expression);
  }
  return found;
}

async function look(
  alert: Alert,
  expression: string,
  { prometheus, publicUrl = prometheus.url }: PrometheusCollectorOptions,
  signal: AbortSignal,
): Promise<Finding> {
  const { metric, comparison } = splitComparison(expression);
  const query = await narrow(metric, alert, prometheus, signal);
  const now = await presentOf(prometheus, signal);
  const { series, window } = await observe(prometheus, query, now, signal);
  const mine = series.filter(({ labels }) => !contradicts(labels, alert.labels));
  const near = await closeUp({ query, alert, observed: window }, prometheus, signal);
  const fires = comparison === null ? [] : [`the alert fires at ${inUnits(comparison, query)}`];
  const environment = environmentOf(mine);
  return {
    kind: 'metric',
    title: `${METRIC_OF}${alert.name}`,
    source: 'prometheus',
    query,
    window: { from: window.from, to: window.to },
    observedAt: window.to,
    text: [
      query,
      ...fires,
      ...(mine.length === 0 ? ['no series answers: the metric is gone, or never was'] : []),
      ...describeAll(mine, query, window, alert),
    ].join('\n'),
    data: {
      type: 'series',
      series: mine.slice(0, KEPT),
      threshold: comparison,
      unit: chartUnitOf(query, mine),
      ...(near === null ? {} : { closeUp: near }),
    },
    link: graphLink(publicUrl, query, window),
    witness: witnessOf({ alertname: alert.name, ...alert.labels }),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** `> 200 MB` for `> 2e+08`, as the series themselves are told. */
function inUnits(comparison: string, query: string): string {
  return comparison.replace(/(?<=^[<>=!]+ )\S+$/, (figure) => formatValue(Number(figure), unitOf(query)));
}

/**
 * The expression for the alert's own series only. The labels that alert and series share are written into every selector; where
 * that answers nothing although the whole expression does, as with some joins, the expression stays whole and its answer is
 * sifted afterwards.
 */
async function narrow(
  metric: string,
  alert: Alert,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<string> {
  const values = await prometheus.query(metric, signal);
  const mine = values.filter(({ labels }) => !contradicts(labels, alert.labels));
  const shared = sharedLabels(mine, alert);
  const selectors = selectorsOf(metric);
  if (selectors === null || selectors.length === 0 || shared.length === 0) return metric;
  const query = selectors.reduce(
    (text, selector) => text.replaceAll(selectorPattern(selector), () => withLabels(selector, shared)),
    metric,
  );
  const answers = query === metric ? mine : await prometheus.query(query, signal).catch(() => []);
  return answers.length > 0 ? query : metric;
}

/** The labels that every one of the alert's series has as the alert has them. */
function sharedLabels(
  mine: readonly { labels: Readonly<Record<string, string>> }[],
  alert: Alert,
): [string, string][] {
  return Object.entries(alert.labels).filter(
    ([name, value]) =>
      name !== 'alertname' && mine.length > 0 && mine.every(({ labels }) => labels[name] === value),
  );
}

/** A selector where it stands alone: `up` is not a part of `upstream`, nor of `up{…}`. */
function selectorPattern(selector: string): RegExp {
  const literal = selector.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\w:])${literal}(?![\\w:{])`, 'g');
}

function withLabels(selector: string, labels: readonly [string, string][]): string {
  const [, name = '', inside = ''] = /^([^{]*)(?:\{([\s\S]*)\})?$/.exec(selector) ?? [];
  const own = inside.trim().replace(/,$/, '');
  const added = labels
    .map(([label, value]) => `${label}=${quoted(value)}`)
    .filter((matcher) => !own.includes(matcher));
  return `${name}{${[own, ...added].filter((part) => part !== '').join(',')}}`;
}

function describeAll(
  series: readonly Series[],
  query: string,
  window: { to: number; step: number },
  alert: Alert,
): string[] {
  const lines = series
    .slice(0, SHOWN)
    .flatMap(({ labels, points }) => [
      `${nameOf(labels)}:`,
      ...describeSeries({ labels, points }, unitOf(query), window, alert.startsAt).map((line) => `  ${line}`),
    ]);
  return series.length > SHOWN ? [...lines, `(and ${series.length - SHOWN} more series)`] : lines;
}

function nameOf(labels: Readonly<Record<string, string>>): string {
  const shown = Object.entries(labels).filter(([name]) => name !== '__name__');
  return shown.length === 0 ? 'value' : shown.map(([name, value]) => `${name}=${value}`).join(' ');
}
