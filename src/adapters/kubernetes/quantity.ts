const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** An amount of memory as Kubernetes writes it, in bytes; null where it is none. */
export function memoryOf(text: string): number | null {
  const [, number = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([kMGT]|[KMGT]i)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return number === '' || factor === undefined ? null : Number(number) * factor;
}
