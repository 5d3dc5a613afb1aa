/** A number of bytes for people, three significant digits: `212 MB`. */
export function formatBytes(value: number): string {
  return stepped(value, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** A number of bits for people, three significant digits: `940 Mbit`. */
export function formatBits(value: number): string {
  return stepped(value, ['bit', 'kbit', 'Mbit', 'Gbit', 'Tbit', 'Pbit']);
}

function stepped(value: number, units: readonly string[]): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1) / 3)));
  return `${threeDigits(value / 1000 ** step)} ${units[step]}`;
}

/** A number for people, three significant digits; whole numbers as they are. */
export function threeDigits(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  return size >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** A time for people, `12 s`, `3.5 h`; of one that is past, how long ago. */
export function formatSeconds(value: number): string {
  const size = Math.abs(value);
  if (size < 120) return `${threeDigits(size)} s`;
  if (size < 7200) return `${threeDigits(size / 60)} min`;
  return size < 172_800 ? `${threeDigits(size / 3600)} h` : `${threeDigits(size / 86_400)} days`;
}

/** A part of a whole for people: `93 %`. */
export function formatPart(value: number): string {
  return `${threeDigits(value * 100)} %`;
}
