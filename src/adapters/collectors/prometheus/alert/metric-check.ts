import type { Check } from '../../../../playbooks/manifest.ts';
import type { Reading } from '../../../../verification/reading.ts';
import type { InstantValue, Prometheus } from '../client.ts';
import { selectorsOf } from '../expression/promql.ts';

type MetricCheck = Extract<Check, { metric: unknown }>;

/**
 * Over several series the answer is the worst of them. Its time is that of the oldest sample that the expression reads, because
 * Prometheus shows samples of up to five minutes ago as if they were of now. Rejects where Prometheus cannot be asked.
 */
export async function readMetric(
  check: MetricCheck,
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<Reading> {
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

function missing(check: Check, reason: string): Reading {
  return { check, kind: 'missing', reason };
}
