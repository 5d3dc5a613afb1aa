/** A moment, in epoch milliseconds; `none` is no moment, as a sender says that something has not happened; or no time at all. */
export type ReadTime =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' };

const NONE: ReadTime = { kind: 'none' };
const UNREADABLE: ReadTime = { kind: 'unreadable' };

/** Whatever is earlier is Go's zero time (the year 1) or an epoch of 0: nobody's alert began then. */
const EARLIEST = Date.UTC(1971, 0);
/** The end of the year 9999, after which no date is written with four figures. */
const LATEST = Date.UTC(10_000, 0);
const LONGEST = 64;

/** Date and time as RFC 3339 has them, and as Go, Python and people write them. */
const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:T|\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?\s*(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?(?:\s+[A-Z]{1,5}|\s+[+-]\d{2,4})?)?$/i;
const FIGURES = /^-?\d{1,20}(?:\.\d{1,12})?(?:e\+?\d{1,2})?$/i;

/**
 * Reads a time as senders write it: `2026-11-28T22:00:00.123456789Z`, `... +0000`, with a space, without a zone (then UTC), or as epoch
 * seconds, milliseconds, microseconds or nanoseconds. Null, an empty text, 0 and the year 1 are no moment.
 */
export function readTime(value: unknown): ReadTime {
  if (value === null || value === undefined) return NONE;
  if (typeof value === 'number') return readEpoch(value);
  if (typeof value !== 'string' || value.length > LONGEST) return UNREADABLE;
  const text = value.trim();
  if (text === '') return NONE;
  return FIGURES.test(text) ? readEpoch(Number(text)) : readWritten(text);
}

/** By its size: no alert is older than 1971, or younger than the year 5138 in seconds. */
function readEpoch(epoch: number): ReadTime {
  if (!Number.isFinite(epoch)) return UNREADABLE;
  const size = Math.abs(epoch);
  const scale = size < 1e11 ? 1_000 : size < 1e14 ? 1 : size < 1e17 ? 1e-3 : 1e-6;
  return within(Math.floor(epoch * scale));
}

function readWritten(text: string): ReadTime {
  const parts = WRITTEN.exec(text);
  if (parts === null) return UNREADABLE;
  const [, year, month, day, hour, minute, second, fraction, , sign, zoneHours, zoneMinutes] = parts;
  const figures = [month, day, hour, minute, second, zoneHours, zoneMinutes].map((each) => Number(each ?? 0));
  const [months = 0, days = 0, hours = 0, minutes = 0, seconds = 0, offHours = 0, offMinutes = 0] = figures;
  const inRange = months >= 1 && months <= 12 && days >= 1 && days <= 31 && hours <= 24 && minutes <= 59;
  if (!inRange || seconds > 60 || offHours > 18 || offMinutes > 59) return UNREADABLE;
  // Not by Date.UTC, which takes the year 1 for 1901.
  const moment = new Date(0).setUTCFullYear(Number(year), months - 1, days);
  // The thirtieth of February is none.
  if (new Date(moment).getUTCDate() !== days) return UNREADABLE;
  const milliseconds = Math.floor(Number(`0.${fraction ?? 0}`) * 1_000);
  const offset = (sign === '-' ? -1 : 1) * (offHours * 60 + offMinutes);
  return within(moment + ((hours * 60 + minutes - offset) * 60 + seconds) * 1_000 + milliseconds);
}

function within(at: number): ReadTime {
  if (at < EARLIEST) return NONE;
  return at < LATEST ? { kind: 'moment', at } : UNREADABLE;
}
