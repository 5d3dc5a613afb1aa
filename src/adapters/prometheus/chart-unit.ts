import type { EvidenceData, Series } from '../../evidence/evidence.ts';
import { unitOf } from './format.ts';
import { selectorsOf } from './promql.ts';

type ChartUnit = NonNullable<Extract<EvidenceData, { type: 'series' }>['unit']>;

/** What a picture's axis counts in, as far as the names of the metrics and the values themselves say. */
export function chartUnitOf(expression: string, series: readonly Series[]): ChartUnit {
  const unit = unitOf(expression);
  if (unit === 'bytes' || unit === 'seconds') return unit;
  const names = (selectorsOf(expression) ?? []).map((selector) => selector.split('{')[0] ?? '');
  if (isQuantile(expression, names) || isMean(expression, names, 'seconds')) return 'seconds';
  if (isMean(expression, names, 'bytes')) return 'bytes';
  const divided =
    expression.includes('/') || (names.length > 0 && names.every((name) => /_ratio$/.test(name)));
  return divided && isShare(series) ? 'ratio' : 'number';
}

/** `histogram_quantile(0.9, …_seconds_bucket…)` */
function isQuantile(expression: string, names: readonly string[]): boolean {
  return (
    /^\s*histogram_quantile\s*\(/.test(expression) && names.every((name) => /_seconds_bucket$/.test(name))
  );
}

/** `…_sum… / …_count…` of the same histogram. */
function isMean(expression: string, names: readonly string[], of: 'seconds' | 'bytes'): boolean {
  const [sum, count, ...others] = names;
  return expression.includes('/') && others.length === 0 && sum?.endsWith(`_${of}_sum`) === true
    ? count?.endsWith(`_${of}_count`) === true
    : false;
}

/** Something divided by something, all between nothing and the whole: a part of it. */
function isShare(series: readonly Series[]): boolean {
  const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  return values.length > 0 && values.every((value) => value >= 0 && value <= 1);
}
