const DAY = 86_400_000;
const MINUTE = 60_000;

/** Clocks of a time zone: what they show is written as the epoch milliseconds at which clocks in UTC show the same. */
export interface Zone {
  /** What the clocks show at a time. */
  shownAt(time: number): number;
  /**
   * The time at which the clocks show this: the first where they show it twice, and where they leave it out, the moment at which
   * they do. A later reading never comes at an earlier time.
   */
  timeOf(shown: number): number;
}

/** @param name of the IANA database, such as `Europe/Berlin` */
export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const offsetAt = (time: number) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const shown = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    return shown - Math.floor(time / 1000) * 1000;
  };
  return {
    shownAt: (time) => time + offsetAt(time),
    timeOf(shown) {
      const [before, after] = [offsetAt(shown - DAY), offsetAt(shown + DAY)];
      if (before === after || offsetAt(shown - before) === before) return shown - before;
      if (offsetAt(shown - after) === after) return shown - after;
      return changeBetween(shown - after, shown - before, offsetAt);
    },
  };
}

/** The minute at which the clocks change, somewhere between two times. */
function changeBetween(from: number, to: number, offsetAt: (time: number) => number): number {
  const before = offsetAt(from);
  let [low, high] = [Math.floor(from / MINUTE), Math.ceil(to / MINUTE)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE;
}
