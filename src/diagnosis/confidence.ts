import type { Evidence } from '../evidence/evidence.ts';
import type { Citation } from './diagnosis.ts';

const MINUTE = 60_000;

/** What one fresh instrument is worth: two make 0.84, three 0.94, and one alone never reaches the threshold. */
const INSTRUMENT = 0.6;
/** What remains of the confidence for each instrument that speaks against it. */
const CONTRADICTED = 0.6;
/** How much a rival as well supported as can be takes away. */
const RIVALRY = 0.3;
/** What remains for each source that could not be read; three of them still leave two full instruments above the threshold. */
const UNREAD = 0.95;
const MOST_UNREAD = 3;
/** Nothing that is inferred is ever certain. */
const CEILING = 0.99;

/** What the confidence of one hypothesis is computed from. */
export interface Support {
  /** The citations that survived the check. */
  readonly citations: readonly Citation[];
  readonly against: readonly Citation[];
  readonly claims: { readonly kept: number; readonly made: number };
  readonly selfConfidence: number | null;
}

/** What stands around a hypothesis. */
export interface Surroundings {
  /** How well its best rival stands by itself, 0 to 1; 0 where there is none that it does not explain. */
  readonly bestRival: number;
  /** How many sources could not be read. */
  readonly unread: number;
}

/**
 * How far a hypothesis can be trusted, 0 to 0.99:
 *
 *     support    = 1 - product over its instruments of (1 - 0.6 x freshness)
 *     confidence = support
 *                  x (0.5 + 0.5 x kept claims / claims made)
 *                  x 0.6 for each instrument against it
 *                  x (1 - 0.3 x best rival's standing squared)
 *                  x 0.95 for each source that could not be read, three at most
 *
 * A rival's standing is its own support x 0.6 for each instrument against it.
 *
 * Freshness is 1 for an instrument read within ten minutes, 0.5 within two hours, 0.25 beyond. What the proposer says of its own
 * confidence can only lower the result.
 */
export function confidence(
  support: Support,
  { bestRival, unread }: Surroundings,
  evidence: readonly Evidence[],
  now: number,
): number {
  const { kept, made } = support.claims;
  const honesty = made === 0 ? 0 : 0.5 + (0.5 * kept) / made;
  const rivalry = 1 - RIVALRY * bestRival ** 2;
  const blind = UNREAD ** Math.min(MOST_UNREAD, unread);
  const computed = Math.min(CEILING, standing(support, evidence, now) * honesty * rivalry * blind);
  return support.selfConfidence === null ? computed : Math.min(computed, Math.max(0, support.selfConfidence));
}

/** How well a hypothesis stands by itself, as its rivals have to reckon with it: its support, and what speaks against it. 0 to 1. */
export function standing(support: Support, evidence: readonly Evidence[], now: number): number {
  return strength(support, evidence, now) * CONTRADICTED ** witnessesOf(support.against, evidence).length;
}

/** How well its own instruments support a hypothesis, whatever speaks against it: 0 to 1. */
function strength(support: Support, evidence: readonly Evidence[], now: number): number {
  const doubts = witnessesOf(support.citations, evidence).map((witness) => {
    const heard = evidence.filter((item) => standsFor(item, witness) && cites(support.citations, item));
    return 1 - INSTRUMENT * Math.max(...heard.map((item) => freshness(now - item.observedAt)));
  });
  return 1 - doubts.reduce((product, doubt) => product * doubt, 1);
}

/** The instruments behind citations. Two items of one instrument are one; an alert may stand for several. */
export function witnessesOf(
  citations: readonly Citation[],
  evidence: readonly Evidence[],
): readonly string[] {
  const cited = evidence.filter((item) => cites(citations, item));
  return [...new Set(cited.flatMap(({ witness, also = [] }) => [witness, ...also]))];
}

function standsFor({ witness, also = [] }: Evidence, instrument: string): boolean {
  return witness === instrument || also.includes(instrument);
}

function cites(citations: readonly Citation[], item: Evidence): boolean {
  return citations.some((citation) => citation.evidence === item.id);
}

function freshness(age: number): number {
  if (age <= 10 * MINUTE) return 1;
  return age <= 120 * MINUTE ? 0.5 : 0.25;
}
