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
  const explaining = ({ prepared, object }: Seen) =>
    seen.filter(
      (other) =>
        prepared.explains.has(other.prepared.fault.name) &&
        reach(other.object).some((objects) => objects.has(object)),
    );
  const all = seen.map((root) => ({ root, consequences: explaining(root) }));
  const explained = new Set(all.flatMap(({ consequences }) => consequences));
  return all
    .filter(({ root }) => !explained.has(root))
    .toSorted((one, other) => other.consequences.length - one.consequences.length);
}
