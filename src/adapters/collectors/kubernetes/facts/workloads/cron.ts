import type { Of } from '../../objects.ts';
import { idOf, named, nameOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';

/** Whether a cron job can run at all, and ever did. The server refuses most schedules that nobody can read, but not those of old. */
export function cronFacts({ metadata, spec, status }: Of<'CronJob'>): readonly Statement[] {
  const name = nameOf(metadata);
  const say = sayOf(idOf('cronjob', metadata), [named('namespace', undefined, metadata?.namespace)]);
  const schedule = spec?.schedule ?? '';
  const valid =
    /^(?:TZ=\S+ |CRON_TZ=\S+ )?(?:@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every \S+)|\S+ \S+ \S+ \S+ \S+)$/.test(
      schedule.trim(),
    );
  const ran = status?.lastScheduleTime !== undefined;
  return [
    ...say(
      valid
        ? `${name} has a schedule that can be read`
        : `${name} has a schedule that cannot be read: ${schedule}`,
      { 'k8s.cronjob.schedule.valid': valid },
      { weight: valid ? 'well' : 'ill' },
    ),
    ...say(
      ran ? `${name} has started jobs` : `${name} has never started a job`,
      { 'k8s.cronjob.ran': ran },
      { weight: ran ? 'well' : 'plain' },
    ),
  ];
}
