import type { Attempt, AttemptResult, TaskLine } from '../../execution/attempt.ts';
import { say } from '../../lib/text/text.ts';
import { partsOf, plainly } from '../../lib/text/text-read.ts';
import { foundAfter, howUndone } from '../../recovery/compared.ts';
import { mute, muting } from '../alerts/mute.ts';
import { escalate } from '../end.ts';
import {
  change,
  type Draft,
  emit,
  enter,
  InvariantError,
  type Refusal,
  record,
  refuse,
} from '../model/draft.ts';
import { type Decided, mayHaveHealed, type Phase, wantedByPerson } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { decideAnew, isOfOtherRules } from '../plan/planning.ts';
import { verifyFix, verifyResolved, verifyRollback } from './start-verification.ts';

type Running = Extract<Phase, { at: 'executing' | 'rolling-back' }>;

/** The claim was taken in the same commit as this: exactly one attempt begins. */
export function execute(
  draft: Draft,
  phase: Extract<Phase, { at: 'starting' }>,
  context: StepContext,
): Draft {
  const { decided } = phase;
  const { incident } = draft;
  if (mayHaveHealed(incident, decided)) {
    // It healed between consent and claim: look before touching anything.
    return verifyResolved(
      draft,
      { at: 'waiting', for: 'turn', decided, deadline: null, held: null, turn: phase.turn },
      context,
    );
  }
  if (isOfOtherRules(decided, context)) return decideAnew(draft, decided, context);
  // What a person wants in the knowledge of a silence is done all the same.
  const muted = muting(incident, context, wantedAt(decided));
  if (muted !== null) return mute(draft, muted, decided, context);
  const milestones = { ...incident.milestones, started: incident.milestones.started ?? context.now };
  const numbered = { ...context, purpose: 'fix' } as const;
  const { attempt, begun } = beginAttempt(change(draft, { milestones }), decided, numbered);
  return enter(begun, { at: 'executing', decided, attempt: attempt.id, stop: null });
}

/** When a person wanted the plan; 0 where none did. */
export function wantedAt(decided: Decided): number {
  const { consent, verdict } = decided;
  if (!wantedByPerson(decided)) return 0;
  return consent !== null && 'at' in consent ? consent.at : verdict.at;
}

/** Rollback belongs to the frozen plan and its verdict, and keeps the locks. */
export function rollBack(
  draft: Draft,
  phase: Extract<Phase, { at: 'verifying' }>,
  context: StepContext,
): Draft {
  const because = draft.incident.outcome;
  if (because?.kind !== 'refuted') throw new InvariantError('only a refuted fix is rolled back');
  // It stands on the claim of its fix.
  const fence = draft.incident.attempts.findLast(({ purpose }) => purpose === 'fix')?.fence;
  const { attempt, begun } = beginAttempt(draft, phase.decided, {
    now: context.now,
    fence,
    purpose: 'rollback',
  });
  return enter(begun, {
    at: 'rolling-back',
    decided: phase.decided,
    attempt: attempt.id,
    stop: null,
    because,
  });
}

interface Beginning extends Pick<Attempt, 'purpose'> {
  readonly now: number;
  readonly fence?: number | undefined;
}

function beginAttempt(
  draft: Draft,
  { plan }: Decided,
  { now, fence, purpose }: Beginning,
): { readonly attempt: Attempt; readonly begun: Draft } {
  const { incident } = draft;
  const attempt: Attempt = {
    id: `${incident.id}-a${incident.attempts.length + 1}`,
    plan: plan.id,
    planDigest: plan.digest,
    playbook: plan.playbook,
    purpose,
    targets: plan.targets,
    ...(fence === undefined ? {} : { fence }),
    startedAt: now,
    endedAt: null,
    tasks: [],
    result: null,
  };
  const recorded = change(draft, { attempts: [...incident.attempts, attempt] });
  const told = record(recorded, { kind: 'started', plan: plan.id, attempt });
  return { attempt, begun: emit(told, { kind: 'execute', plan: plan.id, attempt: attempt.id, purpose }) };
}

/** A task of the running attempt began or ended. */
export function report(draft: Draft, attempt: string, line: TaskLine): Draft | Refusal {
  const running = draft.incident.attempts.find((one) => one.id === attempt && one.result === null);
  if (running === undefined) return refuse('that attempt has ended');
  const position = running.tasks.findLastIndex(
    (task) => task.name === line.name && task.status === 'running',
  );
  const tasks = position === -1 ? [...running.tasks, line] : running.tasks.with(position, line);
  return record(withAttempt(draft, { ...running, tasks }), { kind: 'task', attempt, line });
}

/** The attempt ended, one way or another. Whatever it says of itself, the world is looked at. */
export function finish(draft: Draft, phase: Running, said: AttemptResult, context: StepContext): Draft {
  const result = askedToStop(phase) ? said : brokenOff(said);
  const running = draft.incident.attempts.find((one) => one.id === phase.attempt);
  if (running === undefined) throw new InvariantError(`attempt ${phase.attempt} was never begun`);
  const ended = withAttempt(draft, { ...running, result, endedAt: context.now });
  const told = record(ended, { kind: 'ended', attempt: phase.attempt, result });
  if (phase.at === 'rolling-back') return afterRollback(told, phase, result, context);
  // Nothing was done that could have helped, or that could be undone.
  if (neverBegan(result))
    return escalate(
      told,
      say`${phase.decided.plan.title} never started; nothing was changed: ${result.reason}`,
      context,
    );
  if (result.kind === 'stopped')
    return escalate(told, say`${phase.decided.plan.title} was stopped: ${partsOf(result.reason)}`, context);
  const milestones = { ...told.incident.milestones, fixed: context.now };
  return verifyFix(change(told, { milestones }), phase.decided, phase.attempt, context);
}

/** Whether nothing that could change anything was started. */
function neverBegan(
  result: AttemptResult,
): result is Extract<AttemptResult, { kind: 'failed' | 'timed-out' }> {
  return (result.kind === 'failed' || result.kind === 'timed-out') && result.untouched === true;
}

function askedToStop(phase: Running): boolean {
  return phase.stop !== null;
}

/** A stop that nobody asked for, as when Medic itself had to end, leaves the outcome unknown. */
function brokenOff(result: AttemptResult): AttemptResult {
  return result.kind === 'stopped' ? { kind: 'interrupted', reason: plainly(result.reason) } : result;
}

function afterRollback(
  draft: Draft,
  phase: Extract<Phase, { at: 'rolling-back' }>,
  result: AttemptResult,
  context: StepContext,
): Draft {
  const { compared } = result;
  const vain = say`${phase.decided.plan.title} did not help (${phase.because.reason})`;
  if (result.kind === 'succeeded' && compared?.kind === 'differs')
    return escalate(draft, say`${vain}${howUndone(compared)}`, context);
  // That its runner is content says nothing of the service.
  if (result.kind === 'succeeded') {
    const { attempt, because } = phase;
    return verifyRollback(draft, phase.decided, { kind: 'rollback', attempt, because }, context);
  }
  const why = result.kind === 'stopped' ? partsOf(result.reason) : result.reason;
  const found = foundAfter(compared) ?? '';
  return escalate(draft, say`${vain}, and its rollback did not succeed either: ${why}${found}`, context);
}

function withAttempt(draft: Draft, attempt: Attempt): Draft {
  const attempts = draft.incident.attempts.map((one) => (one.id === attempt.id ? attempt : one));
  return change(draft, { attempts });
}
