/** A line and when it was written, epoch milliseconds; null where nothing before it tells either. */
export interface TimedLine {
  readonly line: string;
  readonly at: number | null;
}

/** What is known of the host whose lines are read. */
export interface LogClock {
  /** Minutes that its local time is ahead of UTC. */
  readonly zone: number;
  /** Milliseconds that its clock is ahead of the clock of record. */
  readonly ahead: number;
  /** When the last line was written, epoch milliseconds by the clock of record. */
  readonly modifiedAt: number;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * Gives each line its time. One that states none belongs to the one before it, as in a stack trace. Times without a zone are local
 * ones of the host, unless the file itself shows that they are of another zone: it was written when its last line was.
 */
export function withTimes(lines: readonly string[], clock: LogClock): readonly TimedLine[] {
  const stated = lines.map((line) => timeOf(line, clock));
  const shift = foreignZone(stated, clock);
  let at: number | null = null;
  return lines.map((line, index) => {
    const time = stated[index];
    if (time !== undefined && time !== null) at = time.at - clock.ahead + (time.zoned ? 0 : shift);
    return { line, at };
  });
}

interface StatedTime {
  readonly at: number;
  /** Whether it says its zone itself. */
  readonly zoned: boolean;
}

/** How far the last time without a zone is from the last write, if that is a difference that zones have; else 0. */
function foreignZone(stated: readonly (StatedTime | null)[], { modifiedAt, ahead }: LogClock): number {
  const last = stated.findLast((time) => time !== null);
  if (last === undefined || last === null || last.zoned) return 0;
  const apart = modifiedAt - (last.at - ahead);
  const shift = Math.round(apart / (30 * MINUTE)) * 30 * MINUTE;
  return Math.abs(shift) <= 14 * 60 * MINUTE && Math.abs(apart - shift) < MINUTE ? shift : 0;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const CLOCK = String.raw`(\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?`;
const ZONE = String.raw`(?:\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?`;

/** How far into a line its own time may stand: what follows is what it tells of. */
const HEAD = 160;

interface Notation {
  readonly pattern: RegExp;
  /** Year, month, day, clock, fraction and zone of a match; a year that is not written is undefined. */
  readonly fields: (match: readonly (string | undefined)[]) => readonly (string | undefined)[];
}

const NOTATIONS: readonly Notation[] = [
  // 2026-11-29T03:12:00.123Z, 2026-11-29 03:12:00,123, 2026/11/29 03:12:00
  {
    pattern: new RegExp(String.raw`\b(\d{4})[-/](\d\d)[-/](\d\d)[T ]${CLOCK}${ZONE}`),
    fields: ([, year, month, day, clock, fraction, zone]) => [year, month, day, clock, fraction, zone],
  },
  // 29/Nov/2026:03:12:00 +0000, 29 Nov 2026 03:12:00.123
  {
    pattern: new RegExp(String.raw`\b(\d\d)[/ ]${MONTH}[/ ](\d{4})[: ]${CLOCK}${ZONE}`, 'i'),
    fields: ([, day, month, year, clock, fraction, zone]) => [year, month, day, clock, fraction, zone],
  },
  // Sun Nov 29 03:12:00.123456 2026
  {
    pattern: new RegExp(String.raw`\b${MONTH} {1,2}(\d{1,2}) ${CLOCK} (\d{4})\b`, 'i'),
    fields: ([, month, day, clock, fraction, year]) => [year, month, day, clock, fraction],
  },
  // Nov 29 03:12:00
  {
    pattern: new RegExp(String.raw`\b${MONTH} {1,2}(\d{1,2}) ${CLOCK}`, 'i'),
    fields: ([, month, day, clock, fraction]) => [undefined, month, day, clock, fraction],
  },
  // E1129 03:12:00.123456
  {
    pattern: new RegExp(String.raw`^[IWEF](\d\d)(\d\d) ${CLOCK}`),
    fields: ([, month, day, clock, fraction]) => [undefined, month, day, clock, fraction],
  },
];

/** Seconds or milliseconds since 1970, as JSON and some access logs have them. */
const EPOCH =
  /(?:["']?\b(?:time|ts|timestamp|t|epoch)["']?\s?[:=]\s?["']?|^\[?)(1\d{9}(?:\.\d+)?|1\d{12}(?:\.\d+)?)(?![\w.])/;

/** The first time that a line states in any usual notation. */
export function timeOf(line: string, clock: LogClock): StatedTime | null {
  // A line of JSON may have its time anywhere.
  const head = line.slice(0, line.startsWith('{') ? 2000 : HEAD);
  const epoch = EPOCH.exec(head);
  const found = NOTATIONS.flatMap(({ pattern, fields }) => {
    const match = pattern.exec(head);
    if (match === null) return [];
    const time = assemble(fields(match), clock);
    return time === null ? [] : [{ index: match.index, ...time }];
  });
  const [first] = found.toSorted((one, other) => one.index - other.index);
  if (epoch !== null && (first === undefined || epoch.index < first.index)) {
    const value = Number(epoch[1]);
    return { at: value < 1e11 ? value * 1000 : value, zoned: true };
  }
  return first === undefined ? null : { at: first.at, zoned: first.zoned };
}

function assemble(fields: readonly (string | undefined)[], clock: LogClock): StatedTime | null {
  const [year, month = '', day = '', time = '', fraction = '0', zone] = fields;
  const number = /^\d/.test(month) ? Number(month) : MONTHS.indexOf(month.toLowerCase()) + 1;
  const two = (value: number | string) => String(value).padStart(2, '0');
  const offset = zone === undefined ? clock.zone * MINUTE : offsetOf(zone);
  const at = (inYear: number) =>
    Date.parse(`${inYear}-${two(number)}-${two(day)}T${time}Z`) +
    Math.floor(Number(`0.${fraction}`) * 1000) -
    offset;
  const written = new Date(clock.modifiedAt).getUTCFullYear();
  // A line without a year is not newer than its file.
  const known =
    year !== undefined
      ? at(Number(year))
      : at(written) > clock.modifiedAt + DAY
        ? at(written - 1)
        : at(written);
  return Number.isNaN(known) ? null : { at: known, zoned: zone !== undefined };
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/** Every time of a line, so that lines that differ only there are one kind. */
export function withoutTimes(line: string): string {
  return NOTATIONS.reduce((text, { pattern }) => text.replace(pattern, '<time>'), line);
}
