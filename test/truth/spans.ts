import { currentPlan } from '../../src/incident/phases.ts';
import { type Record, told } from './numbers.ts';

const UNITS: Readonly<{ [unit: string]: number }> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** Whether a span as it is written can be one of so many milliseconds, by its last digit. */
export function spansOf(written: string, milliseconds: number): boolean {
  const parts = [...written.matchAll(/(\d+(?:\.(\d+))?) (ms|s|min|h|days?)/g)];
  const value = parts.reduce(
    (sum, [, amount, , unit = 's']) => sum + Number(amount) * (UNITS[unit] ?? Number.NaN),
    0,
  );
  const [, , decimals = '', unit = 's'] = parts.at(-1) ?? [];
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
  return [
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
  ];
}

/** A countdown moves on in steps of a minute at most, and is never more than a moment behind. */
function leftOf({ incident, now }: Record): readonly number[] {
  const { phase } = incident;
  const deadline = phase.at === 'waiting' && currentPlan(incident) !== null ? phase.deadline : null;
  if (deadline === null) return [];
  return Array.from({ length: 125 }, (_, half) => deadline - now + 2000 - half * 500);
}
