import { cutWholeWords } from '../../../../lib/text/cut.ts';
import type { Prometheus } from '../client.ts';
import { allSelectorsOf } from '../expression/promql.ts';

/** So many of an expression's metrics are told of. */
const ASKED = 4;
const LONGEST = 120;

/**
 * Why an expression answers nothing: what it reads may be there all the same, below its limit or without a partner. Each of its metrics
 * is asked before any is said to be gone.
 */
export async function whyNothing(
  expression: string,
  { from, to }: { readonly from: number; readonly to: number },
  prometheus: Prometheus,
  signal: AbortSignal,
): Promise<string> {
  const selectors = allSelectorsOf(expression).slice(0, ASKED);
  const minutes = Math.round((to - from) / 60_000);
  const told = selectors.map(async (selector) => {
    const count = async (query: string) => (await prometheus.query(query, signal, to))[0]?.value ?? 0;
    const [now, lately] = await Promise.all([
      count(`count(${selector})`),
      count(`count(count_over_time(${selector}[${to - from}ms]))`),
    ]);
    const name = cutWholeWords(selector.replace(/\s+/g, ' '), LONGEST);
    if (now > 0) return `${name} has ${now} series`;
    return lately > 0
      ? `${name} has none, and had ${lately} in the last ${minutes} min`
      : `${name} has none, and had none in the last ${minutes} min`;
  });
  return ['the expression answers nothing now', ...(await Promise.all(told))].join('; ');
}
