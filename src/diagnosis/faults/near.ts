import type { ObjectId } from '../../evidence/facts/fact.ts';
import type { Facts } from './index-facts.ts';
import type { Scene } from './recognise.ts';

/** An object with all that shares a part with it: what it is part of, what is part of it, and where that is as well. */
export type Near = (object: ObjectId) => ReadonlySet<ObjectId>;

/** What needs something may need it by way of another. */
const HOPS = 2;

export function nearness(facts: Facts): Near {
  return remembered((object) => {
    const near = new Set([object]);
    for (const { scope } of facts.within(object)) for (const one of scope) near.add(one);
    return near;
  });
}

/** All that any of these needs, directly or by way of another. */
export function neededBy(objects: Iterable<ObjectId>, needs: Scene['needs']): readonly ObjectId[] {
  const found = new Set<ObjectId>();
  let here: readonly ObjectId[] = [...objects];
  for (let hop = 0; hop < HOPS; hop += 1) {
    here = here.flatMap((one) => needs.get(one) ?? []).filter((one) => !found.has(one));
    for (const one of here) found.add(one);
  }
  return [...found];
}

/** Tells what belongs to something that the incident's own objects need, and has nothing to do with these. */
export function elsewhere({ about, needs }: Scene, near: Near): (object: ObjectId) => boolean {
  if (about === undefined) return () => false;
  const own = new Set(about.flatMap((one) => [...near(one)]));
  const others = new Set(neededBy(about, needs).flatMap((one) => [...near(one)]));
  return (object) => others.has(object) && !own.has(object);
}

/** Workloads and what belongs to one of them: next to each other in a namespace, they have nothing to do with each other. */
const OF_A_WORKLOAD = /^(?:deployment|statefulset|daemonset|replicaset|job|cronjob|workload|pod|container)\//;

/**
 * Tells a workload that is neither the incident's own nor needed by it, where its own is known and was read. Its trouble may be old, and
 * explains nothing here.
 */
export function strange(
  { about = [], needs }: Scene,
  near: Near,
  facts: Facts,
): (object: ObjectId) => boolean {
  const own = about.filter((one) => OF_A_WORKLOAD.test(one) && facts.within(one).length > 0);
  if (own.length === 0) return () => false;
  const known = new Set([...about, ...neededBy(about, needs)].flatMap((one) => [...near(one)]));
  return (object) => OF_A_WORKLOAD.test(object) && !known.has(object);
}

export function remembered<Value>(make: (object: ObjectId) => Value): (object: ObjectId) => Value {
  const known = new Map<ObjectId, Value>();
  return (object) => {
    const before = known.get(object);
    if (before !== undefined) return before;
    const made = make(object);
    known.set(object, made);
    return made;
  };
}
