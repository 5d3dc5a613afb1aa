import { type AlertRule, type InstantValue, labelName, quoted } from '../client.ts';
import type { Asked } from './inquest.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * Only what an expression answers with these labels, whatever the expression is made of: matchers inside it would break its joins. A
 * comment may end the expression, hence the lines.
 */
export function narrowedTo(expression: string, labels: Labels): string {
  const named = Object.entries(labels).filter(([name, value]) => name !== '' && value !== '');
  if (named.length === 0) return expression;
  const one = named.reduce(
    (vector, [name, value]) =>
      `label_replace(${vector},${quoted(name)},${quoted(value.replaceAll('$', '$$$$'))},"","")`,
    'vector(1)',
  );
  return `(\n${expression}\n) and on (${named.map(([name]) => labelName(name)).join(',')}) ${one}`;
}

/** What an expression answers with these labels, by default now. Rejects where Prometheus cannot be asked. */
export async function answersWith(
  labels: Labels,
  expression: string,
  asked: Asked,
  time?: number,
): Promise<readonly InstantValue[]> {
  const all = await asked.query(asked.many ? expression : narrowedTo(expression, labels), time);
  return all.filter((each) => Object.entries(labels).every(([name, value]) => each.labels[name] === value));
}

/** The labels of an alert that its series have as well: neither its name nor what its rule puts in their place. */
export function seriesLabels(labels: Labels, rule: Pick<AlertRule, 'labels'>): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => {
      const own = Object.hasOwn(rule.labels, name) ? rule.labels[name] : undefined;
      return name !== 'alertname' && (own === undefined || isItself(name, own));
    }),
  );
}

/** A rule's label that only repeats the series' own: `{{ $labels.instance }}`, `{{ index $labels "service.name" }}`. */
function isItself(name: string, value: string): boolean {
  const [, repeated, indexed] =
    /^\{\{-?\s*(?:\$labels\.(\w+)|index\s+\$labels\s+"([^"\\]+)")\s*-?\}\}$/.exec(value.trim()) ?? [];
  return (repeated ?? indexed) === name;
}
