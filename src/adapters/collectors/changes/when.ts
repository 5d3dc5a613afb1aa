/** How long before or after something, as people say it; milliseconds, negative before. */
export function distance(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000);
  const amount =
    seconds < 120
      ? `${seconds} s`
      : seconds < 7200
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`;
  return `${amount} ${ms <= 0 ? 'before' : 'after'}`;
}

export const iso = (time: number) => new Date(time).toISOString();
