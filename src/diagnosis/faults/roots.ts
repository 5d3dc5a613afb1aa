import type { ObjectId } from '../../evidence/facts/fact.ts';
import type { PreparedFault } from './library.ts';
import { type Near, neededBy, remembered } from './near.ts';
import type { Scene } from './recognise.ts';

interface Seen {
  readonly prepared: PreparedFault;
  readonly object: ObjectId;
}

interface Root {
  readonly root: Seen;
  readonly consequences: readonly Seen[];
}

/**
 * Those that no other explains, each with all that it explains. One explains another where its file says so, directly or by way of others,
 * and the two objects have to do with each other: they are one, one is part of the other, both have a part in common, or the other needs it.
 */
export function rootsOf(seen: readonly Seen[], near: Near, needs: Scene['needs']): readonly Root[] {
  const reach = remembered((object) => [near(object), ...neededBy(near(object), needs).map(near)]);
  const byName = Map.groupBy(seen, ({ prepared }) => prepared.fault.name);
  const explaining = ({ prepared, object }: Seen) =>
    [...prepared.explains]
      .flatMap((name) => byName.get(name) ?? [])
      .filter((other) => reach(other.object).some((objects) => objects.has(object)));
  const brings = new Map(seen.map((one) => [one, explaining(one)]));
  const explained = new Set([...brings.values()].flat());
  const most = (one: Seen) => brings.get(one)?.length ?? 0;
  const deepestFirst = (list: readonly Seen[]) => list.toSorted((one, other) => most(other) - most(one));
  return deepestFirst(seen.filter((one) => !explained.has(one))).map((root) => ({
    root,
    consequences: deepestFirst(brings.get(root) ?? []),
  }));
}
