import { accountFor, holdsIn, type KnownPlan, type Span } from './account.ts';
import type { ChaosRecord, Circumstances } from './record.ts';

/** A lock is let go in a commit that carries an earlier time, and the next claim read the clock before it; milliseconds. */
const COMMIT = 1_500;

/** Whether one fix may disturb another: some neighbourhood, a service and what it directly depends on, holds both. */
function areNeighbours(one: string, other: string, { services }: Circumstances): boolean {
  if (one === other) return true;
  return Object.entries(services).some(([name, { dependsOn }]) => {
    const neighbourhood = [name, ...dependsOn];
    return neighbourhood.includes(one) && neighbourhood.includes(other);
  });
}

interface Occupied extends Span {
  readonly known: KnownPlan;
  readonly what: string;
}

/** Fixes that ran, or that held what they work on, while another of the same neighbourhood or on the same target did. */
export function overlapping(record: ChaosRecord): readonly string[] {
  const ran = accountFor(record).flatMap(({ run, attempt }): Occupied[] =>
    attempt === null
      ? []
      : [{ known: attempt.known, what: attempt.id, from: run.began, to: run.ended ?? run.began }],
  );
  const held = holdsIn(record).map(
    ({ attempt, from, to }): Occupied => ({ known: attempt.known, what: attempt.id, from, to: to - COMMIT }),
  );
  return [
    ...clashes(ran, record.circumstances).map((words) => `${words} ran at the same time`),
    ...clashes(held, record.circumstances).map((words) => `${words} were under way at the same time`),
  ];
}

function clashes(spans: readonly Occupied[], circumstances: Circumstances): readonly string[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from);
  return sorted.flatMap((one, index) =>
    sorted
      .slice(index + 1)
      .filter((other) => other.from < one.to && disturb(one.known, other.known, circumstances))
      .filter((other) => other.known.incident.id !== one.known.incident.id)
      .map((other) => `${one.what} (${one.known.service}) and ${other.what} (${other.known.service})`),
  );
}

function disturb(one: KnownPlan, other: KnownPlan, circumstances: Circumstances): boolean {
  const shared = one.plan.targets.some((target) => other.plan.targets.includes(target));
  return shared || areNeighbours(one.service, other.service, circumstances);
}

/** Moments at which more commands ran than may run at once. */
export function overloaded({ runs, circumstances: { maxConcurrent } }: ChaosRecord): readonly string[] {
  return runs.flatMap((run) => {
    const others = runs.filter(({ began, ended }) => began <= run.began && (ended ?? began) >= run.began);
    return others.length > maxConcurrent
      ? [
          `${others.length} fixes ran at once when ${run.playbook} began on ${run.service}; ${maxConcurrent} may`,
        ]
      : [];
  });
}
