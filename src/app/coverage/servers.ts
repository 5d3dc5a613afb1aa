import {
  createPrometheus,
  type Prometheus,
  PrometheusError,
} from '../../adapters/collectors/prometheus/client.ts';
import type { History, Start } from '../../coverage/firings.ts';
import type { Recording, Rule, RuleSet } from '../../coverage/rule.ts';
import { historyOf } from './history.ts';

/** Milliseconds that one question may take: a month of alerts is much to ask. */
const TIMEOUT = 30_000;

export interface Named {
  readonly name: string;
  readonly url: string;
}

/** A server that cannot be asked, in words that say what to do. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** What a Prometheus evaluates, and what began to fire there. */
export async function askServer(
  { name, url }: Named,
  last: number,
  wanted: { readonly rules: boolean },
  told: { readonly signal: AbortSignal; readonly onDay?: (done: number, of: number) => void },
): Promise<{ readonly rules: RuleSet; readonly history: History }> {
  const prometheus = clientFor(url);
  try {
    const rules = wanted.rules
      ? await rulesOf(prometheus, name, told.signal)
      : { rules: [], recordings: [], mistakes: [] };
    return { rules, history: await historyOf(prometheus, last, told) };
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    throw new NoAnswer(whyNot(error, prometheus.url), { cause: error });
  }
}

function clientFor(url: string): Prometheus {
  try {
    return createPrometheus({ url, timeout: TIMEOUT });
  } catch {
    throw new NoAnswer(`${JSON.stringify(url)} is no address: write one such as http://localhost:9090`);
  }
}

function whyNot({ status, message }: PrometheusError, url: string): string {
  if (status === 401 || status === 403)
    return `${url} asks who you are (${status}): write the name and the password into the address, http://name:password@…`;
  if (status === 404 || (status !== null && /something other than Prometheus/.test(message)))
    return `${url} is no Prometheus, or not its base address: ${message}`;
  return message;
}

async function rulesOf(prometheus: Prometheus, server: string, signal: AbortSignal): Promise<RuleSet> {
  const groups = await prometheus.allRules(signal);
  const rules: Rule[] = [];
  const recordings: Recording[] = [];
  for (const { name: group, rules: all } of groups)
    for (const { type, name, query: expression, labels, ...more } of all) {
      if (type === 'recording') recordings.push({ name, expression, labels });
      else if ('duration' in more)
        rules.push({
          name,
          expression,
          labels,
          lasting: more.duration * 1000,
          place: { kind: 'server', server, group },
        });
    }
  return { rules, recordings, mistakes: [] };
}

/** Rules that several servers evaluate alike are one. */
export function withoutTwins(rules: readonly Rule[]): readonly Rule[] {
  const key = ({ name, expression, labels, lasting }: Rule) =>
    JSON.stringify([name, expression, sorted(labels), lasting]);
  return [...new Map(rules.toReversed().map((rule) => [key(rule), rule])).values()].toReversed();
}

/** What several servers saw, as one: of twins, the one that saw the most of an alert. */
export function together(histories: readonly History[]): History | null {
  const [first, ...others] = histories;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const key = ({ labels }: Start) => JSON.stringify(sorted(labels));
  const most = new Map<string, readonly Start[]>();
  for (const { starts } of histories)
    for (const [own, some] of Map.groupBy(starts, key))
      if (some.length > (most.get(own)?.length ?? 0)) most.set(own, some);
  return {
    ...first,
    starts: [...most.values()].flat(),
    covered: Math.min(...histories.map(({ covered }) => covered)),
  };
}

function sorted(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
