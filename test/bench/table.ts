import { counterpartOf } from './medians.ts';

/** What a measurement should come to. */
export interface Aim {
  readonly at: 'least' | 'most';
  readonly value: number;
  /** How the aim is written, where that is not the number. */
  readonly words?: string;
}

/** One measured figure. Null where nothing could be measured, which meets no aim. */
export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly aim?: Aim;
}

/** Figures that were measured together. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** What another run of the benchmark measured. */
export interface OtherRun {
  readonly name: string;
  readonly sections: readonly Section[];
}

export function isMet({ value, aim }: Row): boolean | null {
  if (aim === undefined) return null;
  if (value === null) return false;
  return aim.at === 'least' ? value >= aim.value : value <= aim.value;
}

const NAME = 68;
const VALUE = 9;
const UNIT = 10;
const CHANGE = 8;

/** The figures as a table to read, with those of another run beside them where given. */
export function table(sections: readonly Section[], other: OtherRun | null): string {
  const head = `${''.padEnd(NAME + 2)}${'here'.padStart(VALUE)}${''.padEnd(UNIT)}${other?.name.padStart(VALUE)}`;
  const lines = sections.flatMap(({ title, rows }) => {
    const there = other?.sections.find((section) => section.title === title)?.rows ?? [];
    const beside = (index: number) => counterpartOf(rows, index, there)?.value ?? null;
    const lines = rows.map((row, index) => lineOf(row, other === null ? 'alone' : { value: beside(index) }));
    return ['', title, ...lines];
  });
  return [...(other === null ? [] : [head]), ...lines].join('\n');
}

function lineOf(row: Row, other: 'alone' | { readonly value: number | null }): string {
  const beside =
    other === 'alone'
      ? ''
      : `${shown(other.value).padStart(VALUE)} ${changeOf(row.value, other.value)}`.padEnd(
          VALUE + 1 + CHANGE,
        );
  const value = `${shown(row.value).padStart(VALUE)} ${row.unit}`.padEnd(VALUE + UNIT);
  return `  ${row.name.padEnd(NAME)}${value}${beside}${verdictOn(row)}`.trimEnd();
}

function verdictOn(row: Row): string {
  const { aim } = row;
  if (aim === undefined) return '';
  const sign = aim.at === 'least' ? '≥' : '≤';
  return `  aim ${sign} ${aim.words ?? shown(aim.value)}: ${isMet(row) ? 'met' : 'NOT MET'}`;
}

function shown(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function changeOf(here: number | null, there: number | null): string {
  if (here === null || there === null || there === 0) return '';
  const change = Math.round((here / there - 1) * 100);
  return `${change > 0 ? '+' : ''}${change} %`;
}
