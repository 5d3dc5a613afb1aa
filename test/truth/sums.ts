import { lengthOf } from './spans.ts';

const SPAN = '(\\d[\\d.]* (?:s|min|h)(?: \\d+ (?:s|min))?)';
/** What led to what: nothing of it can have come before that which led to it. */
const ORDER = ['diagnosis', 'fix started', 'fix done'];
/** How long all of it took, on the card and in the thread. */
const WHOLE = [
  new RegExp(`\\*(?:Resolved|Recovered by itself|Well again|Alerts resolved|Answered)\\* in ${SPAN}: \\*`),
  new RegExp(`^\\*(?:Resolved|Recovered by itself|Well again|Alerts resolved|Answered) in ${SPAN}\\.\\*`),
  new RegExp(`: (?:resolved|well again|alerts resolved|answered) in ${SPAN}\\. `),
];

/**
 * Times that do not add up: each figure of an end is counted from the opening, so none is shorter than that of what led to it, and the last
 * of them is how long the whole took, wherever that is said.
 */
export function unsummed(shown: readonly string[]): readonly string[] {
  const figures = shown.flatMap((text) => /Since it opened: (.*)$/m.exec(text)?.[1] ?? []);
  const wholes = shown.flatMap((text) => WHOLE.flatMap((says) => says.exec(text)?.[1] ?? []));
  return figures.flatMap((all) => {
    const parts = all.split(' · ').map((part) => part.split(' after ') as [string, string]);
    const end = parts.find(([name]) => name === 'proof' || name === 'end')?.[1] ?? '';
    const steps = [...ORDER.flatMap((name) => parts.filter(([one]) => one === name)), ['end', end] as const];
    const early = steps.filter(([, span], index) =>
      steps.slice(0, index).some(([, before]) => lengthOf(before) > lengthOf(span)),
    );
    const others = wholes.filter((one) => one !== end);
    return [
      ...early.map(([name]) => `“${name}” comes before what led to it, in: ${all}`),
      ...others.map((one) => `it took ${one}, and “${all}”`),
    ];
  });
}
