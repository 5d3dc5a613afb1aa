import type { Row, Section } from './table.ts';

/** The sections of several runs as one: each figure is the median of those that were measured. */
export function mediansOf(runs: readonly (readonly Section[])[]): readonly Section[] {
  const [first = []] = runs;
  return first.map(({ title, rows }) => {
    const same = runs.map((sections) => sections.find((one) => one.title === title)?.rows ?? []);
    const measured = ({ name }: Row) =>
      same.flatMap((those) => those.find((row) => row.name === name)?.value ?? []);
    return { title, rows: rows.map((row) => ({ ...row, value: medianOf(measured(row)) })) };
  });
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
