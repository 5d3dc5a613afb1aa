import type { Changed } from './compare.ts';
import type { Row, Summary } from './summary.ts';

const LONGEST = 160;

/** A case that is not right, in two lines at most: what was said, what was expected, and why. */
export function rowText({ case: name, verdict, fault, object, confidence, expected, note }: Row): string {
  const said =
    fault === null && object === null
      ? 'nothing'
      : `${fault ?? 'a cause of no fault'} in ${object ?? 'nothing named'}${confidence === null ? '' : ` (${percent(confidence)})`}`;
  const why =
    note === null ? '' : `\n      ${note.length > LONGEST ? `${note.slice(0, LONGEST - 1)}…` : note}`;
  return verdict === 'error'
    ? `  error       ${name}: ${note ?? ''}`
    : `  ${verdict.replace('_', ' ').padEnd(12)}${name}: said ${said}; expected ${expected}${why}`;
}

/** The whole in a few lines. */
export function summaryText(summary: Summary): string {
  const {
    cases,
    right,
    wrong,
    abstained,
    wrong_action: acted,
    errors,
    healthy,
    citations,
    seconds,
  } = summary;
  const answered = right - healthy.right + wrong + acted;
  const lines = [
    `${cases} cases: ${right} right (${part(right, cases)}), ${wrong} wrong, ${abstained} abstained, ${acted} wrong actions${errors > 0 ? `, ${errors} errors` : ''}`,
    `where it names a cause: ${part(right - healthy.right, answered)} right`,
    ...(healthy.cases > 0 && healthy.cases < cases
      ? [`where something is wrong: ${part(right - healthy.right, cases - healthy.cases)} right`]
      : []),
    ...(healthy.cases > 0 ? [`healthy: ${healthy.right} of ${healthy.cases} left alone`] : []),
    `citations: ${citations.resolved} of ${citations.made} stand in the evidence`,
    ...summary.bands.map(
      ({ from, to, cases: all, right: good }) =>
        `  ${percent(from)} to ${percent(to)} sure: ${good} of ${all} right (${part(good, all)})`,
    ),
    `seconds a case: p50 ${seconds.p50.toFixed(3)}, p99 ${seconds.p99.toFixed(3)}`,
  ];
  return lines.join('\n');
}

/** What changed since an earlier run. */
export function changesText(changes: readonly Changed[]): string {
  if (changes.length === 0) return 'Nothing changed since the earlier run.';
  const worse = changes.filter(({ isWorse }) => isWorse).length;
  const lines = changes.map(
    ({ case: name, before, after, fault, isWorse }) =>
      `  ${isWorse ? 'worse ' : before === null ? 'new   ' : 'better'} ${name}: ${before ?? 'not there'} -> ${after ?? 'gone'}${fault === null ? '' : ` (${fault})`}`,
  );
  return [`Since the earlier run ${worse} got worse, ${changes.length - worse} did not:`, ...lines].join(
    '\n',
  );
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
const part = (some: number, all: number) => (all === 0 ? 'none' : percent(some / all));
