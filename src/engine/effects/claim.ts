import type { Severity } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import type { Attempt } from '../../execution/attempt.ts';
import { type Incident, wantedByPerson } from '../../incident/model/incident.ts';
import { currentPlan, holdsLocks } from '../../incident/model/phases.ts';
import { BEGIN_WITHIN } from '../../incident/plan/order.ts';
import { neighbourhoodsOf, upstreamOf } from '../../services/neighbourhood.ts';
import type { BreakerFailure, Claim, Commit } from '../store/store.ts';

/** How much longer than a less severe incident one may have waited and still goes second, milliseconds. */
const HEAD_START = 10 * 60_000;
/** How much longer than its timeout an attempt may take to begin and to be ended on another machine, milliseconds. */
const LAST_STEPS = BEGIN_WITHIN + 16_000;
const RANK: Readonly<Record<Severity, number>> = { critical: 2, warning: 1, info: 0 };

/** What an incident's plan would have to take in order to start; null in a phase in which none waits to. */
export function claimFor(
  { phase, severity, subject }: Incident,
  settings: Settings,
  { now, silences }: { readonly now: number; readonly silences: number },
): Claim | null {
  if (phase.at !== 'starting' && phase.at !== 'waiting') return null;
  const { cooldown, max_concurrent } = settings.policy;
  const { decided } = phase;
  const { targets } = decided.plan;
  return {
    targets,
    locks: [...targets, ...neighbourhoodsOf(subject, settings)],
    // A person who wants this one mended has looked at the others.
    upstream: wantedByPerson(decided) ? [] : upstreamOf(subject, settings),
    cooldown,
    maxConcurrent: max_concurrent,
    priority: (phase.turn?.since ?? now) - RANK[severity] * HEAD_START,
    provenAt: phase.at === 'starting' ? phase.provenAt : now,
    silences,
  };
}

/** Starting an attempt is the claim: it is taken in the very commit that starts it. */
export function claimOf(
  before: Incident | null,
  after: Incident,
  settings: Settings,
  context: { readonly now: number; readonly silences: number },
): Claim | null {
  const { phase } = after;
  if (phase.at !== 'executing' || before?.phase.at !== 'starting') return null;
  const claim = claimFor(before, settings, context);
  const fence = after.attempts.find(({ id }) => id === phase.attempt)?.fence;
  return claim === null || fence === undefined ? claim : { ...claim, fence };
}

/**
 * When the locks of an incident that no longer works on its targets are free: when nothing of its attempts can act any more.
 */
export function releaseOf(before: Incident | null, after: Incident): Commit['release'] {
  // What it held is not known for sure; whatever ran for it has ended by then.
  if (before?.unsigned === true) return { at: LONGEST + lastStartOf(after) };
  if (before === null || !holdsLocks(before.phase) || holdsLocks(after.phase)) return null;
  const timeout = currentPlan(before)?.plan.timeout ?? 0;
  return { at: Math.max(0, ...after.attempts.map((attempt) => overAt(attempt, timeout))) };
}

/** Longer than any playbook runs, milliseconds. */
const LONGEST = 24 * 3_600_000;

function lastStartOf({ attempts }: Incident): number {
  return Math.max(
    -LONGEST,
    ...attempts.filter(({ result }) => result === null).map(({ startedAt }) => startedAt),
  );
}

/**
 * From when on nothing of an attempt acts any more. A lost one may still be running somewhere until its own time is up, unless its
 * end is witnessed; and what an ended one began on other machines goes on until their deadline.
 */
function overAt({ result, startedAt, endedAt }: Attempt, timeout: number): number {
  if (result === null) return startedAt + timeout + LAST_STEPS;
  if ('overAt' in result && result.overAt !== undefined) return result.overAt;
  if ('elsewhereFor' in result && result.elsewhereFor !== undefined)
    return (endedAt ?? startedAt) + result.elsewhereFor;
  return result.kind === 'interrupted' ? startedAt + timeout + LAST_STEPS : 0;
}

/** Whether the fix was proven and the incident goes on all the same, because an alert fell back into firing since it began. */
function beganAgain({ phase, alerts }: Incident, { startedAt }: Attempt): boolean {
  return (
    phase.at === 'investigating' &&
    Object.values(alerts).some(
      ({ alert, beganAt, fires }) => alert.status === 'firing' && fires > 1 && beganAt > startedAt,
    )
  );
}

/** Whether an attempt got as far as acting on anything. */
function began({ result }: Attempt): boolean {
  return !(result?.kind === 'failed' && result.untouched === true);
}

/** Whether it did not do what it was to do, so that it is not why its service is well. */
function failed({ result }: Attempt): boolean {
  return result?.kind === 'failed' || result?.kind === 'timed-out';
}

/** Fixes that, as this change shows, did not help or did not last. One that never began did neither. */
export function strikesOf(before: Incident | null, after: Incident): readonly BreakerFailure[] {
  if (before === null) return [];
  const fix = after.attempts.findLast((attempt) => attempt.purpose === 'fix' && began(attempt));
  if (fix === undefined) return [];
  const judged =
    after.outcome !== before.outcome && before.phase.at === 'verifying' && before.phase.after.kind === 'fix';
  const unhelpful = judged && (after.outcome?.kind !== 'proven' || failed(fix) || beganAgain(after, fix));
  const back = before.relapsed === null && after.relapsed !== null;
  return unhelpful || back ? fix.targets.map((target) => ({ target, attempt: fix.id })) : [];
}
