import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/diagnosis/faults/fault.ts';
import { type Library, libraryOf } from '../../../../src/diagnosis/faults/library.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import { type Fact, kindOf } from '../../../../src/evidence/facts/fact.ts';
import { item, NOON } from '../../../kit/faults/facts.ts';
import { shipped } from '../../../kit/faults/shipped.ts';
import { CASES, SHOP } from './cases.ts';

const FOLDERS = ['datastore', 'application', 'container'].map((section) => `playbooks/faults/${section}`);
const NAMES = FOLDERS.flatMap((folder) => readdirSync(folder).map((file) => file.replace('.yml', '')));
const { library } = shipped();
const all = [...library.faults.values()].map(({ fault }) => fault);

/** What these faults make of facts, roots alone; each in an item of the instrument that stated it. */
function verdictOf(facts: readonly Fact[], using: Library = library): readonly string[] {
  const witness = ({ name, of }: Fact) =>
    name.startsWith('log.') ? SHOP : `${kindOf(of)}/${name.split('.')[0]}`;
  const items = [...Map.groupBy(facts, witness)].map(([by, stated], index) =>
    item(`E${index + 1}`, stated, { witness: by }),
  );
  const roots = recognise(using, items, { symptom: NOON, needs: new Map(), about: [SHOP] });
  return roots
    .filter(({ fault }) => NAMES.includes(fault.name))
    .map(({ fault, object }) => `${fault.name} in ${object}`);
}

/** The facts where one sign is as it is where all is well. */
const without = (ill: readonly Fact[], well: readonly Fact[], place: number) =>
  ill.map((fact, index) => (index === place ? (well[index] ?? fact) : fact));

const isFault = (name: string) => (line: string) => line.startsWith(`${name} in `);

it('every fault of data stores, programs and containers has a clear case, a confusable and a healthy one', () => {
  expect(Object.keys(CASES).toSorted()).toEqual(NAMES.toSorted());
  for (const [name, { ill, well }] of Object.entries(CASES)) {
    const signs = library.faults.get(name)?.fault.signs.length;
    expect([name, ill.length, well.length]).toEqual([name, signs, signs]);
  }
});

describe.each(Object.entries(CASES))('%s', (name, { ill, well, object = SHOP, confusable }) => {
  it('is recognised where it is, and nothing beside it', () =>
    expect(verdictOf(ill)).toEqual([`${name} in ${object}`]));

  it('is not seen where all is well, or any of its signs is missing', () => {
    expect(verdictOf(well)).toEqual([]);
    for (const place of ill.keys())
      expect(verdictOf(without(ill, well, place)).filter(isFault(name))).toEqual([]);
  });

  it('was so all the time: then it is nothing', () =>
    expect(verdictOf(ill.map((fact) => ({ ...fact, usual: true })))).toEqual([]));

  it('is not taken for what it looks like', () => {
    for (const { facts, is } of confusable) {
      const found = verdictOf(facts).map((line) => line.split(' in ')[0]);
      expect(found).toEqual(is === null ? [] : [is]);
    }
  });
});

describe('each sign and each exclusion is needed', () => {
  /** Whether some case turns out otherwise with one fault changed. */
  function matters(changed: Fault): boolean {
    const using = libraryOf(all.map((fault) => (fault.name === changed.name ? changed : fault)));
    return Object.values(CASES).some(({ ill, well, confusable }) => {
      const cases = [
        ill,
        ...ill.map((_fact, place) => without(ill, well, place)),
        ...confusable.map(({ facts }) => facts),
      ];
      return cases.some((facts) => verdictOf(facts, using).join() !== verdictOf(facts).join());
    });
  }

  it.each(NAMES)('of %s', (name) => {
    const fault = library.faults.get(name)?.fault;
    if (fault === undefined) throw new Error(`${name} is not in the library`);
    for (const list of ['signs', 'unless'] as const)
      for (const place of fault[list].keys())
        expect([list, place, matters({ ...fault, [list]: fault[list].toSpliced(place, 1) })]).toEqual([
          list,
          place,
          true,
        ]);
  });
});
