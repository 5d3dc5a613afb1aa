import type { ObjectId } from '../../evidence/facts/fact.ts';
import type { PreparedFault } from './library.ts';
import { type Near, neededBy, remembered } from './near.ts';
import type { Scene } from './recognise.ts';

interface Seen {
  readonly prepared: PreparedFault;
  readonly object: ObjectId;
}

interface Root<One extends Seen> {
  readonly root: One;
  readonly consequences: readonly One[];
  /** The other roots whose objects have nothing to do with its own: both may well be there, and neither makes the other less likely. */
  readonly apart: readonly One[];
}

/**
 * Those that no other explains, each with all that it explains. One explains another where its file says so and the two objects have to do
 * with each other: they are one, one is part of the other, both have a part in common, or the other needs it. By way of a third it explains
 * only where that one is seen as well: a chain with a link that nobody saw holds nothing.
 */
export function rootsOf<One extends Seen>(
  seen: readonly One[],
  near: Near,
  needs: Scene['needs'],
  mayExplain: (one: One, other: One) => boolean,
): readonly Root<One>[] {
  const reach = remembered((object) => [near(object), ...neededBy(near(object), needs).map(near)]);
  const byName = Map.groupBy(seen, ({ prepared }) => prepared.fault.name);
  const leadsTo = (one: ObjectId, other: ObjectId) => reach(other).some((objects) => objects.has(one));
  const directly = new Map(
    seen.map((one) => [
      one,
      one.prepared.fault.explains
        .flatMap((name) => byName.get(name) ?? [])
        .filter((other) => mayExplain(one, other) && leadsTo(one.object, other.object)),
    ]),
  );
  const brings = new Map(seen.map((one) => [one, reachedFrom(one, directly)]));
  const explained = new Set([...brings.values()].flat());
  const most = (one: One) => brings.get(one)?.length ?? 0;
  const deepestFirst = (list: readonly One[]) => list.toSorted((one, other) => most(other) - most(one));
  const roots = deepestFirst(seen.filter((one) => !explained.has(one)));
  return roots.map((root) => ({
    root,
    consequences: deepestFirst(brings.get(root) ?? []),
    apart: roots.filter(
      ({ object }) =>
        object !== root.object && !leadsTo(object, root.object) && !leadsTo(root.object, object),
    ),
  }));
}

/** All that one brings about, directly or by way of others that are seen. */
function reachedFrom<One>(one: One, directly: ReadonlyMap<One, readonly One[]>): readonly One[] {
  const found = new Set<One>();
  const open = [...(directly.get(one) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === one || found.has(next)) continue;
    found.add(next);
    open.push(...(directly.get(next) ?? []));
  }
  return [...found];
}
