import type { DryRunResult } from '../../execution/runner.ts';
import { type Said, say } from '../../lib/text/text.ts';
import { overall, sampleOf } from '../../verification/judge.ts';
import type { Sample } from '../../verification/outcome.ts';
import type { Reading } from '../../verification/reading.ts';
import { asOfNow, withNotices } from '../alerts/alert-notices.ts';
import { endUnfixed, escalate } from '../end.ts';
import { type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import type { TimerName } from '../model/effect.ts';
import type { IncidentEvent } from '../model/event.ts';
import { type Decided, mayHaveHealed, type Phase, type QueueEntry, type Waiting } from '../model/incident.ts';
import { withOverflow } from '../model/overflow.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';
import {
  decideAnew,
  diffOf,
  drifted,
  isOfOtherRules,
  reprove,
  start,
  wait,
  waitingFor,
} from '../plan/planning.ts';
import { checkQueue, enqueue, WELL } from './queue.ts';
import { verifyLooksHealthy, verifyResolved } from './start-verification.ts';

/** After a gap people get at least this long, or the whole window where it is shorter. */
const GRACE = 60_000;
/** How long a plan whose premises cannot be read is tried again. */
const REPROOF_PATIENCE = 60_000;
const REPROOF_EVERY = 5_000;

/** The card stands in Slack with its buttons: the window or the approval time starts. */
export function showPlan(
  draft: Draft,
  waiting: Waiting,
  diff: string | null,
  context: StepContext,
): Draft | Refusal {
  if (diff !== (waiting.decided.diff?.hash ?? null)) return refuse('the card shows an earlier dry run of it');
  if (waiting.deadline !== null || waiting.held !== null)
    return refuse('its time is already running, or it is held');
  return arm(draft, waiting, waiting.decided.verdict.window, context);
}

/** Starts or restarts the time of a waiting plan, `length` milliseconds from now. */
export function arm(draft: Draft, waiting: Waiting, length: number, context: StepContext): Draft {
  const deadline = context.now + length;
  const { plan, verdict } = waiting.decided;
  const armed = enter(draft, { ...waiting, deadline, held: null });
  const name = waiting.for === 'approval' ? 'approval' : 'window';
  const told = record(
    armed,
    name === 'window'
      ? { kind: 'window-opened', plan: plan.id, deadline }
      : {
          kind: 'approval-asked',
          plan: plan.id,
          deadline,
          needed: verdict.approvals,
          ...(verdict.doubt === undefined ? {} : { why: verdict.doubt }),
        },
  );
  const timed = setTimer(told, name, deadline);
  if (name === 'window') return timed;
  const at = Math.round(context.now + length * context.settings.policy.approval_reminder);
  return setTimer(timed, 'reminder', at);
}

/** A timer of a waiting plan rang. After a gap people get their time back. */
export function ring(draft: Draft, waiting: Waiting, name: TimerName, context: StepContext): Draft | Refusal {
  const { deadline, decided } = waiting;
  if (deadline === null) return refuse('its time does not run');
  if (name === 'reminder') return remind(draft, waiting, deadline, context);
  // A clock that stepped back: the one timer of this deadline is set again.
  if (context.now < deadline) return setTimer(draft, name, deadline);
  if (name === 'turn') return checkQueue(draft, waiting);
  // Nobody can be reached: the time starts anew when the card can be seen again.
  if (context.reachableSince >= context.now) return enter(draft, { ...waiting, deadline: null });
  const grace = Math.min(GRACE, decided.verdict.window);
  const seen = deadline - Math.max(context.reachableSince, deadline - decided.verdict.window);
  if (seen < grace)
    return arm(draft, waiting, Math.max(0, context.reachableSince + grace - context.now), context);
  if (name === 'approval') {
    const told = record(draft, { kind: 'expired', plan: decided.plan.id });
    return escalate(told, say`nobody approved ${decided.plan.title} in time`, context);
  }
  return reprove(draft, waiting, { kind: 'window-passed', at: context.now }, context);
}

/** Nobody has decided yet. The deadline itself ends the waiting, be it that the reminder came too late. */
function remind(
  draft: Draft,
  { for: what, decided }: Waiting,
  deadline: number,
  context: StepContext,
): Draft | Refusal {
  if (what !== 'approval' || context.now >= deadline) return refuse('nobody is to be reminded any more');
  const missing = Math.max(0, decided.verdict.approvals - decided.receipts.length);
  return record(draft, { kind: 'reminded', plan: decided.plan.id, deadline, missing });
}

/** The premises were read afresh: the plan goes on, waits for data, or is void. */
export function onRevalidated(
  draft: Draft,
  phase: Reproving,
  {
    readings,
    diff,
    recovery,
    playbookHash,
    obstacle,
    refused,
  }: Extract<IncidentEvent, { readonly type: 'reproved' }>,
  context: StepContext,
): Draft {
  const { decided, turn } = phase;
  const { id: plan, preconditions } = decided.plan;
  if (obstacle !== undefined) return enqueue(draft, decided, turn, obstacle, context);
  if (refused !== undefined) return voided(draft, decided, say`${refused}`, context);
  const drift = drifted(decided, playbookHash, context);
  if (drift !== null) return voided(draft, decided, say`${drift}`, context);
  if (isOfOtherRules(decided, context)) return decideAnew(draft, decided, context);
  const redrawn = weighDiff(draft, decided, diff, context);
  if (redrawn !== null) return redrawn;
  const { incident } = draft;
  const fit = premises(decided, readings);
  const sample = sampleOf(
    asOfNow(withOverflow(incident, fit), context.now),
    context.now - GRACE,
    context.now,
  );
  const holds = preconditions.length === 0 || fit.length === 0 ? 'good' : overall(sample);
  if (holds === 'unknown' && context.now - phase.since < REPROOF_PATIENCE) {
    const at = context.now + REPROOF_EVERY;
    return setTimer(draft, 'reproof', at);
  }
  if (holds === 'good') {
    // A plan that waits for its turn may be re-proven more than once; that it still holds is told once.
    const told = turn === null ? record(draft, { kind: 'reproof', plan, holds: true, sample }) : draft;
    return start(told, decided, turn, context);
  }
  const told = record(draft, { kind: 'reproof', plan, holds: false, sample });
  if (holds === 'unknown') return unconfirmed(told, decided, sample, context);
  const fresh =
    recovery &&
    sampleOf(
      asOfNow(withNotices(incident, recovery, context.now), context.now),
      context.now - GRACE,
      context.now,
    );
  const well = fresh !== null && overall(fresh) === 'good';
  if (well) {
    const resume: QueueEntry = turn ?? { kind: 'well', obstacle: WELL, since: context.now };
    return verifyLooksHealthy(told, { ...waitingFor(decided), for: 'turn', decided, turn: resume }, context);
  }
  const why = sample.answers.filter((one) => one.answer === 'bad').map(({ words }) => words);
  return voided(told, decided, say`${why.join('; ')}`, context);
}

/** Whoever approved a plan whose look does not show its fault did so in that knowledge: it is no premise any more. */
function premises({ unseen, consent }: Decided, readings: readonly Reading[]): readonly Reading[] {
  if (unseen === undefined || consent?.kind !== 'approved') return readings;
  return readings.filter(({ check }) => !('look' in check));
}

/**
 * It could not be confirmed that the problem is still there: nothing is known to have changed, so a person may have it tried again, with
 * the consent that it has.
 */
function unconfirmed(draft: Draft, decided: Decided, sample: Sample, context: StepContext): Draft {
  if (mayHaveHealed(draft.incident, decided)) return verifyResolved(draft, waitingFor(decided), context);
  const unread = sample.answers.filter(({ answer }) => answer === 'unknown').map(({ words }) => words);
  const reason = say`I could not confirm the problem is still there: ${unread.join('; ')}`;
  const told = record(draft, { kind: 'withdrawn', plan: decided.plan.id, reason });
  const ended = endUnfixed(told, say`${decided.plan.title} was not started; ${reason}`, context);
  const { phase } = ended.incident;
  return phase.at === 'escalated' ? enter(ended, { ...phase, decided, retriable: true }) : ended;
}

/** A person has it tried again. What was approved counts, unless something has drifted since. */
export function tryAgain(draft: Draft, by: string, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'escalated' || phase.retriable !== true || phase.decided === null)
    return refuse('there is nothing to try again');
  const { decided } = phase;
  const told = record(draft, { kind: 'tried-again', plan: decided.plan.id, by });
  return reprove(
    told,
    { ...waitingFor(decided), decided },
    decided.consent ?? { kind: 'not-needed' },
    context,
  );
}

type Reproving = Extract<Phase, { at: 'reproving' }>;

/** What a fresh dry run means for a plan that was decided on the strength of an earlier one; null where nothing. */
function weighDiff(
  draft: Draft,
  decided: Decided,
  diff: DryRunResult | null,
  context: StepContext,
): Draft | null {
  if (decided.diff === null || diff === null) return null;
  if (diff.kind === 'failed')
    return voided(draft, decided, say`its dry run fails now: ${diff.reason}`, context);
  if (diffOf(diff.diff).hash === decided.diff.hash) return null;
  if (decided.redrawn)
    return voided(draft, decided, say`its dry run gives a different result every time`, context);
  // What was approved is no longer what would happen: the new diff is put before people again, once.
  const reason = 'it differs from the earlier one';
  const shown = record(draft, { kind: 'dry-run', plan: decided.plan.id, diff: diff.diff, reason });
  return wait(shown, { ...decided, diff: diffOf(diff.diff), redrawn: true, receipts: [] }, context);
}

/** A plan that may not start. Where every alert has resolved, whether anything is left to do is looked at before a person is called. */
function voided(draft: Draft, decided: Decided, reason: Said, context: StepContext): Draft {
  if (mayHaveHealed(draft.incident, decided)) return verifyResolved(draft, waitingFor(decided), context);
  const told = record(draft, { kind: 'withdrawn', plan: decided.plan.id, reason });
  return endUnfixed(told, say`${decided.plan.title} was not started; ${reason}`, context);
}
