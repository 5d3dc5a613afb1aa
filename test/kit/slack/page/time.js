/** @param {string} ts a Slack timestamp, seconds with a fraction */
export const toDate = (ts) => new Date(Number(ts) * 1000);

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
const format = (date, options) => new Intl.DateTimeFormat(undefined, options).format(date);

/** @param {Date} date @param {Date} now */
function nearDay(date, now) {
  const midnight = (/** @type {Date} */ d) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  return days === 0 ? 'today' : days === -1 ? 'yesterday' : days === 1 ? 'tomorrow' : null;
}

/** @param {Date} date */
export const clock = (date) => format(date, { hour: 'numeric', minute: '2-digit' });

/** Heading over the messages of one day: Today, Yesterday, or the date. @param {Date} date @param {Date} [now] */
export function dayHeading(date, now = new Date()) {
  const near = nearDay(date, now);
  if (near) return near[0]?.toUpperCase() + near.slice(1);
  return format(date, { weekday: 'long', month: 'long', day: 'numeric' });
}

/** "today at 10:32", for the line under a thread's parent. @param {Date} date @param {Date} [now] */
export function whenPretty(date, now = new Date()) {
  const day = nearDay(date, now) ?? format(date, { month: 'short', day: 'numeric' });
  return `${day} at ${clock(date)}`;
}

/** @param {Date} date @param {Date} [now] */
function ago(date, now = new Date()) {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const units = /** @type {const} */ ([
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ]);
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(
    -Math.trunc(seconds / size),
    unit,
  );
}

/**
 * The tokens of Slack's date templates, in the reader's own time zone and locale.
 * @type {Record<string, (date: Date, now: Date) => string>}
 */
const tokens = {
  date_num: (date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => `${part}`.padStart(2, '0'))
      .join('-'),
  date_slash: (date) => format(date, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  date_long: (date) => format(date, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
  date_long_full: (date) => format(date, { year: 'numeric', month: 'long', day: 'numeric' }),
  date: (date) => format(date, { month: 'long', day: 'numeric' }),
  date_short: (date) => format(date, { year: 'numeric', month: 'short', day: 'numeric' }),
  day_divider_pretty: (date, now) =>
    nearDay(date, now) ?? format(date, { weekday: 'long', month: 'long', day: 'numeric' }),
  time: (date) => clock(date),
  time_secs: (date) => format(date, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (date, now) => ago(date, now),
};

/**
 * Fills a template such as `{date_short_pretty} at {time}`. Returns null when it holds an unknown token, as then
 * Slack shows the fallback text.
 * @param {number} seconds Unix time
 * @param {string} template
 * @param {Date} [now]
 */
export function fillDate(seconds, template, now = new Date()) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = template.replace(/\{(\w+)\}/g, (_, /** @type {string} */ name) => {
    const pretty = name.endsWith('_pretty') && !tokens[name];
    const near = pretty ? nearDay(date, now) : null;
    const fill = tokens[pretty ? name.replace(/_pretty$/, '') : name];
    known &&= Boolean(fill);
    return near ?? fill?.(date, now) ?? '';
  });
  return known ? text : null;
}
