import type { Alert } from '../../../../alerts/alert.ts';
import type { BoundAlert } from '../../../../evidence/alert-source.ts';
import { METRIC_OF } from '../../../../evidence/chart.ts';
import type { Collector, Finding, ServiceView } from '../../../../evidence/collector.ts';
import { type AlertMetricArguments, alertMetric } from '../../../../evidence/collectors/alert-metric.ts';
import type { Fact } from '../../../../evidence/facts/fact.ts';
import { runsOn, serviceId } from '../../../../evidence/facts/objects.ts';
import { statesOf, tell } from '../../../../evidence/facts/tell.ts';
import { sinceWhen } from '../../../../evidence/facts/trend.ts';
import { keepWhatAnswered } from '../../partial.ts';
import { type AlertRule, type InstantValue, type Prometheus, quoted } from '../client.ts';
import { closeUp } from '../close-up.ts';
import { describeSeries, formatValue, type Track } from '../expression/format.ts';
import { keyOf } from '../expression/freshness.ts';
import { narrowed } from '../expression/narrow.ts';
import { answersOnlyWhileTrue, type Split, selectorIn, splitComparison } from '../expression/promql.ts';
import { thinned } from '../expression/thin.ts';
import { chartUnitOf, type Unit, unitOf } from '../expression/unit.ts';
import { contradicts, environmentOf, graphLink, observe, presentOf } from '../observe.ts';
import { whyNothing } from './absence.ts';
import { nameOf as alertNameOf } from './match.ts';
import { type Ruled, ruleFor, rulesCalled } from './rule-for.ts';
import { identityOf, instrumentsBehind, type Witnesses, witnessesOf } from './witness.ts';

const SHOWN = 5;
const KEPT = 20;
const KEPT_POINTS = 241;
/** Before now, milliseconds: where a metric has gone, its series are looked up there. */
const LATELY = 7_200_000;

export interface PrometheusCollectorOptions {
  readonly prometheus: Prometheus;
  /** The address of Prometheus for people's browsers, where it is another one. */
  readonly publicUrl?: string;
}

/** An alert as it is asked about: with the labels and the expression that its source has, where that knows it. */
interface Question {
  readonly alert: Alert;
  readonly bound: BoundAlert | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly expression: string;
  /** Where the expression is what the sender wrote: why no server's own stands in its place. */
  readonly sent: string | null;
}

/**
 * Shows the metric behind each alert over two hours: the alert's own expression without its comparison, for the alert's own
 * labels. Where its source knows it, both are as they stand there; otherwise the rule that fires for it comes before what the sender
 * wrote. Where the alert does not reveal its expression either, Prometheus's rule of that name is asked.
 */
export function createAlertMetricCollector(
  options: PrometheusCollectorOptions,
): Collector<AlertMetricArguments> {
  return {
    declared: alertMetric,
    async collect(asked, { service }, signal) {
      const questions = await questionsOf(asked, options.prometheus, signal);
      return keepWhatAnswered(questions.map((question) => look(question, service, options, signal)));
    },
  };
}

async function questionsOf(
  asked: AlertMetricArguments,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly Question[]> {
  const alerts = asked.alerts.map((one) => ({ ...one, labels: one.bound?.labels ?? one.alert.labels }));
  const unbound = alerts.filter(({ alert, bound }) => alert.source !== 'person' && !bound?.expression);
  const names = [...new Set(unbound.map(({ alert }) => alertNameOf(alert)))];
  const rules = names.length === 0 ? [] : await rulesOf(prometheus, names, signal);
  return alerts.flatMap((one) => {
    const found = expressionOf(one, rules);
    return found === null ? [] : [{ ...one, ...found }];
  });
}

/** Null where they cannot be read: then the sender's word is all there is. */
async function rulesOf(
  prometheus: Prometheus,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly AlertRule[] | null> {
  try {
    return await prometheus.alertRules(signal, names);
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** The expression as its source has it, else that of the rule that fires for it, else what the sender wrote; null where nobody tells. */
function expressionOf(
  { alert, bound, labels }: Pick<Question, 'alert' | 'bound' | 'labels'>,
  rules: readonly AlertRule[] | null,
): Pick<Question, 'expression' | 'sent'> | null {
  if (bound?.expression) return { expression: bound.expression, sent: null };
  const ruled: Ruled =
    rules === null ? { kind: 'untold', why: 'its rules could not be read' } : ruleFor(alert, labels, rules);
  if (ruled.kind === 'rule') return { expression: ruled.query, sent: null };
  if (alert.expression !== null) return { expression: alert.expression, sent: ruled.why };
  const [rule] = rulesCalled(alert, labels, rules ?? []);
  return rule === undefined ? null : { expression: rule.query, sent: null };
}

async function look(
  question: Question,
  service: ServiceView | null,
  { prometheus, publicUrl = prometheus.url }: PrometheusCollectorOptions,
  signal: AbortSignal,
): Promise<Finding> {
  const { alert, labels, expression } = question;
  const split = splitComparison(expression);
  const now = await presentOf(prometheus, signal);
  const query = await narrow(split.metric, labels, now, prometheus, signal);
  const { tracks, window } = await observe(prometheus, query, now, signal);
  const mine = tracks.filter((track) => !contradicts(track.labels, labels));
  const shown = mine.slice(0, SHOWN);
  const [near, instruments, missing] = await Promise.all([
    closeUp({ query, labels, startsAt: alert.startsAt, tracks: shown, window }, prometheus, signal),
    witnessesFor(question, query, mine, now, service, prometheus, signal),
    nothingNow(query, tracks, mine, window, prometheus, signal),
  ]);
  const unit = unitOf(query, mine);
  const environment = environmentOf(mine);
  return {
    kind: 'metric',
    title: `${METRIC_OF}${alert.name}`,
    source: 'prometheus',
    query,
    window: { from: window.from, to: window.to },
    observedAt: window.to,
    text: [
      // Whoever sent the expression must not begin lines of their own with it.
      query.replace(/\s+/g, ' '),
      ...(question.sent === null ? [] : [`(as its sender wrote it: ${oneLine(question.sent)})`]),
      ...firesAt(split, unit),
      ...(split.comparison === null && answersOnlyWhileTrue(query)
        ? ['(it answers only while its condition holds)']
        : []),
      ...missing,
      ...describeAll(mine, unit, alert),
    ].join('\n'),
    facts: factsOf(mine, unit, alert, service),
    data: {
      type: 'series',
      series: mine.slice(0, KEPT).map((one) => ({
        labels: one.labels,
        points: thinned(one.points, KEPT_POINTS),
      })),
      // Where something else must hold as well, a value beyond the limit is not yet an alert.
      threshold: split.condition === null ? split.comparison : null,
      unit: chartUnitOf(query, mine),
      ...(near === null ? {} : { closeUp: near }),
    },
    link: graphLink(publicUrl, query, window),
    ...instruments,
    ...(question.sent === null ? {} : { supportsNothing: `${SENT}: ${oneLine(question.sent)}` }),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** An expression can be written so that anything seems wrong. */
const SENT = 'its expression is what the sender wrote, and no server was found that evaluates it';

/** The name of an alert comes from outside as well. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 200);

/** Where nothing answers, or not any more, why that is. */
async function nothingNow(
  query: string,
  tracks: readonly Track[],
  mine: readonly Track[],
  window: { readonly from: number; readonly to: number },
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const others = tracks.length - mine.length;
  if (mine.length === 0 && others > 0) {
    return [`${others} series answer${others === 1 ? 's' : ''}, none with the labels of the alert`];
  }
  if (mine.some(({ ended }) => ended === null)) return [];
  return [await whyNothing(query, window, prometheus, signal)];
}

/** The instruments of what answered; the sender where nothing did but what it wrote. */
async function witnessesFor(
  { alert, bound }: Question,
  query: string,
  mine: readonly Track[],
  now: number,
  service: ServiceView | null,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<Witnesses> {
  const last = mine.map(({ points }) => points.at(-1)?.[0] ?? 0);
  const living = mine.some(({ ended }) => ended === null) || mine.length === 0;
  const time = living ? now : Math.max(...last);
  const answered =
    mine.length === 0 ? [] : await instrumentsBehind(query, identityOf(service), prometheus, signal, time);
  const known = answered.length > 0 ? answered : (bound?.instruments ?? []);
  return witnessesOf(known) ?? { witness: `sender/${alert.source}` };
}

/** `the alert fires at > 200 MB` for `> 2e+08`, as the series themselves are told. */
function firesAt({ comparison, condition }: Split, unit: Unit): readonly string[] {
  if (comparison === null) return [];
  const limits = comparison.replace(/(?<=[<>=!] )\S+/g, (figure) => formatValue(Number(figure), unit));
  return [`the alert fires at ${limits}${condition === null ? '' : `, and only with: ${condition}`}`];
}

/**
 * The expression for the alert's own series only: the labels that alert and series share are written into the selectors that they come
 * from. Where Prometheus does not answer that with the same series, as an old one for names with dots, the expression stays whole, and
 * its answer is sifted afterwards.
 */
async function narrow(
  metric: string,
  labels: Readonly<Record<string, string>>,
  now: number,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<string> {
  const isMine = (one: { readonly labels: Readonly<Record<string, string>> }) =>
    !contradicts(one.labels, labels);
  const mine = (await prometheus.query(metric, signal, now)).filter(isMine);
  const selector = selectorIn(metric);
  const lately = `last_over_time(${selector}[${LATELY}ms])`;
  const known =
    mine.length > 0 || selector === null
      ? mine
      : (await prometheus.query(lately, signal, now)).filter(isMine);
  const query = narrowed(metric, sharedLabels(known, labels));
  if (query === null) return metric;
  const answers = await prometheus.query(query, signal, now).catch(() => null);
  const keys = (rows: readonly InstantValue[]) =>
    rows
      .map((row) => keyOf(row.labels))
      .sort()
      .join('\n');
  return answers !== null && keys(answers) === keys(mine) ? query : metric;
}

/** The labels that every one of the alert's series has as the alert has them. */
function sharedLabels(
  mine: readonly { readonly labels: Readonly<Record<string, string>> }[],
  labels: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.entries(labels).filter(
    ([name, value]) =>
      name !== 'alertname' && mine.length > 0 && mine.every((one) => one.labels[name] === value),
  );
}

function describeAll(series: readonly Track[], unit: Unit, alert: Alert): string[] {
  const lines = series
    .slice(0, SHOWN)
    .flatMap((track) => [
      `${nameOf(track.labels)}:`,
      ...describeSeries(track, unit, alert.startsAt).map((line) => `  ${line}`),
    ]);
  return series.length > SHOWN ? [...lines, `(and ${series.length - SHOWN} more series)`] : lines;
}

/** What metrics that say by themselves what they are of state of the service; a value of an expression says it of nobody. */
const REACHED: Readonly<Record<string, 'scrape.up' | 'blackbox.probe.success'>> = {
  up: 'scrape.up',
  probe_success: 'blackbox.probe.success',
};

function factsOf(
  series: readonly Track[],
  unit: Unit,
  { startsAt }: Alert,
  service: ServiceView | null,
): readonly Fact[] {
  if (service === null) return [];
  return series.slice(0, SHOWN).flatMap((track) => {
    const metric = track.labels.__name__ ?? '';
    const name = Object.hasOwn(REACHED, metric) ? REACHED[metric] : undefined;
    const last = track.points.at(-1);
    if (name === undefined || last === undefined || track.ended !== null) return [];
    const states = statesOf(
      serviceId(service.name),
      runsOn(service),
      { [name]: last[1] === 1 },
      sinceWhen(track.points),
    );
    const line = `  ${describeSeries(track, unit, startsAt)[0] ?? ''}`;
    return tell([{ line, facts: states }], last[0]).facts;
  });
}

function nameOf(labels: Readonly<Record<string, string>>): string {
  const shown = Object.entries(labels).filter(([name]) => name !== '__name__');
  return shown.length === 0
    ? 'value'
    : shown.map(([name, value]) => `${name}=${/\s/.test(value) ? quoted(value) : value}`).join(' ');
}
