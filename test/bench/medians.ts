import type { Row, Section } from './table.ts';

/** The sections of several runs as one: each figure is the median of those that were measured. */
export function mediansOf(runs: readonly (readonly Section[])[]): readonly Section[] {
  const [first = []] = runs;
  return first.map(({ title, rows }) => {
    const same = runs.map((sections) => sections.find((one) => one.title === title)?.rows ?? []);
    return {
      title,
      rows: rows.map((row, index) => {
        const values = same.flatMap((those) => counterpartOf(rows, index, those)?.value ?? []);
        return { ...row, value: medianOf(values) };
      }),
    };
  });
}

/** The row of another run that says the same. Of several with one name, which follow what they are about, the one in the same turn. */
export function counterpartOf(rows: readonly Row[], index: number, those: readonly Row[]): Row | undefined {
  const named = (list: readonly Row[]) => list.filter(({ name }) => name === rows[index]?.name);
  return named(those)[named(rows.slice(0, index)).length];
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
