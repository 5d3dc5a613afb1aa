import type { Evidence } from '../../../src/evidence/evidence.ts';
import { type Fact, kindOf } from '../../../src/evidence/facts/fact.ts';
import { item, NOON } from '../../kit/faults/facts.ts';
import { SHOP, CASES as STORES } from './datastores/cases.ts';
import { CASES as HOSTS, WELL } from './hosts/cases.ts';
import { evidenceOf as onHost } from './hosts/world.ts';
import { CASES as CLUSTER } from './kubernetes/cases/all.ts';
import { evidenceOf as inCluster } from './kubernetes/named.ts';
import { NOW, Shop } from './kubernetes/shop.ts';

/** What was found in a case that somebody wrote, and whether it is the clear one of a fault. */
export interface Written {
  readonly evidence: readonly Evidence[];
  readonly symptom: number;
  /** The fault of which it is the clear case, and where that lies; null for any other case. */
  readonly clear: { readonly fault: string; readonly object: string } | null;
}

/** Every case of every fault, as evidence. */
export function writtenCases(): readonly Written[] {
  return [...cluster(), ...hosts(), ...stores()];
}

function cluster(): readonly Written[] {
  return CLUSTER.map(({ broken, fault, at, name }) => {
    const shop = new Shop();
    broken(shop);
    const isClear = fault !== null && name === `${fault}, clearly`;
    return {
      evidence: inCluster(shop),
      symptom: NOW,
      clear: isClear ? { fault, object: at ?? '' } : null,
    };
  });
}

function hosts(): readonly Written[] {
  const of = (values: Parameters<typeof onHost>[0], clear: Written['clear'] = null): Written => ({
    evidence: onHost(values),
    symptom: NOON,
    clear,
  });
  return [
    ...HOSTS.flatMap(({ fault, object, clear, confusable }) => [
      of(clear, { fault, object }),
      ...confusable.map(([, more]) => of({ ...clear, ...more })),
    ]),
    ...WELL.map(([, values]) => of(values)),
  ];
}

function stores(): readonly Written[] {
  const of = (facts: readonly Fact[], clear: Written['clear'] = null): Written => ({
    evidence: itemsOf(facts),
    symptom: NOON,
    clear,
  });
  return Object.entries(STORES).flatMap(([fault, { ill, well, object = SHOP, confusable }]) => [
    of(ill, { fault, object }),
    of(well),
    ...ill.map((_fact, place) =>
      of(ill.map((fact, index) => (index === place ? (well[place] ?? fact) : fact))),
    ),
    ...confusable.map(({ facts }) => of(facts)),
  ]);
}

/** Each fact in an item of the instrument that stated it. */
function itemsOf(facts: readonly Fact[]): readonly Evidence[] {
  const witness = ({ name, of }: Fact) =>
    name.startsWith('log.') ? SHOP : `${kindOf(of)}/${name.split('.')[0]}`;
  return [...Map.groupBy(facts, witness)].map(([by, stated], index) =>
    item(`E${index + 1}`, stated, { witness: by }),
  );
}
