const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const FORM = /^(\d+)(ms|s|m|h)$/;

/** Other ways in which people write a unit; seconds. */
const WORDS: readonly (readonly [RegExp, number])[] = [
  [/^(ms|msec|milli(second)?s?)$/, 0.001],
  [/^(s|sec|secs|seconds?)$/, 1],
  [/^(m|min|mins|minutes?)$/, 60],
  [/^(h|hr|hrs|hours?)$/, 3600],
  [/^(d|days?)$/, 86_400],
  [/^(w|weeks?)$/, 604_800],
];

/** Milliseconds of a duration such as `500ms`, `30s`, `5m`, `2h`; null where it is none. */
export function milliseconds(text: string): number | null {
  const [, amount, unit = ''] = FORM.exec(text) ?? [];
  return amount === undefined ? null : Number(amount) * (UNITS[unit] ?? 1000);
}

/** What is wrong with something that should be a duration, with the one that was probably meant. */
export function noDuration(input: unknown): string {
  const shown = typeof input === 'string' ? JSON.stringify(input.slice(0, 40)) : String(input);
  if (/^\d+$/.test(String(input)))
    return `${input} has no unit: write ${input}s, or ${input} with ms, m or h`;
  const meant = typeof input === 'string' ? meantBy(input.trim().toLowerCase()) : null;
  if (meant !== null) return `${shown} is no duration: write ${meant}`;
  const kind =
    typeof input === 'string' || typeof input === 'number' ? `${shown} is no duration` : 'is no duration';
  return `${kind}: write a number with ms, s, m or h, e.g. 30s`;
}

/** `1d`, `1h30m`, `1.5h`, `5 minutes`, `PT5M`, in the form that is read. */
function meantBy(text: string): string | null {
  const parts = [...text.replace(/^p?t?(?=\d)/, '').matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)\s*/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text.replace(/^p?t?(?=\d)/, ''))
    return null;
  const seconds = parts.map(([, amount, unit = '']) => {
    const size = WORDS.find(([form]) => form.test(unit))?.[1];
    return size === undefined ? Number.NaN : Number(amount) * size;
  });
  const sum = Math.round(seconds.reduce((one, other) => one + other, 0) * 1000);
  if (!Number.isSafeInteger(sum)) return null;
  const unit = (['h', 'm', 's'] as const).find((one) => sum > 0 && sum % (UNITS[one] ?? 1) === 0) ?? 'ms';
  return `${sum / (UNITS[unit] ?? 1)}${unit}`;
}
