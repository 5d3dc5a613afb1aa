import { figuresOf } from '../../src/adapters/charts/figures.ts';
import type { Chart } from '../../src/evidence/chart.ts';
import { currentPlan } from '../../src/incident/model/phases.ts';
import { type Record, told } from './numbers.ts';

const UNITS: Readonly<{ [unit: string]: number }> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
};

const partsOf = (written: string) => [...written.matchAll(/(\d+(?:\.(\d+))?) (ms|s|min|h|days?)/g)];

/** How long a span is as it is written, milliseconds. */
export function lengthOf(written: string): number {
  return partsOf(written).reduce(
    (sum, [, amount, , unit = 's']) => sum + Number(amount) * (UNITS[unit] ?? Number.NaN),
    0,
  );
}

/** Whether a span as it is written can be one of so many milliseconds, by its last digit. */
export function spansOf(written: string, milliseconds: number): boolean {
  const value = lengthOf(written);
  const [, , decimals = '', unit = 's'] = partsOf(written).at(-1) ?? [];
  const least = (UNITS[unit] ?? Number.NaN) / 10 ** decimals.length;
  // Minutes and hours are never rounded up, and below ten seconds there is a decimal, which is left out where it is 0.
  const finer = unit === 's' && value < 10_000 ? 100 : least;
  return (
    milliseconds >= value - finer / 2 &&
    milliseconds <= value + (unit === 's' || unit === 'ms' ? finer / 2 : finer)
  );
}

interface Named {
  readonly says: RegExp;
  readonly allows: (record: Record) => readonly number[];
}

/** Spans whose words say what they are of: only that will do, and not what lies between any other two times. */
export function lengthsNamed(span: string): readonly Named[] {
  const named = (before: string, after: string, allows: Named['allows']): Named => ({
    says: new RegExp(`${before}(${span.replaceAll('\\b', '')})${after}`),
    allows,
  });
  const since =
    (what: 'thread' | 'diagnosed' | 'started' | 'fixed' | 'closed'): Named['allows'] =>
    (record) =>
      told(record, 'closed').flatMap(({ milestones }) => {
        const at = milestones[what];
        return at === null ? [] : [at - milestones.opened];
      });
  const stable: Named['allows'] = (record) => told(record, 'planned').map(({ plan }) => plan.verify.stable);
  const attempts: Named['allows'] = ({ incident }) =>
    incident.attempts.flatMap(({ startedAt, endedAt }) => (endedAt === null ? [] : [endedAt - startedAt]));
  const marks =
    (what: 'alert' | 'fix'): Named['allows'] =>
    (record) =>
      chartsOf(record).flatMap(({ lines, marks: all }) => {
        const from = all.filter((mark) => mark.what === what).map(({ at }) => at);
        return from.flatMap((at) =>
          lines.flatMap(({ points }) => points.map(([point]) => Math.abs(point - at))),
        );
      });
  return [
    named('\\(', ' before the call\\)', ({ incident: { found, call } }) =>
      (found?.looks ?? []).map(({ at }) => (call?.since ?? Number.NaN) - at),
    ),
    named('It is back ', ' after it ended', ({ incident, beside: { host } }) =>
      host === null || host.closed === null ? [] : [incident.milestones.opened - host.closed],
    ),
    named(', ', ' before the alert(?=$|\\n)', ({ incident: { found, alerts } }) => {
      const began = Math.min(...Object.values(alerts).map(({ alert }) => alert.startsAt));
      return found?.release === undefined ? [] : [began - found.release.at];
    }),
    named('worst [^;,]{1,30}, ', ' (?:before|after) the alert', marks('alert')),
    named('within ', ' of the fix', marks('fix')),
    named('threshold\\) for ', '', (record) => chartsOf(record).flatMap(timesOver)),
    named('thread after ', '', since('thread')),
    named('diagnosis after ', '', since('diagnosed')),
    named('fix started after ', '', since('started')),
    named('fix done after ', '', since('fixed')),
    named('(?:proof|end) after ', '', since('closed')),
    named('(?:[Rr]esolved|itself|[Aa]gain|[Aa]nswered)\\*? in ', '', since('closed')),
    named('was good for ', '', stable),
    named('stays so for ', '', stable),
    named('(?:Finished|Failed|Stopped|Ran out of time|unknown) after ', '', attempts),
    named('runs in ', '', leftOf),
    named('answered \\d{3} in ', '', answersIn),
  ];
}

/** How long health checks took to answer, as they were read. */
function answersIn({ events }: Record): readonly number[] {
  const read = events.flatMap((event) => [
    ...('evidence' in event ? event.evidence.map(({ text }) => text) : []),
    ...('readings' in event ? [JSON.stringify(event.readings)] : []),
  ]);
  return read.flatMap((text) =>
    [...text.matchAll(/answered \d{3} in (\d+) ms/g)].map(([, ms]) => Number(ms)),
  );
}

const chartsOf = (record: Record) => told(record, 'charted').map(({ chart }) => chart);

/** For how long at a time it was where the alert fires, and the sum of all these. */
function timesOver(chart: Chart): readonly number[] {
  const beyond = figuresOf(chart)?.beyond ?? [];
  return [beyond.reduce((sum, one) => sum + one, 0), ...beyond.slice(-1)];
}

/** A countdown moves on in steps of a minute at most, and is never more than a moment behind. */
function leftOf({ incident, now }: Record): readonly number[] {
  const { phase } = incident;
  const deadline = phase.at === 'waiting' && currentPlan(incident) !== null ? phase.deadline : null;
  if (deadline === null) return [];
  return Array.from({ length: 125 }, (_, half) => deadline - now + 2000 - half * 500);
}
