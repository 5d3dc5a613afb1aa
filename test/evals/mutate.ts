import type { Knowledge } from '../../src/app/replay/walk.ts';
import type { Fault } from '../../src/diagnosis/faults/fault.ts';
import type { Suite } from './read/suite.ts';
import type { Ready } from './run/case.ts';
import { faultsOf, withFaults } from './run/library.ts';
import { score } from './run/suite.ts';

/** One thing taken out of the library. */
export interface Mutation {
  readonly fault: string;
  /** What was removed, in words. */
  readonly removed: string;
  readonly mutated: Fault;
}

export interface Missed {
  readonly mutation: Mutation;
  /** The first case that the mutation turns from right to something else; null where none notices. */
  readonly by: string | null;
}

/** Every sign and every `unless` of a fault, each taken out alone. What has one sign alone is never seen without it. */
function mutationsOf(fault: Fault): readonly Mutation[] {
  const { name, signs, unless } = fault;
  return [
    ...(signs.length < 2 ? [] : signs).map((sign, index) => ({
      fault: name,
      removed: `sign ${index + 1}: ${sign.claim}`,
      mutated: { ...fault, signs: signs.filter((other) => other !== sign) },
    })),
    ...unless.map((one, index) => ({
      fault: name,
      removed: `unless ${index + 1}: ${one.because}`,
      mutated: { ...fault, unless: unless.filter((other) => other !== one) },
    })),
  ];
}

/**
 * Takes each sign and each `unless` out of the library in turn, and says which case notices: one that was right and no longer is. Nothing is
 * collected anew, and only cases that have a word of the fault are asked.
 */
export function mutate(
  ready: readonly Ready[],
  suite: Pick<Suite, 'labels'>,
  knowledge: Knowledge,
  only: (fault: Fault) => boolean = () => true,
): readonly Missed[] {
  const right = ready.filter((one) => score(one, suite, knowledge).row.verdict === 'right');
  const words = new Map(right.map((one) => [one, wordsIn(one)]));
  const faults = faultsOf(knowledge);
  return faults.filter(only).flatMap((fault) => {
    const asked = asksFor(fault);
    const concerned = right.filter((one) => asked.some((name) => words.get(one)?.has(name)));
    return mutationsOf(fault).map((mutation) => {
      const changed = withFaults(
        knowledge,
        faults.map((one) => (one === fault ? mutation.mutated : one)),
      );
      const noticed = concerned.find((one) => score(one, suite, changed).row.verdict !== 'right');
      return { mutation, by: noticed?.scenario.name ?? null };
    });
  });
}

function wordsIn({ collected }: Ready): ReadonlySet<string> {
  return new Set(
    collected.flatMap(({ evidence }) => evidence.flatMap(({ facts = [] }) => facts.map(({ name }) => name))),
  );
}

function asksFor({ signs }: Fault): readonly string[] {
  return signs.flatMap(({ any }) => any.map(({ fact }) => fact));
}

/** What no case misses, fault by fault, and how many are covered. */
export function missedText(missed: readonly Missed[]): string {
  const unseen = missed.filter(({ by }) => by === null);
  const faults = Map.groupBy(unseen, ({ mutation }) => mutation.fault);
  const lines = [...faults].flatMap(([fault, list]) => [
    `  ${fault}`,
    ...list.map(({ mutation }) => `    ${mutation.removed}`),
  ]);
  const sum = `Of ${missed.length} signs and exclusions, ${missed.length - unseen.length} are missed by a case when they are taken out.`;
  return [sum, ...(lines.length > 0 ? ['No case notices when these are gone:', ...lines] : [])].join('\n');
}
