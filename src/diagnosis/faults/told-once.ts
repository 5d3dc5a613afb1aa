import { kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import type { Facts } from './index-facts.ts';

/** Objects that show a fault, and those among them in which nothing else shows it. */
interface Group {
  readonly object: ObjectId;
  readonly parts: readonly ObjectId[];
}

/**
 * Of objects that show the same fault, one within the other, those that tell it: the innermost, but where it is seen in several parts of
 * one, this one for all of them. Where only one part of it is known at all, the kind is told that the fault's file names first.
 */
export function toldOnce(
  kinds: readonly string[],
  objects: readonly ObjectId[],
  facts: Facts,
): readonly ObjectId[] {
  if (objects.length < 2) return objects;
  const inside = partsOf(kinds, objects, facts);
  const innermost = new Set(objects.filter((one) => (inside.get(one) ?? []).length === 0));
  let told: readonly Group[] = [...innermost].map((object) => ({ object, parts: [object] }));
  const wholes = objects
    .filter((one) => !innermost.has(one))
    .map((object) => ({ object, parts: (inside.get(object) ?? []).filter((one) => innermost.has(one)) }))
    .toSorted(
      (one, other) =>
        one.parts.length - other.parts.length || rank(kinds, one.object) - rank(kinds, other.object),
    );
  for (const whole of wholes) {
    const parts = new Set(whole.parts);
    const covered = told.filter((group) => group.parts.every((part) => parts.has(part)));
    const [only] = covered;
    const isTold =
      covered.length > 1 ||
      (only !== undefined &&
        only.parts.length === 1 &&
        rank(kinds, whole.object) < rank(kinds, only.object) &&
        isAlone(only.object, whole.object, facts));
    if (isTold) told = [...told.filter((group) => !covered.includes(group)), whole];
  }
  return told.map(({ object }) => object).toSorted();
}

function rank(kinds: readonly string[], object: ObjectId): number {
  return kinds.indexOf(kindOf(object));
}

/** Which of the objects lie within which, as their own facts say. Of two that lie within each other, the part is what the file names first. */
function partsOf(
  kinds: readonly string[],
  objects: readonly ObjectId[],
  facts: Facts,
): ReadonlyMap<ObjectId, readonly ObjectId[]> {
  const shown = new Set(objects);
  const wholes = new Map(
    objects.map((object) => [
      object,
      new Set(
        facts
          .of(object)
          .flatMap(({ scope }) => scope)
          .filter((whole) => whole !== object && shown.has(whole)),
      ),
    ]),
  );
  const parts = new Map<ObjectId, ObjectId[]>(objects.map((object) => [object, []]));
  for (const [object, all] of wholes)
    for (const whole of all)
      if (wholes.get(whole)?.has(object) !== true || rank(kinds, object) < rank(kinds, whole))
        parts.get(whole)?.push(object);
  return parts;
}

/** Whether an object is the only one of its kind that is known within another. */
function isAlone(part: ObjectId, whole: ObjectId, facts: Facts): boolean {
  const kind = kindOf(part);
  return facts.within(whole).every(({ fact }) => fact.of === part || kindOf(fact.of) !== kind);
}
