import { claimsOf } from './claims.ts';
import type { Verdict } from './run.ts';

/** How many cases of each kind were played, and in how many Medic spoke of recovery, rightly or not. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const rows = [...Map.groupBy(verdicts, ({ kind }) => kind)]
    .map(([kind, those]) => rowOf(kind, those))
    .toSorted((a, b) => Number(a.honest) - Number(b.honest) || (a.kind < b.kind ? -1 : 1));
  const sabotaged = rowOf(
    'all sabotaged',
    verdicts.filter(({ honest }) => !honest),
  );
  const honest = rowOf(
    'all honest',
    verdicts.filter((one) => one.honest),
  );
  const lines = [
    ['kind', 'cases', 'healed', 'well', 'wrong', 'not played'],
    ...[...rows, sabotaged, honest].map((row) =>
      [row.kind, row.cases, row.healed, row.well, row.wrong, row.broken].map(String),
    ),
  ];
  return lines
    .map(([first = '', ...others]) => first.padEnd(44) + others.map((each) => each.padStart(11)).join(''))
    .join('\n');
}

function rowOf(kind: string, those: readonly Verdict[]) {
  const said = (what: 'healed' | 'well') =>
    those.filter(({ kept }) => kept.some((one) => claimsOf(one).some((claim) => claim.what === what))).length;
  return {
    kind,
    honest: those[0]?.honest === true,
    cases: those.length,
    healed: said('healed'),
    well: said('well'),
    wrong: those.filter(({ wrong }) => wrong.length > 0).length,
    broken: those.filter(({ broken }) => broken !== null).length,
  };
}
