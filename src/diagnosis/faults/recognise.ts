import type { Evidence } from '../../evidence/evidence.ts';
import { kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import { ofSubject } from '../../evidence/facts/of-subject.ts';
import type { Citation, Claim } from '../diagnosis.ts';
import type { Fault } from './fault.ts';
import type { Around, Holding } from './holds.ts';
import { indexFacts, type Known } from './index-facts.ts';
import type { Library, PreparedFault, PreparedSign } from './library.ts';
import { elsewhere, type Near, nearness, neededBy, strange } from './near.ts';
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
  const own = aroundOf(ofSubject(evidence), scene);
  const theirs = aroundOf(
    evidence.filter(({ dependency }) => dependency !== undefined),
    scene,
  );
  const seen = [...seenIn(library, own, scene), ...seenInNeeded(library, theirs, scene)];
  const near = eitherOf(nearness(own.facts), nearness(theirs.facts));
  return rootsOf(seen, near, scene.needs, mayExplain).map(({ root, consequences, apart }) => ({
    ...tell(root),
    consequences: consequences.map(tell),
    apart: apart.map(({ prepared, object }) => namedAt(prepared.fault.name, object)),
  }));
}

function aroundOf(evidence: readonly Evidence[], scene: Scene): Around {
  const { symptom, alerted = null } = scene;
  return { facts: indexFacts(evidence), symptom, alerted, asked: new Map() };
}

/** What the facts of the subject show, in whatever they are about. */
function seenIn(library: Library, around: Around, scene: Scene): readonly Seen[] {
  const near = nearness(around.facts);
  const isStrange = strange(scene, near, around.facts);
  const isElsewhere = elsewhere(scene, near);
  return facesOf(library, around, (object) => !isStrange(object)).map((one) => ({
    ...one,
    elsewhere: isElsewhere(one.object),
  }));
}

/**
 * What the facts of dependencies show in these. They are asked for a fault of their own and for no sign of the subject's: on a host that
 * both run on, what one of them suffers would bear out, or exclude, a fault of the other.
 */
function seenInNeeded(library: Library, around: Around, { about = [], needs }: Scene): readonly Seen[] {
  const near = nearness(around.facts);
  const needed = new Set(neededBy(about, needs).flatMap((one) => [...near(one)]));
  const isTheirs = (object: ObjectId) =>
    needed.has(object) && !about.includes(object) && kindOf(object) !== 'host';
  return facesOf(library, around, isTheirs).map((one) => ({ ...one, elsewhere: true, theirs: true }));
}

function facesOf(library: Library, around: Around, isMeant: (object: ObjectId) => boolean) {
  return candidates(library, around).flatMap((prepared) =>
    toldOnce(prepared.kinds, objectsOf(prepared, around), around.facts)
      .filter(isMeant)
      .slice(0, MOST_OBJECTS)
      .map((object) => ({ prepared, object, around })),
  );
}

const eitherOf =
  (one: Near, other: Near): Near =>
  (object) =>
    new Set([...one(object), ...other(object)]);

/** What a machine of the subject is short of, no service that it asks has brought about. */
const OF_A_MACHINE = ['host', 'filesystem', 'process', 'node'];

function mayExplain(one: Seen, other: Seen): boolean {
  return one.theirs !== true || other.theirs === true || !OF_A_MACHINE.includes(kindOf(other.object));
}

/** A fault in an object, as one name. */
export function namedAt(fault: string, object: string): string {
  return `${fault} in ${object}`;
}

interface Seen {
  readonly prepared: PreparedFault;
  readonly object: ObjectId;
  /** The facts that show it. */
  readonly around: Around;
  readonly elsewhere: boolean;
  /** Whether it was read of a dependency for the subject's sake. */
  readonly theirs?: true;
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

function tell({ prepared, object, around, elsewhere: isElsewhere }: Seen): Recognised {
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
