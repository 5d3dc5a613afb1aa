import { createHash } from 'node:crypto';
import type { FactName } from '../../evidence/facts/vocabulary.ts';
import type { Fault, Predicate, Sign } from './fault.ts';
import { type Ask, prepare } from './holds.ts';

/** Something to be seen, ready to be asked of facts. */
export interface PreparedSign {
  readonly words: string;
  readonly any: readonly Ask[];
}

export interface PreparedFault {
  readonly fault: Fault;
  readonly kinds: readonly string[];
  readonly signs: readonly PreparedSign[];
  readonly unless: readonly PreparedSign[];
  readonly against: readonly PreparedSign[];
}

/** The faults that are known. */
export interface Library {
  readonly faults: ReadonlyMap<string, PreparedFault>;
  /** By the facts that one of their signs asks for first: where no such fact is, the fault is not even tried. */
  readonly byFact: ReadonlyMap<FactName, readonly PreparedFault[]>;
  /** SHA-256 over all of them, whatever file they stand in. */
  readonly digest: string;
}

/** Makes a library of faults that are in order: see `load.ts`. */
export function libraryOf(faults: readonly Fault[]): Library {
  const sorted = faults.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const ask = sharing();
  const prepared = new Map(sorted.map((fault) => [fault.name, preparedOf(fault, ask)]));
  const byFact = new Map<FactName, PreparedFault[]>();
  for (const one of prepared.values())
    for (const name of new Set(rarest(one.fault).any.map(({ fact }) => fact))) {
      const there = byFact.get(name);
      if (there === undefined) byFact.set(name, [one]);
      else there.push(one);
    }
  return {
    faults: prepared,
    byFact,
    digest: createHash('sha256').update(JSON.stringify(sorted)).digest('hex'),
  };
}

export const NO_FAULTS: Library = libraryOf([]);

/** The sign that the fewest facts can bear out. */
function rarest({ signs }: Fault): Sign {
  return signs.reduce((least, sign) => (sign.any.length < least.any.length ? sign : least));
}

/** Many faults ask the same: it is asked once. */
function sharing(): (predicate: Predicate) => Ask {
  const known = new Map<string, Ask>();
  return (predicate) => {
    const key = JSON.stringify(predicate);
    const ask = known.get(key) ?? prepare(predicate);
    known.set(key, ask);
    return ask;
  };
}

function preparedOf(fault: Fault, ask: (predicate: Predicate) => Ask): PreparedFault {
  return {
    fault,
    kinds: typeof fault.object === 'string' ? [fault.object] : fault.object,
    signs: fault.signs.map(({ claim, any }) => ({ words: claim, any: any.map(ask) })),
    unless: fault.unless.map(({ because, any }) => ({ words: because, any: any.map(ask) })),
    against: fault.against.map(({ claim, any }) => ({ words: claim, any: any.map(ask) })),
  };
}
