import { say } from '../../lib/text/text.ts';
import { endQuiet } from '../end.ts';
import { investigate } from '../evidence/gather.ts';
import { type Draft, enter, record } from '../model/draft.ts';
import { heldIn } from '../model/holds.ts';
import { type Decided, type Incident, isQuiet, type Waiting } from '../model/incident.ts';
import { currentPlan } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import type { TimelineEvent } from '../model/timeline.ts';
import { doubtOf, waryOfNext } from '../people/wary.ts';
import { waitOn } from '../run/queue.ts';
import { verifyResolved } from '../run/start-verification.ts';
import { muting } from './mute.ts';

export type LookedAnew = Extract<TimelineEvent, { readonly kind: 'looked-anew' }>;

/** What was so before the alerts came, and what they bring that is another matter. */
export interface Before {
  readonly quiet: boolean;
  readonly news: LookedAnew | null;
}

/** What alerts mean for the phase: nothing fires any more, something fires again, or something new does. */
export function react(draft: Draft, { quiet: wasQuiet, news }: Before, context: StepContext): Draft {
  const { incident } = draft;
  const { phase } = incident;
  const quiet = isQuiet(incident);
  const held = heldBack(incident);
  // Whoever holds a plan back thought of what was known then, and it would wait for ever.
  if (news !== null && held !== null) return lookAnew(withdrawn(draft, held, news), news);
  switch (phase.at) {
    case 'investigating':
      return quiet ? endQuiet(draft, null, context) : draft;
    case 'observed':
    case 'cancelled':
    case 'escalated':
      if (quiet) return endQuiet(draft, null, context);
      // It had been over, although nobody could say so: this is the next outage, and is looked into.
      if (wasQuiet) return investigate(draft);
      return news === null ? draft : lookAnew(draft, news);
    case 'muted':
      if (quiet) return endQuiet(draft, null, context);
      // An alert joined that no silence covers: what was muted is looked at with it.
      return muting(incident, context) === null ? investigate(record(draft, { kind: 'unmuted' })) : draft;
    case 'waiting':
      return quiet ? verifyResolved(draft, phase, context) : draft;
    case 'verifying':
      return !quiet && phase.after.kind === 'resolved'
        ? resumeWaiting(draft, phase.after.resume, context)
        : draft;
    case 'preparing':
    case 'reproving':
    case 'starting':
    case 'executing':
    case 'rolling-back':
    case 'closed':
      // Whatever comes next looks for itself, and a running fix continues.
      return draft;
    default:
      return phase satisfies never;
  }
}

/**
 * The plan that somebody holds back, also while its dry run is under way or a recovery is watched: a process that dies takes the alert on its
 * memory with it, and that one's end is heard before what it died of.
 */
function heldBack(incident: Incident): Decided | null {
  return heldIn(incident.phase) === null ? null : currentPlan(incident);
}

/** What has come to rest is looked into once more, for something new was heard. What a person said of its plan holds for the next one too. */
function lookAnew(draft: Draft, news: LookedAnew): Draft {
  const wary = waryOfNext(draft);
  const doubt = doubtOf(wary.incident);
  return investigate(record(wary, { ...news, ...(doubt === null ? {} : { asks: doubt }) }));
}

function withdrawn(draft: Draft, { plan }: Decided, { alert }: LookedAnew): Draft {
  const reason = say`${alert.name} fires now, and what is wrong is looked into anew`;
  return record(draft, { kind: 'withdrawn', plan: plan.id, reason });
}

/** A plan whose watch showed that it is needed still waits as before. */
export function resumeWaiting(draft: Draft, resume: Waiting, context: StepContext): Draft {
  if (resume.for === 'turn') return waitOn(draft, resume, context);
  // The window starts afresh once the card shows the plan again.
  return enter(draft, { ...resume, deadline: null });
}
