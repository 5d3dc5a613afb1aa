import { deployIn } from '../../evidence/deploy.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { investigate } from '../evidence/gather.ts';
import { type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import { firingAlerts } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';

/** What restarts for a new release is back, or is not, after so long; milliseconds. */
const SETTLES = 20_000;
/** An alert that begins within so long after a deploy may be no more than its restart. */
const BLIP = 60_000;
/** By how much the clocks of senders, of deploys and of record may differ, milliseconds. */
const SKEW = 5_000;

/**
 * Nobody is called yet for what began within seconds of a known deploy: it may be the restart, and is looked at once more when that must be
 * over. Null where a person is to be called now.
 */
export function letSettle(draft: Draft, evidence: readonly Evidence[], { now }: StepContext): Draft | null {
  const { phase, attempts, crowd } = draft.incident;
  if (phase.at !== 'investigating' || phase.doing === 'settling' || phase.settled === true) return null;
  const began = firingAlerts(draft.incident).map(({ startsAt }) => startsAt);
  if (began.length === 0 || crowd.firing > 0 || attempts.length > 0) return null;
  const deployed = deploysIn(evidence).find(
    (at) => at <= now + SKEW && now - at <= BLIP && began.every((one) => one >= at - SKEW),
  );
  if (deployed === undefined) return null;
  const until = now + SETTLES;
  const told = record(draft, { kind: 'settling', deployed, until });
  const settling = enter(told, { at: 'investigating', doing: 'settling', deployed, until });
  return setTimer(settling, 'settle', until);
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
