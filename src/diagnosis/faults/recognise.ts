import type { Evidence } from '../../evidence/evidence.ts';
import { kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import type { Citation, Claim } from '../diagnosis.ts';
import type { Fault } from './fault.ts';
import type { Around, Holding } from './holds.ts';
import { indexFacts, type Known } from './index-facts.ts';
import type { Library, PreparedFault, PreparedSign } from './library.ts';
import { elsewhere, nearness, strange } from './near.ts';
import { rootsOf } from './roots.ts';
import { stepsOf } from './steps.ts';
import { toldOnce } from './told-once.ts';
import { fill } from './words.ts';

/** A fault of the library that the facts show, and where it lies. */
export interface Recognised {
  readonly fault: Fault;
  readonly object: ObjectId;
  readonly claims: readonly Claim[];
  /** What a person can do, with the names that are known. */
  readonly steps: readonly string[];
  readonly against: readonly Citation[];
  /** What it brings about among the faults that were recognised as well, directly or by way of others. Those tell of no consequences again. */
  readonly consequences: readonly Recognised[];
  /** Other roots that have nothing to do with it, as `namedAt` names them. */
  readonly apart: readonly string[];
  /** Whether it lies in something that the incident's own objects need, and in none of them. */
  readonly elsewhere: boolean;
}

/** What stands around the facts. */
export interface Scene {
  /** When the first alert began, or somebody asked; epoch milliseconds. */
  readonly symptom: number;
  /** What each object needs, directly: `service/shop` its database. */
  readonly needs: ReadonlyMap<ObjectId, readonly ObjectId[]>;
  /** When the first alert began; absent where none has come, and somebody only asks. */
  readonly alerted?: number;
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
  const { symptom, alerted = null } = scene;
  const around: Around = { facts, symptom, alerted, asked: new Map() };
  const near = nearness(facts);
  const isStrange = strange(scene, near, facts);
  const seen = candidates(library, around).flatMap((one) =>
    toldOnce(one.kinds, objectsOf(one, around), facts)
      .filter((object) => !isStrange(object))
      .slice(0, MOST_OBJECTS)
      .map((object) => ({ prepared: one, object })),
  );
  const isElsewhere = elsewhere(scene, near);
  const telling = (one: Seen) => tell(one, around, isElsewhere(one.object));
  return rootsOf(seen, near, scene.needs).map(({ root, consequences, apart }) => ({
    ...telling(root),
    consequences: consequences.map(telling),
    apart: apart.map(({ prepared, object }) => namedAt(prepared.fault.name, object)),
  }));
}

/** A fault in an object, as one name. */
export function namedAt(fault: string, object: string): string {
  return `${fault} in ${object}`;
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
function objectsOf({ fault, kinds, signs, unless }: PreparedFault, around: Around): readonly ObjectId[] {
  let objects: readonly ObjectId[] | null = null;
  for (const sign of signs) {
    const there = sign.any.map((ask) => ask(around));
    objects = (objects ?? everyOf(there, kinds)).filter((one) => there.some((holding) => holding.has(one)));
    if (objects.length === 0) return [];
  }
  const excluding = unless.flatMap(({ any }) => any.map((ask) => ask(around)));
  return (objects ?? [])
    .filter((object) => {
      const parts = fault.same.map((kind) => ({ kind, common: commonParts(kind, signs, object, around) }));
      return (
        parts.every(({ common }) => common === null || common.size > 0) &&
        !excluding.some((holding) => holding.get(object)?.some(({ fact }) => isOfThese(fact.of, parts)))
      );
    })
    .toSorted();
}

/** The parts of a kind that all signs have in common which are about such parts alone; null where none is. */
function commonParts(
  kind: string,
  signs: readonly PreparedSign[],
  object: ObjectId,
  around: Around,
): ReadonlySet<ObjectId> | null {
  let common: ReadonlySet<ObjectId> | null = null;
  for (const sign of signs) {
    const of = sign.any.flatMap((ask) => ask(around).get(object) ?? []).map(({ fact }) => fact.of);
    if (of.some((one) => kindOf(one) !== kind)) continue;
    common = new Set(of.filter((one) => common?.has(one) ?? true));
  }
  return common;
}

/** What is about another part says nothing of these. */
function isOfThese(
  of: ObjectId,
  parts: readonly { readonly kind: string; readonly common: ReadonlySet<ObjectId> | null }[],
): boolean {
  return parts.every(({ kind, common }) => common === null || kindOf(of) !== kind || common.has(of));
}

function everyOf(holdings: readonly Holding[], kinds: readonly string[]): readonly ObjectId[] {
  const objects = new Set<ObjectId>();
  for (const holding of holdings)
    for (const object of holding.keys()) if (kinds.includes(kindOf(object))) objects.add(object);
  return [...objects];
}

function tell({ prepared, object }: Seen, around: Around, isElsewhere: boolean): Recognised {
  const { fault, signs, against } = prepared;
  const shown = signs.map((sign) => ({ sign, known: bearingOut(sign, object, around) }));
  return {
    fault,
    object,
    claims: shown.map(({ sign, known }) => ({
      text: fill(sign.words, object, known),
      citations: known.map(({ citation }) => citation),
    })),
    steps: stepsOf(
      fault,
      object,
      shown.flatMap(({ known }) => known),
      around.facts,
    ),
    against: distinct(against.flatMap((sign) => bearingOut(sign, object, around))).map(
      ({ citation }) => citation,
    ),
    consequences: [],
    apart: [],
    elsewhere: isElsewhere,
  };
}

/** The facts that bear a sign out, each line once: the first of every instrument, then others while there is room. */
function bearingOut({ any }: PreparedSign, object: ObjectId, around: Around): readonly Known[] {
  const lines = distinct(any.flatMap((ask) => ask(around).get(object) ?? []));
  const first = new Map(lines.toReversed().map((known) => [known.witness, known]));
  const firsts = new Set(first.values());
  const room = new Set(
    lines.filter((known) => !firsts.has(known)).slice(0, Math.max(0, MOST_CITATIONS - firsts.size)),
  );
  return lines.filter((known) => firsts.has(known) || room.has(known));
}

function distinct(list: readonly Known[]): readonly Known[] {
  const seen = new Set<string>();
  return list.filter(({ citation: { evidence, quote } }) => {
    const line = `${evidence}\n${quote}`;
    return seen.size < seen.add(line).size;
  });
}
