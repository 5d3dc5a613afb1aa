import type { Of } from '../../objects.ts';
import { idOf, named, nameOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';

/** Whether the schedule of a cron job is one, and whether it ever ran. */
export function cronFacts({ metadata, spec, status }: Of<'CronJob'>): readonly Statement[] {
  const name = nameOf(metadata);
  const say = sayOf(idOf('cronjob', metadata), [named('namespace', undefined, metadata?.namespace)]);
  const schedule = spec?.schedule ?? '';
  const valid = isSchedule(schedule);
  const ran = status?.lastScheduleTime !== undefined && status.lastScheduleTime !== null;
  return [
    ...say(
      `the schedule of ${name} ${valid ? 'can' : 'cannot'} be read: ${schedule.slice(0, 100)}`,
      { 'k8s.cronjob.schedule.valid': valid },
      { weight: valid ? 'well' : 'ill' },
    ),
    ...say(
      ran ? `jobs of ${name} were started` : `no job of ${name} was ever started`,
      { 'k8s.cronjob.ran': ran },
      { weight: 'well' },
    ),
  ];
}

const NAMES = ['jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec', 'sun|mon|tue|wed|thu|fri|sat'] as const;
/** Minute, hour, day, month, day of the week: from, to, and their names. */
const FIELDS = [
  [0, 59, null],
  [0, 23, null],
  [1, 31, null],
  [1, 12, NAMES[0]],
  [0, 7, NAMES[1]],
] as const;

function isSchedule(written: string): boolean {
  const schedule = written.trim().replace(/^(?:CRON_)?TZ=\S{1,60}\s+/, '');
  if (/^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(schedule)) return true;
  if (/^@every \d[\dhms.]{0,20}$/.test(schedule)) return true;
  const parts = schedule.split(/\s+/);
  return (
    parts.length === FIELDS.length &&
    FIELDS.every(([from, to, names], place) =>
      (parts[place] ?? '').split(',').every((one) => isField(one, from, to, names)),
    )
  );
}

function isField(written: string, from: number, to: number, names: string | null): boolean {
  const [, range = '', step] = /^([^/]{1,20})(?:\/(\d{1,3}))?$/.exec(written) ?? [];
  if (step !== undefined && Number(step) === 0) return false;
  if (range === '*' || range === '?') return true;
  const ends = range.split('-');
  return (
    ends.length <= 2 &&
    ends.every((end) =>
      /^\d{1,2}$/.test(end)
        ? Number(end) >= from && Number(end) <= to
        : names?.split('|').includes(end.toLowerCase()) === true,
    )
  );
}
