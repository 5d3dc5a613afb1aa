import type { Alert, Subject } from '../alerts/alert.ts';
import { isReadable, type Matcher, testOf } from '../alerts/matcher.ts';
import { cutWholeWords } from '../lib/text/cut.ts';
import { person, type Said, say } from '../lib/text/text.ts';

/** Mutes action, not record. Times are epoch milliseconds. */
export interface Silence {
  /** `s-4f2a` for one from Slack, `alertmanager:<uuid>`, or `maintenance:<name>`. */
  readonly id: string;
  readonly source: 'slack' | 'alertmanager' | 'maintenance';
  /** A Slack user, Alertmanager's author, or the name of the maintenance window. */
  readonly by: string;
  readonly reason: string;
  readonly from: number;
  readonly until: number;
  /** Null means any; with no matchers either, everything is silenced. */
  readonly service: string | null;
  readonly environment: string | null;
  /** Every one must match an alert's labels. */
  readonly matchers: readonly Matcher[];
}

/** That nothing is done about an incident now, until when, and why in a clause for its card. */
export interface Muted {
  readonly until: number;
  readonly words: Said;
  readonly silence: string;
}

/**
 * Whether nothing is to be done about an incident now: when every firing alert is silenced by a silence in force. With no alert
 * that fires, silences of the service, the environment or everything decide, since there are no labels to match. It ends when the
 * first of the alerts is no longer silenced.
 *
 * @param firing the firing alerts of the incident
 * @param now epoch milliseconds
 */
export function mutedBy(
  subject: Subject,
  firing: readonly Alert[],
  silences: readonly Silence[],
  now: number,
): Muted | null {
  const inForce = silences
    .filter((silence) => silence.from <= now && now < silence.until && covers(silence, subject))
    // The one that ends last comes first, and of several always the same.
    .sort((one, other) => other.until - one.until || (one.id < other.id ? -1 : 1))
    .map((silence) => ({ silence, mutes: testOf(silence.matchers) }));
  const muted =
    firing.length > 0
      ? firing.map(({ labels, omitted }) => ({ labels, omitted: (omitted ?? 0) > 0 }))
      : [null];
  const longest = muted.map((each) => inForce.find(({ mutes }) => mutes(each))?.silence ?? null);
  const known = longest.filter((silence) => silence !== null);
  const [first, ...others] = known;
  if (first === undefined || known.length < longest.length) return null;
  const ending = others.reduce((least, silence) => (silence.until < least.until ? silence : least), first);
  return { until: ending.until, words: wordsFor(ending), silence: ending.id };
}

function covers({ service, environment }: Silence, subject: Subject): boolean {
  return (
    (service === null || (subject.kind === 'service' && subject.name === service)) &&
    (environment === null || subject.environment === environment)
  );
}

/** Who silenced and why, as a clause. */
export function wordsFor({ source, by, reason, matchers }: Silence): Said {
  const given = plain(reason) === '' ? '' : `: ${plain(reason)}`;
  const why = matchers.every(isReadable)
    ? given
    : `${given} (one of its patterns cannot be read, so that it counts as matching)`;
  switch (source) {
    case 'slack':
      return say`silenced by ${person(by)}${why}`;
    case 'alertmanager':
      return say`silenced in Alertmanager by ${plain(by) || 'nobody in particular'}${why}`;
    case 'maintenance':
      return say`maintenance "${plain(by)}"${why}`;
    default:
      return source satisfies never;
  }
}

/** Words from outside, in one line that is not too long. */
function plain(text: string): string {
  return cutWholeWords(text.replace(/\s+/g, ' ').trim(), 200);
}
