import type { Evidence } from '../../evidence/evidence.ts';
import { kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import type { Citation, Claim } from '../diagnosis.ts';
import type { Fault } from './fault.ts';
import type { Around } from './holds.ts';
import { byCitation, indexFacts, type Known } from './index-facts.ts';
import type { Library, PreparedFault, PreparedSign } from './library.ts';
import { elsewhere, nearness } from './near.ts';
import { rootsOf } from './roots.ts';
import { toldOnce } from './told-once.ts';
import { fill } from './words.ts';

/** A fault of the library that the facts show, and where it lies. */
export interface Recognised {
  readonly fault: Fault;
  readonly object: ObjectId;
  readonly claims: readonly Claim[];
  readonly against: readonly Citation[];
  /** What it brings about among the faults that were recognised as well, directly or by way of others. Those tell of no consequences again. */
  readonly consequences: readonly Recognised[];
  /** Whether it lies in something that the incident's own objects need, and in none of them. */
  readonly elsewhere: boolean;
}

/** What stands around the facts. */
export interface Scene {
  /** When the first alert began, or somebody asked; epoch milliseconds. */
  readonly symptom: number;
  /** What each object needs, directly: `service/shop` its database. */
  readonly needs: ReadonlyMap<ObjectId, readonly ObjectId[]>;
  /** What the incident is about itself, and where that runs; absent where nobody knows. */
  readonly about?: readonly ObjectId[];
}

/** So many lines bear a claim out for a reader; every instrument is among them. */
const MOST_CITATIONS = 6;
/** The same fault in more objects than this is no longer told one by one. */
const MOST_OBJECTS = 20;

/**
 * The faults that the facts show: the roots, each with what it brings about, those first that bring about most. The same facts give the
 * same answer, whatever order they come in.
 */
export function recognise(
  library: Library,
  evidence: readonly Evidence[],
  scene: Scene,
): readonly Recognised[] {
  const facts = indexFacts(evidence);
  const around: Around = { facts, symptom: scene.symptom };
  const seen = candidates(library, around).flatMap((one) =>
    toldOnce(one.kinds, objectsOf(one, around), facts)
      .slice(0, MOST_OBJECTS)
      .map((object) => ({ prepared: one, object })),
  );
  const near = nearness(facts);
  const isElsewhere = elsewhere(scene, near);
  const telling = (one: Seen) => tell(one, around, isElsewhere(one.object));
  return rootsOf(seen, near, scene.needs).map(({ root, consequences }) => ({
    ...telling(root),
    consequences: consequences.map(telling),
  }));
}

interface Seen {
  readonly prepared: PreparedFault;
  readonly object: ObjectId;
}

function candidates({ faults, byFact }: Library, { facts }: Around): readonly PreparedFault[] {
  const names = new Set<string>();
  for (const [name, list] of byFact)
    if (facts.named(name).length > 0) for (const { fault } of list) names.add(fault.name);
  return [...faults.values()].filter(({ fault }) => names.has(fault.name));
}

/** Where all of its signs are seen and nothing excludes it, in the order of their names. */
function objectsOf({ kinds, signs, unless }: PreparedFault, around: Around): readonly ObjectId[] {
  let objects: readonly ObjectId[] | null = null;
  for (const sign of signs) {
    const there: ReadonlySet<ObjectId> = new Set(sign.any.flatMap((ask) => [...ask(around).keys()]));
    objects = (objects ?? [...there].filter((one) => kinds.includes(kindOf(one)))).filter((one) =>
      there.has(one),
    );
    if (objects.length === 0) return [];
  }
  const excluded = new Set(unless.flatMap(({ any }) => any.flatMap((ask) => [...ask(around).keys()])));
  return (objects ?? []).filter((one) => !excluded.has(one)).toSorted();
}

function tell({ prepared, object }: Seen, around: Around, isElsewhere: boolean): Recognised {
  const { fault, signs, against } = prepared;
  return {
    fault,
    object,
    claims: signs.map((sign) => {
      const known = bearingOut(sign, object, around);
      return { text: fill(sign.words, object, known), citations: known.map(({ citation }) => citation) };
    }),
    against: distinct(against.flatMap((sign) => bearingOut(sign, object, around))).map(
      ({ citation }) => citation,
    ),
    consequences: [],
    elsewhere: isElsewhere,
  };
}

/** The facts that bear a sign out, each line once: one of every instrument, then more of them. */
function bearingOut({ any }: PreparedSign, object: ObjectId, around: Around): readonly Known[] {
  const all = any.flatMap((ask) => [...(ask(around).get(object) ?? [])]);
  const lines = distinct(all);
  const first = lines.filter(
    ({ witness }, place) => lines.findIndex((other) => other.witness === witness) === place,
  );
  const rest = lines.filter((known) => !first.includes(known));
  const room = Math.max(0, MOST_CITATIONS - first.length);
  return [...first, ...rest.slice(0, room)].toSorted(byCitation);
}

function distinct(list: readonly Known[]): readonly Known[] {
  const byLine = new Map(list.map((known) => [JSON.stringify(known.citation), known]));
  return [...byLine.values()].toSorted(byCitation);
}
