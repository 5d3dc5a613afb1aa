import { narrowedTo, seriesLabels } from '../alert/alert-series.ts';
import type { Asked } from '../alert/inquest.ts';
import type { AlertRule } from '../client.ts';
import { selectorsOf } from './promql.ts';

/** How many of a rule's metrics are asked when they were measured last. */
const ASKED = 6;

/**
 * When what a rule reads for the alert with these labels was measured last, as of `time`, epoch milliseconds: Prometheus repeats a sample
 * for five minutes as if it were of now. Of several metrics it is the one that was not measured for longest. Null where nobody can tell.
 */
export async function measuredAt(
  { rule, labels }: { readonly rule: AlertRule; readonly labels: Readonly<Record<string, string>> },
  asked: Asked,
  time: number,
): Promise<number | null> {
  const own = Object.fromEntries(
    Object.entries(seriesLabels(labels, rule)).filter(([name]) => name !== '__name__'),
  );
  const newest = async (selector: string): Promise<readonly number[]> => {
    const expression = `timestamp(${selector})`;
    const answers = await asked.query(asked.many ? expression : narrowedTo(expression, own), time);
    const mine = answers.filter((each) =>
      Object.entries(own).every(([name, value]) => each.labels[name] === value),
    );
    return mine.length === 0 ? [] : [Math.max(...mine.map(({ value }) => Math.round(value * 1000)))];
  };
  const times = await Promise.all((selectorsOf(rule.query) ?? []).slice(0, ASKED).map(newest));
  return times.flat().length === 0 ? null : Math.min(...times.flat());
}
