import type { Attempt } from '../../execution/attempt.ts';
import { joined, person, type Said, say } from '../../lib/text/text.ts';
import { howUndone } from '../../recovery/compared.ts';
import { follow } from '../../recovery/follow.ts';
import { overall, progress, sampleOf } from '../../verification/judge.ts';
import type { Outcome, Sample } from '../../verification/outcome.ts';
import type { Reading } from '../../verification/reading.ts';
import { lastSight, measuredSince, seenSince, withNotices } from '../alerts/alert-notices.ts';
import { resumeWaiting } from '../alerts/react.ts';
import { close, escalate } from '../end.ts';
import { investigate } from '../evidence/gather.ts';
import { change, type Draft, enter, record } from '../model/draft.ts';
import { type Decided, type Incident, isQuiet, type Phase, type Waiting } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';
import { waitingForPeople } from '../plan/planning.ts';
import { rollBack } from './run.ts';
import { verifyResolved } from './start-verification.ts';

/** How much longer recovery may take to show after a time in which nobody looked, milliseconds. */
const AFTER_GAP = 10_000;
/** How long one look may take, with sources that answer late, before it counts as such a time; milliseconds. */
const LONGEST_LOOK = 15_000;
/** A signal older than this says nothing about now, milliseconds: some rules are evaluated once a minute. */
const STALE = 120_000;

/** For no longer than this is it waited until a rule has forgotten what was before a fix, milliseconds. */
const LONGEST_SIGHT = 15 * 60_000;

type Verifying = Extract<Phase, { at: 'verifying' }>;

/**
 * Where nobody looked for a while, what was good before is not known to have stayed so, and the time does not count against the fix:
 * it is looked at anew before it is judged.
 */
function afterGap(phase: Verifying, { now, aliveSince }: StepContext): Verifying {
  const { stable, every } = phase.decided.plan.verify;
  const looked = phase.sample?.at ?? phase.since;
  if (aliveSince <= looked && now - looked <= Math.max(LONGEST_LOOK, 5 * every)) return phase;
  return { ...phase, goodSince: null, deadline: Math.max(phase.deadline, now + stable + AFTER_GAP) };
}

/** Where nothing else speaks against the fix, it is given the time in which an alert can only tell of before. */
function untilSeen(phase: Verifying, readings: readonly Reading[]): Verifying {
  const until = lastSight(readings, phase.since);
  if (until === null || until - phase.since > LONGEST_SIGHT) return phase;
  return { ...phase, deadline: Math.max(phase.deadline, until + AFTER_GAP) };
}

/** One look at the signals came back. */
export function weighSample(
  draft: Draft,
  before: Verifying,
  readings: readonly Reading[],
  context: StepContext,
): Draft {
  const { plan } = before.decided;
  const looked = afterGap(before, context);
  const notBefore = Math.max(looked.since, context.now - STALE);
  const acted = 'attempt' in looked.after;
  const heard = withNotices(draft.incident, readings, context.now, acted ? 'fix' : 'nothing');
  const told = acted ? seenSince(measuredSince(heard, looked.since), looked.since) : heard;
  const sample = sampleOf(told, notBefore, context.now);
  const phase = looked.after.kind === 'fix' && overall(sample) !== 'bad' ? untilSeen(looked, heard) : looked;
  const undone = looked.after.kind === 'rollback' ? ({ undone: true } as const) : {};
  if (phase.after.kind === 'looks-healthy' && overall(sample) === 'bad')
    return goOn(draft, phase.after.resume, context);
  const { goodSince, outcome } = progress(plan.verify, sample, phase);
  const noted = sameAnswers(phase.sample, sample)
    ? draft
    : record(draft, { kind: 'sampled', plan: plan.id, sample, ...undone });
  const seen = enter(noted, { ...phase, goodSince, sample });
  if (outcome === null) {
    const at = context.now + plan.verify.every;
    return setTimer(seen, 'sample', at);
  }
  const attempts = withProof(seen.incident.attempts, phase.after, outcome);
  const news = outcome.kind === 'proven' && leavesNews(seen.incident, phase);
  // What was proven is that the plan's own fault is gone; of recovery nobody speaks while another alert fires.
  const said = news
    ? { ...outcome, kind: 'unproven' as const, reason: `${outcome.reason}, but another alert fires` }
    : outcome;
  const judged = record(change(seen, { outcome, attempts }), {
    kind: 'outcome',
    plan: plan.id,
    outcome: said,
    ...undone,
  });
  if (news) return investigate(withdrawn(judged, phase, say`${said.reason}`));
  switch (phase.after.kind) {
    case 'fix':
      return afterFix(judged, phase, context);
    case 'rollback':
      return afterUndoing(judged, phase, phase.after, context);
    default:
      return afterResolved(judged, phase, phase.after, context);
  }
}

/** A plan that was not started is not needed any more. */
function withdrawn(draft: Draft, { decided, after }: Verifying, reason: Said): Draft {
  return 'attempt' in after ? draft : record(draft, { kind: 'withdrawn', plan: decided.plan.id, reason });
}

/** Attempts, of which the one that was watched is known to have helped or not. */
function withProof(
  attempts: readonly Attempt[],
  after: Verifying['after'],
  { kind, at }: Outcome,
): readonly Attempt[] {
  if (!('attempt' in after)) return attempts;
  return attempts.map((one) => (one.id === after.attempt ? { ...one, proof: { kind, at } } : one));
}

function sameAnswers(before: Sample | null, now: Sample): boolean {
  const answers = (sample: Sample | null) => sample?.answers.map(({ answer }) => answer).join();
  return answers(before) === answers(now);
}

function afterFix(draft: Draft, phase: Verifying, context: StepContext): Draft {
  const { incident } = draft;
  const { after } = phase;
  if (incident.outcome === null || after.kind !== 'fix') return draft;
  const attempt = incident.attempts.find((one) => one.id === after.attempt);
  const next = follow(incident.outcome, phase.decided.plan, attempt?.result ?? null);
  switch (next.kind) {
    case 'close':
      return close(draft, next.how, whatHelped(phase.decided, next.reason), context);
    case 'undo':
      return rollBack(draft, phase, context);
    case 'escalate':
      return escalate(draft, say`${next.reason}`, context);
    default:
      return next satisfies never;
  }
}

/** The fix had not helped and was undone: what stands now is told, and a person is called unless it is well. */
function afterUndoing(
  draft: Draft,
  { decided }: Verifying,
  { because, attempt }: Extract<Verifying['after'], { kind: 'rollback' }>,
  context: StepContext,
): Draft {
  const { outcome, attempts } = draft.incident;
  if (outcome === null) return draft;
  const { compared } = attempts.find(({ id }) => id === attempt)?.result ?? {};
  const undone = say`${decided.plan.title} did not help (${because.reason})${howUndone(compared)}`;
  switch (outcome.kind) {
    case 'proven':
      return close(draft, 'recovered', say`${undone}; it is well since: ${outcome.reason}`, context);
    case 'refuted':
      return escalate(draft, say`${undone}; it is not well after that either: ${outcome.reason}`, context);
    case 'unproven':
      return escalate(draft, say`${undone}; whether it is well now is not known: ${outcome.reason}`, context);
    default:
      return outcome.kind satisfies never;
  }
}

/** What was done, by whose word, and how it is known to have helped. */
function whatHelped({ plan, receipts }: Decided, reason: string): Said {
  const approvers = receipts.map(({ user }) => person(user));
  const by = approvers.length === 0 ? '' : say`, approved by ${joined(approvers, ' and ')}`;
  return say`${plan.title}${by}: ${reason}`;
}

/**
 * Whether an alert still fires that the plan was not made for, or that began again since the fix did, or the plan was decided, and that the
 * proof need not be about. A check that asks about alerts asks about all of the incident: what it proved holds for the late ones too.
 */
function leavesNews(
  { alerts, attempts }: Incident,
  { decided: { plan, verdict }, after }: Verifying,
): boolean {
  if (plan.verify.checks.some((check) => 'alert' in check)) return false;
  const acted = 'attempt' in after ? attempts.find(({ id }) => id === after.attempt) : undefined;
  const since = acted?.startedAt ?? verdict.at;
  return Object.values(alerts).some(
    ({ alert, heardAt, beganAt }) => alert.status === 'firing' && (heardAt > verdict.at || beganAt > since),
  );
}

/** Proven healthy: the waiting plan is withdrawn. Otherwise it goes on waiting, and people get their time again. */
function afterResolved(
  draft: Draft,
  { decided: { plan } }: Verifying,
  { kind, resume }: Extract<Verifying['after'], { readonly resume: unknown }>,
  context: StepContext,
): Draft {
  const { outcome } = draft.incident;
  if (outcome?.kind === 'proven') {
    const seen = outcome.sample === null ? [] : seenWell(outcome.sample);
    const reason =
      seen.length > 0
        ? say`the service recovered by itself: ${seen.join('; ')}`
        : say`its alerts resolved; nothing else could be checked`;
    const told = record(draft, { kind: 'withdrawn', plan: plan.id, reason });
    return close(told, seen.length > 0 ? 'recovered' : 'resolved', reason, context);
  }
  if (kind === 'looks-healthy') return goOn(draft, resume, context);
  const why = say`its alerts resolved, and recovery is not proven: ${outcome?.reason ?? 'nobody knows'}`;
  return enter(draft, waitingForPeople(resume, why, context));
}

/** What was seen of the service itself, in words: that its alerts are gone says nothing of it. */
function seenWell({ answers }: Sample): readonly string[] {
  return answers
    .filter(({ check, answer }) => answer === 'good' && !('alert' in check))
    .map(({ words }) => words);
}

/** It only looked healthy: the plan is still needed, unless its alerts have resolved in the meantime. */
function goOn(draft: Draft, resume: Waiting, context: StepContext): Draft {
  return isQuiet(draft.incident)
    ? verifyResolved(draft, resume, context)
    : resumeWaiting(draft, resume, context);
}
