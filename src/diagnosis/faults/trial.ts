import type { Evidence } from '../../evidence/evidence.ts';
import { kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import type { FactName } from '../../evidence/facts/vocabulary.ts';
import type { Predicate } from './fault.ts';
import type { Around } from './holds.ts';
import { indexFacts, type Known } from './index-facts.ts';
import type { Library, PreparedFault, PreparedSign } from './library.ts';
import { recognise, type Scene } from './recognise.ts';
import { fill, nameOf } from './words.ts';

/** A line of the evidence. */
export interface Line {
  readonly evidence: string;
  readonly quote: string;
}

/** How one sign, or one thing that excludes or speaks against a fault, did. */
export interface Tried {
  readonly words: string;
  readonly holds: boolean;
  /** Where it stands. */
  readonly lines: readonly Line[];
  /** Lines that are about the same and say something else; those that were so already while all was well among them. */
  readonly otherwise: readonly (Line & { readonly usual: boolean })[];
  /** The facts that it asks for, where nobody has read any of them. */
  readonly unread: readonly FactName[];
}

/**
 * How a fault did in an incident.
 *
 * - `cause`, `consequence`: it is recognised, and told so
 * - `ruled out`: all its signs are there, and something excludes it
 * - `near`: some of its signs are there
 * - `far`: none is
 */
export interface Trial {
  readonly fault: string;
  readonly verdict: 'cause' | 'consequence' | 'ruled out' | 'near' | 'far';
  /** Where it came nearest, in words; null where nothing of its kind was seen. */
  readonly object: string | null;
  readonly signs: readonly Tried[];
  readonly unless: readonly Tried[];
  readonly against: readonly Tried[];
}

const ORDER: readonly Trial['verdict'][] = ['cause', 'consequence', 'ruled out', 'near', 'far'];
const MOST_LINES = 4;

/** Says of each fault of a library how near it came, those that came nearest first. Pure. */
export function tryFaults(library: Library, evidence: readonly Evidence[], scene: Scene): readonly Trial[] {
  const facts = indexFacts(evidence);
  const { symptom, alerted = null } = scene;
  const around: Around = { facts, symptom, alerted, asked: new Map() };
  const roots = recognise(library, evidence, scene);
  const told = new Map<string, 'cause' | 'consequence'>();
  for (const { consequences } of roots)
    for (const { fault } of consequences) told.set(fault.name, 'consequence');
  for (const { fault } of roots) told.set(fault.name, 'cause');
  return [...library.faults.values()]
    .map((one) => tryOne(one, around, told.get(one.fault.name) ?? null))
    .toSorted(
      (one, other) =>
        ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict) || shareOf(other) - shareOf(one),
    );
}

function shareOf({ signs }: Trial): number {
  return signs.filter(({ holds }) => holds).length / signs.length;
}

function tryOne(prepared: PreparedFault, around: Around, told: 'cause' | 'consequence' | null): Trial {
  const { fault } = prepared;
  const object = nearestObject(prepared, around);
  const tried = (list: readonly PreparedSign[], written: readonly { readonly any: readonly Predicate[] }[]) =>
    list.map((sign, place) => tryPart(sign, written[place]?.any ?? [], object, around));
  const signs = tried(prepared.signs, fault.signs);
  const unless = tried(prepared.unless, fault.unless);
  return {
    fault: fault.name,
    verdict: told ?? verdictOf(signs, unless),
    object: object === null ? null : nameOf(object),
    signs,
    unless,
    against: tried(prepared.against, fault.against),
  };
}

function verdictOf(signs: readonly Tried[], unless: readonly Tried[]): Trial['verdict'] {
  if (signs.every(({ holds }) => holds) && unless.some(({ holds }) => holds)) return 'ruled out';
  return signs.some(({ holds }) => holds) ? 'near' : 'far';
}

/** The object of its kind in which most of its signs are seen: of several, one that nothing excludes, and then the first by its name. */
function nearestObject({ kinds, signs, unless }: PreparedFault, around: Around): ObjectId | null {
  const objects = new Set<ObjectId>();
  for (const { any } of signs)
    for (const ask of any)
      for (const object of ask(around).keys()) if (kinds.includes(kindOf(object))) objects.add(object);
  const holds = (part: PreparedSign, object: ObjectId) => part.any.some((ask) => ask(around).has(object));
  const ranked = [...objects].toSorted().map((object) => ({
    object,
    seen: signs.filter((sign) => holds(sign, object)).length,
    excluded: unless.filter((one) => holds(one, object)).length,
  }));
  ranked.sort((one, other) => other.seen - one.seen || one.excluded - other.excluded);
  return ranked[0]?.object ?? null;
}

function tryPart(
  { words, any }: PreparedSign,
  predicates: readonly Predicate[],
  object: ObjectId | null,
  around: Around,
): Tried {
  const holding = object === null ? [] : any.flatMap((ask) => ask(around).get(object) ?? []);
  const names = [...new Set(predicates.map(({ fact }) => fact))];
  const read = names.flatMap((name) => around.facts.named(name));
  const here = read.filter(({ scope }) => object === null || scope.includes(object));
  const others = here.filter((known) => !holding.includes(known));
  return {
    words: fill(words, object ?? 'object/unknown', holding),
    holds: holding.length > 0,
    lines: linesOf(holding),
    otherwise:
      holding.length > 0
        ? []
        : others
            .slice(0, MOST_LINES)
            .map((known) => ({ ...lineOf(known), usual: known.fact.usual === true })),
    unread: here.length === 0 ? names : [],
  };
}

function linesOf(list: readonly Known[]): readonly Line[] {
  const lines = new Map(list.map((known) => [`${known.citation.evidence}\n${known.citation.quote}`, known]));
  return [...lines.values()].slice(0, MOST_LINES).map(lineOf);
}

const lineOf = ({ citation: { evidence, quote } }: Known): Line => ({ evidence, quote });
