import { describe, expect, it } from 'vitest';
import type { Fault, Predicate } from '../../../src/diagnosis/faults/fault.ts';
import { libraryOf } from '../../../src/diagnosis/faults/library.ts';
import { recognise } from '../../../src/diagnosis/faults/recognise.ts';
import type { FactValue, ObjectId } from '../../../src/evidence/facts/fact.ts';
import { mustRead } from '../../../src/lib/linear.ts';
import { fact, item } from '../../kit/faults/facts.ts';
import { shipped } from '../../kit/faults/shipped.ts';
import { type Written, writtenCases } from './cases.ts';

/** Parts that may go without any case that turns out otherwise, each with why. It only shrinks. */
const EXCEPTIONS: Readonly<Record<string, string>> = {};
/** So many parts are missed by a case that somebody wrote, beside those that are made of the clear one. It only grows. */
const MISSED_BY_WRITTEN = 270;

interface Part {
  readonly title: string;
  readonly fault: Fault;
  readonly without: Fault;
  readonly list: 'signs' | 'unless' | 'against';
  readonly any: readonly Predicate[];
}

const CASES = writtenCases();
const PARTS = [...shipped().library.faults.values()].flatMap(({ fault }) =>
  (['signs', 'unless', 'against'] as const).flatMap((list) =>
    fault[list].map(
      ({ any }, place): Part => ({
        title: `${fault.name}: ${list} ${place + 1}`,
        fault,
        without: { ...fault, [list]: fault[list].toSpliced(place, 1) },
        list,
        any,
      }),
    ),
  ),
);

describe('no sign, and nothing that excludes a fault or speaks against it, can be left out of the library', () => {
  const missed = PARTS.map((part) => ({ part, by: missedBy(part) }));

  it('without a case that turns out otherwise', () => {
    const unseen = missed.filter(({ by }) => by === null).map(({ part }) => part.title);
    expect(unseen).toEqual(Object.keys(EXCEPTIONS));
  });

  it('and most of them are missed by a case that was not made of the part itself', () => {
    const written = missed.filter(({ by }) => by === 'written').length;
    expect(written).toBeGreaterThanOrEqual(MISSED_BY_WRITTEN);
  });
});

/** Whether a case that somebody wrote turns out otherwise without this part, or one made of the clear case of its fault. */
function missedBy(part: Part): 'written' | 'made' | null {
  const { fault, without } = part;
  if (without.signs.length === 0)
    return CASES.some(({ clear }) => clear?.fault === fault.name) ? 'written' : null;
  const [whole, mutant] = [libraryOf([fault]), libraryOf([without])];
  const differs = (one: Written) => answerOf(one, whole) !== answerOf(one, mutant);
  if (CASES.filter((one) => concerns(one, without)).some(differs)) return 'written';
  const clear = CASES.filter((one) => one.clear?.fault === fault.name);
  return clear.flatMap((one) => madeOf(one, part)).some(differs) ? 'made' : null;
}

/** Where one of its signs has no fact at all, it is nowhere. */
function concerns({ evidence }: Written, { signs }: Fault): boolean {
  const names = namesIn(evidence);
  return signs.every(({ any }) => any.some((one) => names.has(one.fact)));
}

const known = new Map<Written['evidence'], ReadonlySet<string>>();
function namesIn(evidence: Written['evidence']): ReadonlySet<string> {
  const names =
    known.get(evidence) ?? new Set(evidence.flatMap(({ facts = [] }) => facts.map(({ name }) => name)));
  known.set(evidence, names);
  return names;
}

/** Where the fault is told, and how much speaks against it. */
function answerOf({ evidence, symptom }: Written, library: ReturnType<typeof libraryOf>): string {
  const told = recognise(library, evidence, { symptom, alerted: symptom, needs: new Map() });
  return JSON.stringify(told.map(({ object, against }) => [object, against.length]));
}

/** The clear case without what a sign rests on, or with what excludes the fault or speaks against it. */
function madeOf({ evidence, symptom, clear }: Written, { list, any }: Part): readonly Written[] {
  if (list !== 'signs') {
    const object = (clear?.object ?? '') as ObjectId;
    return any.flatMap((one) => {
      const value = fitting(one);
      if (value === null) return [];
      const more = item('E999', [fact(one.fact, object, value, { at: symptom })], { witness: 'made' });
      return [{ evidence: [...evidence, more], symptom, clear: null }];
    });
  }
  const names = new Set<string>(any.map((one) => one.fact));
  const fewer = evidence.map((one) => ({
    ...one,
    facts: (one.facts ?? []).filter(({ name }) => !names.has(name)),
  }));
  return [{ evidence: fewer, symptom, clear: null }];
}

/** A value on which a predicate holds; null where it is measured against another fact. */
function fitting({ is, not, matches, at_least, at_most, above, below, newer }: Predicate): FactValue | null {
  const [value] = [is].flat();
  if (value !== undefined) return value;
  const [least, most] = [at_least ?? above, at_most ?? below];
  if (typeof least === 'number') return least + 1;
  if (typeof most === 'number') return most - 1;
  if (not !== undefined) return 'something else';
  if (matches !== undefined) return mustRead(matches).test('something') ? 'something' : null;
  return newer === undefined ? null : 1;
}
