import type { ObjectId } from '../../evidence/facts/fact.ts';
import type { Facts } from './index-facts.ts';
import type { PreparedFault } from './library.ts';
import type { Scene } from './recognise.ts';

interface Seen {
  readonly prepared: PreparedFault;
  readonly object: ObjectId;
}

interface Root {
  readonly root: Seen;
  readonly consequences: readonly Seen[];
}

/** What needs something may need it by way of another. */
const HOPS = 2;

/**
 * Those that no other explains, each with all that it explains. One explains another where its file says so, directly or by way of others,
 * and the two objects have to do with each other: they are one, one is part of the other, both have a part in common, or the other needs it.
 */
export function rootsOf(seen: readonly Seen[], facts: Facts, needs: Scene['needs']): readonly Root[] {
  const reach = reaching(facts, needs);
  const explaining = (one: Seen) =>
    seen.filter(
      (other) =>
        other !== one &&
        one.prepared.explains.has(other.prepared.fault.name) &&
        reach(other.object).some((near) => near.has(one.object)),
    );
  const all = seen.map((root) => ({ root, consequences: explaining(root) }));
  const explained = new Set(all.flatMap(({ consequences }) => consequences));
  return all
    .filter(({ root }) => !explained.has(root))
    .toSorted((one, other) => other.consequences.length - one.consequences.length);
}

/** All that an object has to do with: what shares a part with it, and the same of what it needs. */
function reaching(
  facts: Facts,
  needs: Scene['needs'],
): (object: ObjectId) => readonly ReadonlySet<ObjectId>[] {
  const near = remembered(
    (object: ObjectId) => new Set([object, ...facts.within(object).flatMap(({ scope }) => scope)]),
  );
  return remembered((object: ObjectId) => [near(object), ...neededBy(near(object), needs).map(near)]);
}

function neededBy(objects: ReadonlySet<ObjectId>, needs: Scene['needs']): readonly ObjectId[] {
  const found = new Set<ObjectId>();
  let here: readonly ObjectId[] = [...objects];
  for (let hop = 0; hop < HOPS; hop += 1) {
    here = here.flatMap((one) => needs.get(one) ?? []).filter((one) => !found.has(one));
    for (const one of here) found.add(one);
  }
  return [...found];
}

function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
