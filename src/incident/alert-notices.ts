import { together } from '../verification/judge.ts';
import type { Reading } from '../verification/reading.ts';
import { withCrowd } from './crowd.ts';
import { type Incident, isQuiet } from './incident.ts';

/** How old the state of an alert may be and still be the present one, in intervals of its rule's evaluation. */
const INTERVALS = 2;

/**
 * What the sources say, with what was heard: alerts that an incident only counts fire as they were heard to, and where no source can tell
 * whether the others do, their senders' word that all have resolved counts beside a good look. Without one it does not: a sender also says
 * so when its own monitoring dies.
 */
export function withNotices(
  incident: Incident,
  readings: readonly Reading[],
  now: number,
): readonly Reading[] {
  const heard = withCrowd(incident, readings);
  if (!isQuiet(incident) || !heard.some(isGoodLook)) return heard;
  return heard.map((reading) =>
    reading.kind === 'missing' && 'alert' in reading.check
      ? { check: reading.check, kind: 'alert', firing: false, at: now, byNotice: true }
      : reading,
  );
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
