import { describe, expect, it } from 'vitest';
import type { Fault, Predicate } from '../../../../src/diagnosis/faults/fault.ts';
import { type Library, libraryOf } from '../../../../src/diagnosis/faults/library.ts';
import { readLibrary } from '../../../../src/diagnosis/faults/load.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import type { Fact, FactValue, ObjectId } from '../../../../src/evidence/facts/fact.ts';
import { CASES } from './cases/all.ts';
import { evidenceOf, rootsIn } from './named.ts';
import { Shop } from './shop.ts';

const { library } = readLibrary('playbooks/faults/kubernetes');
const FAULTS = [...library.faults.values()].map(({ fault }) => fault);

/** What was collected in a case, and what is to be named in it. */
interface Told {
  readonly evidence: readonly Evidence[];
  readonly named: readonly string[];
}

const TOLD: readonly Told[] = CASES.map(({ broken, fault, at }) => {
  const shop = new Shop();
  broken(shop);
  return { evidence: evidenceOf(shop), named: fault === null ? [] : [`${fault} in ${at}`] };
});

/** Every sign and every exclusion, one at a time. */
const PARTS = FAULTS.flatMap((fault) => [
  ...fault.signs.map((sign, place) => ({
    title: `${fault.name}: the sign "${sign.claim}"`,
    fault,
    without: { ...fault, signs: fault.signs.filter((_one, index) => index !== place) },
    any: sign.any,
    excludes: false,
  })),
  ...fault.unless.map((one, place) => ({
    title: `${fault.name}: unless ${one.because}`,
    fault,
    without: { ...fault, unless: fault.unless.filter((_one, index) => index !== place) },
    any: one.any,
    excludes: true,
  })),
]);

describe('every part of a fault of Kubernetes is needed', () => {
  it.each(PARTS)('$title', ({ fault, without, any, excludes }) => {
    const made = clearOf(fault).map((told) => changed(told, any, excludes));
    const wrong = (one: Told, by: Library) =>
      JSON.stringify(of(fault, one.named)) !== JSON.stringify(of(fault, rootsIn(one.evidence, by)));
    const mutant = mutated(without);
    expect(made.filter((one) => wrong(one, library))).toEqual([]);
    expect([...made, ...TOLD].some((one) => wrong(one, mutant))).toBe(true);
  });
});

/** Of the roots, those of one fault. */
function of(fault: Fault, roots: readonly string[]): readonly string[] {
  return roots.filter((root) => root.startsWith(`${fault.name} in `));
}

function clearOf(fault: Fault): readonly Told[] {
  return TOLD.filter(({ named }) => of(fault, named).length > 0).slice(0, 1);
}

function mutated(without: Fault): Library {
  return libraryOf(FAULTS.map((fault) => (fault.name === without.name ? without : fault)));
}

/** A clear case that lacks one sign, or has what excludes the fault: it is not named any more. */
function changed({ evidence, named }: Told, any: readonly Predicate[], excludes: boolean): Told {
  const [root = ''] = named;
  const object = root.slice(root.indexOf(' in ') + 4) as ObjectId;
  const [first] = any;
  if (excludes && first !== undefined)
    return { evidence: [...evidence, saying(object, first, fitting(first))], named: [] };
  const names = new Set(any.map(({ fact }) => fact));
  return {
    evidence: evidence.map((item) => ({
      ...item,
      facts: (item.facts ?? []).filter(({ name }) => !names.has(name)),
    })),
    named: [],
  };
}

function saying(object: ObjectId, { fact: name }: Predicate, value: FactValue): Evidence {
  const quote = `${name} is ${String(value)}`;
  const fact: Fact = { name, of: object, within: [], value, at: 0, quote };
  return { id: 'E999', status: 'ok', witness: 'test', text: quote, facts: [fact] } as unknown as Evidence;
}

/** A value on which a predicate holds. */
function fitting({ is, not, at_least, at_most, above, below }: Predicate): FactValue {
  const [value] = [is].flat();
  if (value !== undefined) return value;
  if (not !== undefined) return 'something else';
  const [least, most] = [at_least ?? above, at_most ?? below].map((one) =>
    typeof one === 'number' ? one : null,
  );
  if (typeof least === 'number') return least + 1;
  if (typeof most === 'number') return most - 1;
  throw new Error('no exclusion of the library is compared so yet');
}
