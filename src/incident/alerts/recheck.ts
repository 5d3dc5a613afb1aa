import { inShort } from '../../lib/text/briefly.ts';
import { type Said, say, type Text } from '../../lib/text/text.ts';
import { plainly } from '../../lib/text/text-read.ts';
import { sampleOf, together } from '../../verification/judge.ts';
import type { CheckAnswer, Sample } from '../../verification/outcome.ts';
import type { Reading } from '../../verification/reading.ts';
import { close, RESOLVED } from '../end.ts';
import { change, type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import { type Incident, isQuiet } from '../model/incident.ts';
import { currentPlan, isIdle } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { lastNews, setTimer } from '../model/timers.ts';
import { measuredSince, withNotices } from './alert-notices.ts';

/** How long until it is looked at again after the end of its alerts, milliseconds: soon at first, and ever more seldom. */
const SOONEST = 30_000;
const LATEST = 600_000;
/** How long the source of an alert may give no answer before its end is left untold, milliseconds. */
const UNANSWERED = 600_000;

/** So many good signs are named. */
const SHOWN = 4;

const NOT_WELL = 'its alerts have resolved, but it is not well: ';

/**
 * It was looked at: it closes where nothing contradicts that it is well, a person is called where something does, and where a source has an
 * alert active all the same, which its sender says has resolved, it is not over. A source that gives no answer is asked again for a while.
 */
export function weighRecheck(
  draft: Draft,
  readings: readonly Reading[],
  context: StepContext,
): Draft | Refusal {
  const { incident } = draft;
  if (!isQuiet(incident)) return refuse('an alert fires again');
  // A person may have asked for a plan while it was looked at, and that has its own end.
  if (!isIdle(incident)) return refuse('a plan is at work by now');
  const heard = withNotices(incident, readings.filter(isOwn), context.now);
  const sample = sampleOf(measuredSince(heard, lastEnd(incident)), 0, context.now);
  const bad = sample.answers.filter(({ answer }) => answer === 'bad');
  const ill = wordsOf(bad.filter((one) => !isAlert(one)));
  // No alert will say when somebody has mended it, so that Medic keeps looking.
  if (ill !== '') return later(callFor(draft, say`${NOT_WELL}${ill}`), context);
  if (bad.length > 0) return later(draft, context);
  const isUnanswered = readings.some((reading) => reading.kind === 'missing' && reading.unanswered === true);
  if (isUnanswered && context.now - Number(lastNews(incident)) < UNANSWERED) return later(draft, context);
  const good = sample.answers.filter((one) => one.answer === 'good' && !isAlert(one));
  const seen = inShort(
    good.map(({ words }) => words),
    SHOWN,
  );
  if (
    isSeenWell(
      sample,
      readings.some(({ kind }) => kind === 'look'),
    ) &&
    !isUnanswered
  )
    return close(draft, 'recovered', say`${RESOLVED}; now healthy: ${seen}`, context);
  const unknown = sample.answers.filter(({ answer }) => answer === 'unknown');
  return close(
    draft,
    'resolved',
    say`${RESOLVED}; whether it is healthy could not be checked: ${wordsOf(unknown)}`,
    context,
  );
}

function later(draft: Draft, { now }: StepContext): Draft {
  const since = Number(lastNews(draft.incident));
  const wait = Math.min(LATEST, Math.max(SOONEST, (now - since) / 2));
  return setTimer(draft, 'recheck', now + wait);
}

/** Once: figures that change are no news. */
function callFor(draft: Draft, reason: Said): Draft {
  const { phase } = draft.incident;
  if (phase.at === 'escalated' && isNotWell(phase.reason)) return draft;
  const decided = currentPlan(draft.incident);
  return record(enter(draft, { at: 'escalated', reason, decided }), { kind: 'escalated', reason });
}

/** When its last attempt ended; 0 where there was none. */
function lastEnd({ attempts }: Incident): number {
  return attempts.at(-1)?.endedAt ?? 0;
}

const isAlert = ({ check }: CheckAnswer) => 'alert' in check;
const isProbe = ({ check }: CheckAnswer) => 'probe' in check;
const isLook = (one: CheckAnswer) => !isAlert(one) && !isProbe(one);

/**
 * Whether it was seen to be well: by a good look, unless what its alert reads has not been measured for too long, or by the service's own
 * health check, where nothing could be looked at that would know better. That its alerts are gone is no sight of it.
 */
function isSeenWell({ answers }: Sample, wasLookedAt: boolean): boolean {
  const isGood = (which: (one: CheckAnswer) => boolean) =>
    answers.some((one) => which(one) && one.answer === 'good');
  // Beside a good look the sender's word counts where no source can tell; what is unknown all the same is out of date.
  if (isGood(isLook)) return !answers.some((one) => isAlert(one) && one.answer === 'unknown');
  return isGood(isProbe) && (!wasLookedAt || isGood(isAlert));
}

function wordsOf(answers: readonly CheckAnswer[]): string {
  return answers.map(({ words }) => words).join('; ');
}

/** A host that is short of something because of somebody else says nothing about this service. */
function isOwn(reading: Reading): boolean {
  return !(reading.kind === 'look' && 'look' in reading.check && together(reading.readings) === 'other');
}

function isNotWell(reason: Text): boolean {
  return plainly(reason).startsWith(NOT_WELL);
}

/** Alerts that were seen active at their source: from now on their absence there says something. */
export function noteBound(
  draft: Draft,
  bound: Readonly<Record<string, NonNullable<Incident['alerts'][string]['bound']>>>,
): Draft {
  const { alerts } = draft.incident;
  const fresh = Object.entries(bound).filter(
    ([fingerprint]) => Object.hasOwn(alerts, fingerprint) && alerts[fingerprint]?.bound === undefined,
  );
  if (fresh.length === 0) return draft;
  const noted = fresh.map(
    ([fingerprint, one]) => [fingerprint, { ...alerts[fingerprint], bound: one }] as const,
  );
  return change(draft, { alerts: { ...alerts, ...Object.fromEntries(noted) } as Incident['alerts'] });
}
