const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 };
const FORM = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const ORDER = ['y', 'w', 'd', 'h', 'm', 's', 'ms'] as const;

/** Milliseconds of a duration as Prometheus writes it, `1h30m`, `30d`; null where it is none. */
export function promDuration(text: string): number | null {
  if (text === '0') return 0;
  const parts = text === '' ? null : FORM.exec(text);
  if (parts === null) return null;
  return ORDER.reduce((sum, unit, at) => sum + Number(parts[at + 1] ?? 0) * UNITS[unit], 0);
}

/** A span of days, to the next whole one from two days on. */
export function inDays(duration: number): string {
  const days = Math.round(duration / UNITS.d);
  return days >= 2 ? `${days} days` : forPeople(Math.round(duration / UNITS.h) * UNITS.h);
}

/** `5 min`, `1 h 30 min`, `30 days`, for people. */
export function forPeople(duration: number): string {
  if (duration < 1000) return `${duration} ms`;
  const days = duration / UNITS.d;
  if (days >= 2 && Number.isInteger(days)) return `${days} days`;
  const [hours, minutes, seconds] = [
    Math.floor(duration / UNITS.h),
    Math.floor(duration / UNITS.m) % 60,
    Math.round(duration / UNITS.s) % 60,
  ];
  const parts = [
    hours && `${hours} h`,
    minutes && `${minutes} min`,
    hours === 0 && seconds && `${seconds} s`,
  ];
  return parts.filter(Boolean).join(' ');
}
