import { expect, it } from 'vitest';
import { mediansOf } from './medians.ts';

const run = (value: number | null) => [{ title: 'intake', rows: [{ name: 'p99', value, unit: 'ms' }] }];
const median = (...values: readonly (number | null)[]) => mediansOf(values.map(run))[0]?.rows[0]?.value;

it('of several runs the middle figure counts, whatever single ones came to', () => {
  expect(median(7)).toBe(7);
  expect(median(900, 7, 5)).toBe(7);
  expect(median(4, 8)).toBe(6);
});

it('a figure that could not be measured in a run is left out of its median, and is none where no run has it', () => {
  expect(median(null, 7, 9)).toBe(8);
  expect(median(null, null)).toBeNull();
});

it('figures of one name are told apart by their turn, as where several loads each have their cost', () => {
  const row = (value: number) => ({ name: 'the same: processor time', value, unit: 'µs' });
  const twice = (grouped: number, single: number) => [{ title: 'intake', rows: [row(grouped), row(single)] }];
  const [section] = mediansOf([twice(100, 400), twice(110, 420), twice(90, 500)]);
  expect(section?.rows.map(({ value }) => value)).toEqual([100, 420]);
});
