import type { Alert } from '../alerts/alert.ts';
import type { Evidence, Series, ValueUnit } from './evidence.ts';
import { badness, type Threshold, thresholdOf } from './threshold.ts';

/** One line of a picture; points are `[epoch milliseconds, value]`, oldest first, and every value is finite. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  /** Times of points that are not joined with the next, since nothing was measured in between; absent where there are none. */
  readonly breaks?: readonly number[];
}

/** A metric over time, small enough to be kept in an incident's record: what a picture shows, not how it looks. */
export interface Chart {
  /** What it is about, e.g. the name of the alert. */
  readonly title: string;
  /** The exact question that was asked. */
  readonly query: string;
  readonly unit: ValueUnit;
  readonly window: { readonly from: number; readonly to: number };
  /** The alert's own series, the worst first; at most three. */
  readonly lines: readonly ChartLine[];
  /** How many more series there are. */
  readonly more?: number;
  /** Points of a line that are further apart than this are not joined, since nothing is known in between; milliseconds. */
  readonly gap?: number;
  readonly threshold: Threshold | null;
  /** Moments worth a mark, in words, e.g. `alert`, `fix`; epoch milliseconds. */
  readonly marks: readonly { readonly at: number; readonly what: string }[];
  /** Where people can look at it themselves. */
  readonly link?: string | null;
}

/** A stretch of time; epoch milliseconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Reads a metric over time. */
export interface MetricReader {
  /** Points up to the newest that was measured, and none that only repeat it. @throws where its source gives no answer */
  read(query: string, window: Window, signal: AbortSignal): Promise<readonly Series[]>;
  /** Where a person sees the same; null where there is no such place. */
  link(query: string, window: Window): string | null;
}

/** The titles of evidence about an alert's own metric begin so, and go on with the name of the alert. */
export const METRIC_OF = 'Metric of ';

/** As much of the time before an alert is shown at least; milliseconds. */
const BEFORE = 15 * 60_000;
/** And at least so much of it where nothing was measured then. */
const LEAST_BEFORE = 60_000;
const MOST_LINES = 3;
/** At most 120 points to a line: two for each bucket, and the last. */
const BUCKETS = 59;
/** A point that is late by this many steps leaves a gap. */
const LATE = 2.5;

/** The time that tells an alert's story: before it as long again as since, and at least a quarter of an hour. */
export function windowAround(alertAt: number, to: number): Window {
  return { from: alertAt - Math.max(BEFORE, to - alertAt), to };
}

/**
 * The picture that a round of evidence holds, of the metric behind an alert; null where there is none to draw. Of several alerts it is of
 * one that fires, then of the most severe, then of the newest.
 */
export function chartOf(evidence: readonly Evidence[], alerts: Alerts): Chart | null {
  for (const { frame, series } of framesIn(evidence, alerts)) {
    const chart = draw(series, frame);
    if (chart !== null) return chart;
  }
  return null;
}

/** What a picture of the metric behind an alert would be about, with nothing in it yet; null where no metric is known. */
export function emptyChart(evidence: readonly Evidence[], alerts: Alerts): Chart | null {
  const [first] = framesIn(evidence, alerts);
  if (first === undefined) return null;
  const { others: _others, ...frame } = first.frame;
  return { ...frame, lines: [] };
}

/** Whether a picture is of one of the alerts that this evidence is about, and not of an earlier one. */
export function isAbout(chart: Chart, evidence: readonly Evidence[], alerts: Alerts): boolean {
  return framesIn(evidence, alerts).some(
    ({ frame }) => frame.title === chart.title && frame.query === chart.query,
  );
}

type Alerts = readonly Pick<Alert, 'name' | 'startsAt' | 'status' | 'severity' | 'labels'>[];
type About = Alerts[number];

/** What could be drawn, the most telling first. */
function framesIn(
  evidence: readonly Evidence[],
  alerts: Alerts,
): readonly { readonly frame: Frame; readonly series: readonly Series[] }[] {
  const frames = evidence.flatMap((item) => {
    const { data, query, link } = item;
    if (item.status !== 'ok' || data?.type !== 'series' || !item.title.startsWith(METRIC_OF)) return [];
    const title = item.title.slice(METRIC_OF.length);
    const about = alertOf(title, data.series, alerts);
    const alertAt = about === null || !Number.isFinite(about.startsAt) ? null : about.startsAt;
    const to = item.window?.to ?? item.observedAt;
    const series = data.closeUp ?? data.series;
    const frame: Frame = {
      title,
      query,
      link,
      unit: data.unit ?? 'number',
      threshold: thresholdOf(data.threshold ?? null),
      window: alertAt === null ? { from: item.window?.from ?? to - BEFORE, to } : windowAround(alertAt, to),
      marks: alertAt === null ? [] : [{ at: alertAt, what: 'alert' }],
      others: Math.max(0, data.series.length - series.length),
    };
    return [{ frame, series, about }];
  });
  return frames.sort((a, b) => byWeight(a.about, b.about));
}

const SEVERITIES: readonly Alert['severity'][] = ['critical', 'warning', 'info'];

/** Alerts that fire, then the most severe, then the newest; whatever is about no alert that is known comes last. */
function byWeight(a: About | null, b: About | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return (
    Number(b.status === 'firing') - Number(a.status === 'firing') ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    b.startsAt - a.startsAt
  );
}

/** The alert that a metric is of: the one of its name that its series do not contradict. */
function alertOf(name: string, series: readonly Series[], alerts: Alerts): About | null {
  const named = alerts.filter((alert) => alert.name === name).toSorted(byWeight);
  const own = named.filter((alert) => series.some(({ labels }) => !contradicts(labels, alert.labels)));
  return own[0] ?? named[0] ?? null;
}

function contradicts(a: Series['labels'], b: Series['labels']): boolean {
  return Object.entries(a).some(([name, value]) => b[name] !== undefined && b[name] !== value);
}

/** The same metric, read again later, with what happened since. */
export function chartAgain(
  before: Chart,
  series: readonly Series[],
  to: number,
  more: Pick<Chart, 'marks' | 'link'>,
): Chart | null {
  const { title, query, unit, threshold, marks } = before;
  const alertAt = marks[0]?.at ?? null;
  const window = alertAt === null ? { from: before.window.from, to } : windowAround(alertAt, to);
  return draw(series, {
    title,
    query,
    unit,
    threshold,
    window,
    link: more.link ?? null,
    marks: [...marks, ...more.marks],
    others: 0,
  });
}

type Frame = Omit<Chart, 'lines' | 'more' | 'gap' | 'link'> & {
  readonly link: string | null;
  readonly others: number;
};

/** Null where the window holds nothing that was measured. */
function draw(series: readonly Series[], { others, ...frame }: Frame): Chart | null {
  const { window, threshold } = frame;
  const known = series
    .map(({ labels, points }) => ({ labels, points: pointsIn(points, window) }))
    .filter(({ points }) => points.length > 0)
    .sort((a, b) => worst(b.points, threshold) - worst(a.points, threshold));
  const shown = known.slice(0, MOST_LINES);
  if (shown.length === 0) return null;
  const cut = cutTo(shown, frame);
  const bucket = shown.some(({ points }) => isMany(points)) ? (cut.to - cut.from) / BUCKETS : 0;
  const step = Math.max(...shown.map(({ points }) => usualStep(points)));
  return {
    ...frame,
    window: cut,
    lines: shown.map((one) => ({ name: nameOf(one, shown), ...drawnOf(one.points, cut) })),
    ...(known.length + others > shown.length ? { more: known.length + others - shown.length } : {}),
    gap: Math.ceil(Math.max(2 * bucket, LATE * step)),
    marks: frame.marks.filter(({ at }) => at >= cut.from && at <= cut.to),
  };
}

/** A picture begins where the measuring did, but shows a little of the time before the alert, also where nothing is known of it. */
function cutTo(
  shown: readonly Pick<Series, 'points'>[],
  { window, marks }: Pick<Chart, 'window' | 'marks'>,
): Window {
  const first = Math.min(...shown.map(({ points }) => points[0]?.[0] ?? window.to));
  const begun = Math.min(first, (marks[0]?.at ?? window.to) - LEAST_BEFORE);
  return { from: Math.max(window.from, begun), to: window.to };
}

type Points = readonly (readonly [number, number])[];

/** What was stored may have lost its values that are no numbers. */
function pointsIn(points: Points, { from, to }: Window): Points {
  return points.filter(([at, value]) => at >= from && at <= to && Number.isFinite(value));
}

/** How bad a line is at its worst, so that the worst comes first; without a threshold all are alike. */
function worst(points: Points, threshold: Threshold | null): number {
  if (threshold === null) return 0;
  return points.reduce(
    (bad, [, value]) => Math.max(bad, badness(value, threshold)),
    Number.NEGATIVE_INFINITY,
  );
}

function usualStep(points: Points): number {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
}

/** The labels in which a series differs from the others that are shown; nothing where it is the only one. */
function nameOf({ labels }: Pick<Series, 'labels'>, shown: readonly Pick<Series, 'labels'>[]): string {
  if (shown.length < 2) return '';
  const telling = Object.entries(labels).filter(
    ([name, value]) => name !== '__name__' && shown.some((other) => other.labels[name] !== value),
  );
  const [only, ...others] = telling;
  if (only !== undefined && others.length === 0) return only[1];
  return telling.map(([name, value]) => `${name}=${value}`).join(' ') || 'value';
}

/** A line thinned out, and where it is interrupted: a gap that thinning hides is one all the same. */
function drawnOf(points: Points, window: Window): Pick<ChartLine, 'points' | 'breaks'> {
  const kept = thinned(points, window);
  const late = LATE * usualStep(points);
  const gaps = points.flatMap(([at], index) => {
    const next = points[index + 1]?.[0];
    return next !== undefined && next - at > late ? [{ from: at, to: next }] : [];
  });
  const breaks = kept.flatMap(([at], index) => {
    const next = kept[index + 1]?.[0] ?? at;
    return gaps.some(({ from, to }) => from >= at && to <= next) ? [at] : [];
  });
  return breaks.length === 0 ? { points: kept } : { points: kept, breaks };
}

function isMany(points: Points): boolean {
  return points.length > 2 * BUCKETS + 1;
}

/** At most two points for each bucket of the window, the least and the greatest, and the last: a peak is never lost. */
function thinned(points: Points, { from, to }: Window): Points {
  if (!isMany(points)) return points;
  const width = (to - from) / BUCKETS || 1;
  const buckets = new Map<
    number,
    { least: readonly [number, number]; greatest: readonly [number, number] }
  >();
  for (const point of points) {
    const place = Math.min(BUCKETS - 1, Math.floor((point[0] - from) / width));
    const so = buckets.get(place);
    if (so === undefined) buckets.set(place, { least: point, greatest: point });
    else if (point[1] < so.least[1]) so.least = point;
    else if (point[1] > so.greatest[1]) so.greatest = point;
  }
  const kept = [...buckets.values()].flatMap(({ least, greatest }) => {
    if (least === greatest) return [least];
    return least[0] < greatest[0] ? [least, greatest] : [greatest, least];
  });
  const [last, end] = [points.at(-1), kept.at(-1)];
  return last === undefined || last === end ? kept : [...kept, last];
}
