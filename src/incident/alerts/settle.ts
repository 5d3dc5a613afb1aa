import { deployIn } from '../../evidence/deploy.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { investigate } from '../evidence/gather.ts';
import { type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import { firingAlerts, type Incident } from '../model/incident.ts';
import { traitsOf } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';

/** What restarts for a new release is back, or is not, after so long; milliseconds. */
const SETTLES = 20_000;
/** What has an incident of its own is mended, or is not, after so long; milliseconds. */
const MENDS = 30_000;
/** An alert that begins within so long after a deploy may be no more than its restart. */
const BLIP = 60_000;
/** By how much the clocks of senders, of deploys and of record may differ, milliseconds. */
const SKEW = 5_000;

/**
 * Nobody is called yet for what began within seconds of a known deploy, as it may be the restart, nor for what lies in a dependency that is
 * being looked into or mended itself: it is looked at once more when that must be over. Null where a person is to be called now.
 */
export function letSettle(draft: Draft, evidence: readonly Evidence[], context: StepContext): Draft | null {
  const { phase, attempts, crowd } = draft.incident;
  if (phase.at !== 'investigating' || phase.doing === 'settling' || phase.settled === true) return null;
  const began = firingAlerts(draft.incident).map(({ startsAt }) => startsAt);
  if (began.length === 0 || crowd.firing > 0 || attempts.length > 0) return null;
  const { now } = context;
  const deployed = deploysIn(evidence).find(
    (at) => at <= now + SKEW && now - at <= BLIP && began.every((one) => one >= at - SKEW),
  );
  if (deployed !== undefined) return settle(draft, { deployed, until: now + SETTLES });
  const dependency = mendedDependency(draft.incident, context);
  return dependency === null ? null : settle(draft, { dependency, until: now + MENDS });
}

function settle(
  draft: Draft,
  why: { readonly deployed?: number; readonly dependency?: string; readonly until: number },
): Draft {
  const told = record(draft, { kind: 'settling', ...why });
  const settling = enter(told, { at: 'investigating', doing: 'settling', ...why });
  return setTimer(settling, 'settle', why.until);
}

/** The dependency in which the cause lies, where an incident of its own is under way and waits for nobody who was called; null where none is. */
function mendedDependency({ diagnosis }: Incident, { around }: StepContext): string | null {
  const [best] = diagnosis?.conclusion.kind === 'cause' ? diagnosis.hypotheses : [];
  if (best?.dependency === undefined) return null;
  const open = around.neighbours.find(
    ({ subject, phase }) =>
      subject.kind === 'service' &&
      best.object === `service/${subject.name}` &&
      traitsOf(phase).life === 'works',
  );
  return open?.subject.name ?? null;
}

/** It has had its time: it is looked at once more, and then whoever has to be called is. */
export function settled(draft: Draft): Draft | Refusal {
  const { phase } = draft.incident;
  return phase.at === 'investigating' && phase.doing === 'settling'
    ? investigate(draft, { settled: true })
    : refuse('nothing has to settle any more');
}

function deploysIn(evidence: readonly Evidence[]): readonly number[] {
  return evidence.flatMap((item) => {
    const at = deployIn(item)?.at ?? Number.NaN;
    return Number.isNaN(at) ? [] : [at];
  });
}
