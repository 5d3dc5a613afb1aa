import type { LookReading } from './look.ts';

/** What the facts of a look come to. */
export interface Judged {
  readonly verdict: LookReading['verdict'];
  /** One line for people, without the name of the host. */
  readonly words: string;
  /** Set where it was read, and only what to compare it with is not known. */
  readonly undecided?: true;
}

/** A number of bytes, three significant digits: `212 MB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, Math.abs(value))) / 3));
  return `${Number((value / 1000 ** step).toPrecision(3))} ${units[step]}`;
}

/** Never rounded up to 100 %, nor to a limit that is not reached. */
export function percent(ratio: number): string {
  return `${Math.floor(ratio * 1000 + 1e-6) / 10} %`;
}

/** A moment with its day, in UTC, to the second: outlets show it in the reader's zone. */
export function moment(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function span(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
