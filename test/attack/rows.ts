import { existsSync, readFileSync } from 'node:fs';

/** One attack, and what came of it. */
export interface Row {
  readonly family: string;
  /** What was tried, in a few words. */
  readonly tried: string;
  /** What happened instead, or, of an honest one, what it did. */
  readonly happened: string;
  /** Whether anything was started, changed or said by it, measured at the ground and not by what Medic says of itself. */
  readonly acted: boolean;
  /** Whether it might: an honest request between the others, without which a Medic that is dead would look safe. */
  readonly allowed: boolean;
}

export function rowsIn(file: string): readonly Row[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
}

/** The rows as people read them: each attack in a line, and the sums of each family. */
export function tableOf(rows: readonly Row[]): string {
  const families = familiesOf(rows);
  const width = Math.max(...rows.map(({ tried }) => tried.length));
  const lines = families.flatMap((family) => [
    '',
    family,
    ...rows.filter((row) => row.family === family).map((row) => lineOf(row, width)),
  ]);
  return [...lines, '', sumsOf(rows)].join('\n');
}

/** How many of each family were tried, how many acted, and how many of those might. */
export function sumsOf(rows: readonly Row[]): string {
  const families = familiesOf(rows);
  const name = Math.max(...families.map(({ length }) => length), 'all together'.length);
  const sums = [...families, null].map((family) => {
    const some = rows.filter((row) => family === null || row.family === family);
    const acted = some.filter((row) => row.acted);
    const figures = [some.length, acted.length, acted.filter(({ allowed }) => allowed).length];
    return [(family ?? 'all together').padEnd(name), ...figures.map((one) => String(one).padStart(8))].join(
      '',
    );
  });
  const head = [''.padEnd(name), ...['tried', 'acted', 'allowed'].map((one) => one.padStart(8))].join('');
  return [head, ...sums].join('\n');
}

function familiesOf(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.map(({ family }) => family))];
}

function lineOf({ tried, happened, acted, allowed }: Row, width: number): string {
  const what = acted ? (allowed ? 'acted, allowed' : 'ACTED') : '-';
  return `  ${tried.padEnd(width)}  ${what.padEnd(14)}  ${happened}`;
}
