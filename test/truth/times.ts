import { type Record, told } from './numbers.ts';

/** A time whose words say what it is of: only that will do, and no other of the record. */
interface Named {
  readonly says: RegExp;
  readonly allows: (record: Record) => readonly (number | null)[];
}

const TIME = '<!date\\^(\\d+)\\^';
const named = (before: string, allows: Named['allows'], after = ''): Named => ({
  says: new RegExp(`${before}${TIME}${after}`, 'g'),
  allows,
});

const firing = ({ incident }: Record) =>
  Object.values(incident.alerts).flatMap(({ alert }) => (alert.status === 'firing' ? [alert.startsAt] : []));

const NAMED: readonly Named[] = [
  named(' · opened ', ({ incident }) => [incident.milestones.opened]),
  named('\\*Opened by [^*]*\\* at ', ({ incident }) => [incident.milestones.opened]),
  named('(?:Recovered|Answered by recovery|Over since)(?: at)? ', ({ incident }) => [
    incident.milestones.closed,
  ]),
  named('alerts? firing since ', (record) => [Math.min(...firing(record))]),
  named('(?:Open|open|approval is needed by) until ', ({ incident: { phase }, timeline }) => [
    'deadline' in phase ? phase.deadline : null,
    ...timeline.flatMap(({ happening }) => ('deadline' in happening ? [happening.deadline] : [])),
  ]),
  named('Next try at ', ({ incident: { phase } }) => ['deadline' in phase ? phase.deadline : null]),
  named(
    '\\*Next:\\* [^<]*until ',
    ({ incident: { phase } }) => [phase.at === 'verifying' ? phase.deadline : null],
    '[^>]*> at the latest',
  ),
  // A watch that something else broke off keeps the deadline that it was told with.
  named('Watching until ', (record) => [
    record.incident.phase.at === 'verifying' ? record.incident.phase.deadline : null,
    ...told(record, 'watching').map(({ deadline }) => deadline),
  ]),
  named('approved by <@\\w+> at ', (record) => told(record, 'approved').map(({ receipt }) => receipt.at)),
  named('\\*(?:Running|Undoing) the fix\\* since ', (record) => told(record, 'started').map(({ at }) => at)),
];

/** Times that are those of something else. */
export function untimely(text: string, record: Record): readonly string[] {
  const wrong = NAMED.flatMap(({ says, allows }) =>
    [...text.matchAll(says)].filter(
      ([, seconds]) => !allows(record).some((at) => at !== null && Math.floor(at / 1000) === Number(seconds)),
    ),
  );
  return wrong.map(([whole]) => `the time in “${whole}” is another’s`);
}
