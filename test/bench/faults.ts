import { performance } from 'node:perf_hooks';
import { Fault, type Predicate } from '../../src/diagnosis/faults/fault.ts';
import { type Library, libraryOf } from '../../src/diagnosis/faults/library.ts';
import { recognise } from '../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import type { Fact, FactValue, ObjectId } from '../../src/evidence/facts/fact.ts';
import { type FactName, VOCABULARY } from '../../src/evidence/facts/vocabulary.ts';
import type { Word } from '../../src/evidence/facts/word.ts';
import { fact, item, NOON } from '../kit/faults/facts.ts';
import { shipped } from '../kit/faults/shipped.ts';
import type { Section } from './table.ts';

/** So many faults there are at least; where fewer are shipped, others stand in for the rest. */
const FAULTS = 80;
const SIZES = [200, 2_000, 20_000] as const;
const ITEM = 50;
const ROUNDS = 40;

/** What the whole library costs beyond collection: every fact is of a word that some fault asks for, and one in four is as ill as can be. */
export async function faults(): Promise<readonly Section[]> {
  const library = wholeLibrary();
  const cost = SIZES.map((size) => {
    const evidence = evidenceOf(library, size);
    return leastOf(() => recognise(library, evidence, { symptom: NOON, needs: new Map() }));
  });
  const [, middle = 0, most = 0] = cost;
  return [
    {
      title: `The library of faults: all ${library.faults.size} of them asked`,
      rows: [
        ...SIZES.map((size, index) => ({
          name: `over ${size.toLocaleString('en')} facts`,
          value: cost[index] ?? null,
          unit: 'ms',
          ...(size === 2_000 ? { aim: { at: 'most', value: 50 } as const } : {}),
        })),
        {
          name: 'ten times as many facts, against 2,000',
          value: most / middle,
          unit: 'times',
          aim: { at: 'most', value: 20 },
        },
      ],
    },
  ];
}

function wholeLibrary(): Library {
  const known = [...shipped().library.faults.values()].map((one) => one.fault);
  const missing = Math.max(0, FAULTS - known.length);
  return libraryOf([...known, ...Array.from({ length: missing }, (_, index) => standIn(index))]);
}

function standIn(index: number): Fault {
  const names = Object.keys(VOCABULARY) as FactName[];
  const about = (step: number) => {
    const name = names[(index * 7 + step * 13) % names.length] as FactName;
    return { fact: name, is: ill({ fact: name, objects: 1 }) };
  };
  return Fault.parse({
    ...{ name: `stand_in_${index}`, title: 't', summary: 's', cause: 'c', prevention: 'p' },
    object: ['pod', 'deployment', 'host', 'service', 'node'],
    signs: [0, 1].map((step) => ({ claim: '{object} says {value}.', any: [about(step)] })),
  });
}

/** A value on which a predicate holds, as far as that is plain. */
function ill({ fact: name, is, above, at_least, below }: Predicate): FactValue {
  const value = [is].flat()[0];
  if (value !== undefined) return value;
  const { type }: Word = VOCABULARY[name];
  if (type === 'flag') return true;
  if (type === 'text') return 'broken';
  if (typeof below === 'number') return below - 1;
  const bound = above ?? at_least;
  return (typeof bound === 'number' ? bound : 1_000) + 1;
}

function evidenceOf(library: Library, size: number): readonly Evidence[] {
  const asked = [...library.faults.values()].flatMap((one) => one.fault.signs.flatMap(({ any }) => any));
  const facts = Array.from({ length: size }, (_, index) => stated(asked[index % asked.length], index));
  return Array.from({ length: Math.ceil(size / ITEM) }, (_, index) =>
    item(`E${index + 1}`, facts.slice(index * ITEM, (index + 1) * ITEM), {
      witness: `instrument/${index % 20}`,
    }),
  );
}

function stated(predicate: Predicate | undefined, index: number): Fact {
  if (predicate === undefined) throw new Error('the library asks for nothing');
  const { about, type }: Word = VOCABULARY[predicate.fact];
  const number = Math.floor(index / 40);
  const of: ObjectId = `${about}/shop/${about}-${number}`;
  const within: readonly ObjectId[] = [
    `deployment/shop/d-${number % 97}`,
    `node/n-${number % 31}`,
    `host/h-${number % 31}`,
    `service/s-${number % 13}`,
  ];
  const healthy = type === 'text' ? `fine ${index}` : type === 'flag' ? false : 0;
  return fact(predicate.fact, of, index % 4 === 0 ? ill(predicate) : healthy, { within });
}

/** The least of many rounds, milliseconds, so that another process's work does not count. */
function leastOf(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}
