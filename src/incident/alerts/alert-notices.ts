import { together } from '../../verification/judge.ts';
import type { Reading } from '../../verification/reading.ts';
import { type Incident, isQuiet } from '../model/incident.ts';
import { withOverflow } from '../model/overflow.ts';

/** How old the state of an alert may be and still be the present one, in intervals of its rule's evaluation. */
const INTERVALS = 2;

/**
 * What the sources say, with what was heard: alerts that an incident only counts fire as they were heard to, and where no source can tell
 * whether the others do, their senders' word that all have resolved counts beside a good look. Without one it does not: a sender also says
 * so when its own monitoring dies. Where what an alert measures has vanished, its sender's word says no more than that, and counts only
 * after a fix, which may have put another object in the place of the one that was measured. Where its source only gave no answer, the word
 * counts never: what keeps a server from answering also ends its alerts.
 */
export function withNotices(
  incident: Incident,
  readings: readonly Reading[],
  now: number,
  after: 'fix' | 'nothing' = 'nothing',
): readonly Reading[] {
  const heard = withOverflow(incident, readings);
  if (!isQuiet(incident) || !heard.some(isGoodLook)) return heard;
  return heard.map((reading) =>
    reading.kind === 'missing' &&
    'alert' in reading.check &&
    reading.unanswered !== true &&
    (after === 'fix' || reading.vanished !== true)
      ? { check: reading.check, kind: 'alert', firing: false, at: now, byNotice: true }
      : reading,
  );
}

/** That an alert has ended says nothing of a fix where what it reads was not measured since: an old sample may be repeated for minutes. */
export function measuredSince(readings: readonly Reading[], fix: number): readonly Reading[] {
  return readings.map((reading) =>
    reading.kind === 'alert' && !reading.firing && (reading.measuredAt ?? fix) < fix
      ? { check: reading.check, kind: 'missing', reason: 'what it reads was not measured since Medic acted' }
      : reading,
  );
}

/**
 * That an alert fires says nothing of a fix as long as its rule reads what was before that: `max_over_time(x[5m])` holds for five minutes
 * after all is well, and `keep_firing_for` is meant to.
 */
export function seenSince(readings: readonly Reading[], fix: number): readonly Reading[] {
  return readings.map((reading) => {
    const until = sightUntil(reading, fix);
    if (until === null || reading.kind !== 'alert' || reading.at >= until) return reading;
    const minutes = Math.max(1, Math.round((reading.looksBack ?? 0) / 60_000));
    return {
      check: reading.check,
      kind: 'missing',
      reason: `it still fires, but its rule looks back ${minutes} min`,
    };
  });
}

/** Until when what fires may do so for what was before the fix, epoch milliseconds; null where none of it looks back. */
export function lastSight(readings: readonly Reading[], fix: number): number | null {
  const times = readings.flatMap((reading) => sightUntil(reading, fix) ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

function sightUntil(reading: Reading, fix: number): number | null {
  if (reading.kind !== 'alert' || !reading.firing || reading.looksBack === undefined) return null;
  return fix + reading.looksBack + INTERVALS * (reading.interval ?? 0);
}

function isGoodLook(reading: Reading): boolean {
  return reading.kind === 'look' && together(reading.readings) === 'well';
}

/** The state of a rule that is evaluated once a minute is up to two minutes old, and is the present one all the same. */
export function asOfNow(readings: readonly Reading[], now: number): readonly Reading[] {
  return readings.map((reading) => {
    if (reading.kind !== 'alert' || reading.interval === undefined) return reading;
    return now - reading.at <= INTERVALS * reading.interval ? { ...reading, at: now } : reading;
  });
}
