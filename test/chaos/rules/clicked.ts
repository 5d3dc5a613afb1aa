import type { TimelineEvent } from '../../../src/incident/model/timeline.ts';
import type { Button } from '../world/act.ts';
import type { ChaosRecord, Click } from './record.ts';

/** Medic answers after it has stored a wish, as long as Slack lets it wait; later answers promise nothing. Milliseconds. */
const PROMPT = 2_300;
/** How soon a person is told that a wish came to nothing; milliseconds. */
const TOLD_WITHIN = 8_000;
/** The clocks of Redis and of Slack are read at slightly different moments. */
const SKEW = 100;

const DONE: Readonly<Record<Button, TimelineEvent['kind']>> = {
  'I’m on it': 'call-taken',
  'Run now': 'run-now',
  Cancel: 'cancelled',
  Hold: 'held',
  Resume: 'resumed',
  Approve: 'approved',
  Reject: 'rejected',
  Stop: 'stop-asked',
};

/** Clicks that Slack says were taken, of which the record knows nothing, and of which nobody told the person otherwise. */
export function forgottenClicks({ clicks, incidents, whispers }: ChaosRecord): readonly string[] {
  return clicks
    .filter(({ sent, taken }) => taken - sent < PROMPT)
    .filter(({ user, sent }) => !whispers.some((one) => one.user === user && isAfter(one.at, sent)))
    .filter((click) => {
      const timeline = incidents.find(({ incident }) => incident.id === click.incident)?.timeline ?? [];
      return !timeline.some(({ at, happening }) => at > click.sent - SKEW && isOf(click, happening));
    })
    .map(({ user, button, incident, sent }) => {
      const when = new Date(sent).toISOString();
      return `the ${button} of ${user} on ${incident} at ${when} was taken, and nothing came of it`;
    });
}

function isAfter(at: number, sent: number): boolean {
  return at > sent - SKEW && at < sent + TOLD_WITHIN;
}

function isOf({ user, button }: Click, happening: TimelineEvent): boolean {
  if (happening.kind === 'approved') return button === 'Approve' && happening.receipt.user === user;
  return 'by' in happening && happening.by === user && [DONE[button], 'refused'].includes(happening.kind);
}
