import { type Muted, mutedBy } from '../../silence/silence.ts';
import { type Draft, enter, record } from '../model/draft.ts';
import { type Decided, firingAlerts, type Incident } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';

/** A silence may be lifted before its time: whether it still holds is looked at this often, milliseconds. */
const LOOK_AGAIN = 30_000;

/**
 * What mutes an incident now; null where nothing does. Alerts that are only counted bear no labels here that a matcher could match.
 *
 * @param madeSince leaves out silences from before: a person who decided later knew of them
 */
export function muting(
  incident: Incident,
  { silences, now }: Pick<StepContext, 'silences' | 'now'>,
  madeSince = 0,
): Muted | null {
  const able = silences.filter(
    ({ matchers, from }) => from >= madeSince && (incident.crowd.firing === 0 || matchers.length === 0),
  );
  return mutedBy(incident.subject, firingAlerts(incident), able, now);
}

/** Rests until the silence is over: it is on record, nothing is done, and nobody is called. */
export function mute(
  draft: Draft,
  { until, words }: Muted,
  decided: Decided | null,
  context: StepContext,
): Draft {
  const told = record(draft, { kind: 'muted', until, words });
  return lookLater(enter(told, { at: 'muted', until, words, decided }), context);
}

/** Sets the timer that looks whether a muted incident still is. */
export function lookLater(draft: Draft, { now }: StepContext): Draft {
  const { phase } = draft.incident;
  if (phase.at !== 'muted') return draft;
  const at = Math.min(phase.until, now + LOOK_AGAIN);
  return setTimer(draft, 'unmute', at);
}
