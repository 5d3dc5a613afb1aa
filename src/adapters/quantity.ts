/** A number of bytes for people, three significant digits: `212 MB`. */
export function formatBytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1) / 3)));
  return `${threeDigits(value / 1000 ** step)} ${units[step]}`;
}

/** A number for people, three significant digits; whole numbers as they are. */
export function threeDigits(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  return size >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
