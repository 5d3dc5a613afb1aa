import type { Evidence } from '../evidence/evidence.ts';
import { strike } from './citations.ts';
import type { Claim, Struck } from './diagnosis.ts';

/**
 * The answer to a question that somebody asked in an incident's thread. Every claim in it stands on citations that were checked to
 * the letter against `E…` items, of the diagnosis or gathered for this question; what did not stand was struck.
 */
export interface Answer {
  /** The model's name, or null where the answer is the evidence itself. */
  readonly model: string | null;
  readonly claims: readonly Claim[];
  readonly struck: readonly Struck[];
  /** What Medic says beside the claims, in its own fixed words: that nothing was found, or that words start nothing. */
  readonly note: string | null;
}

/** More than this nobody reads in a thread. */
const MOST = { claims: 8, citations: 3, text: 600, quote: 400 } as const;

/**
 * What is left of a model's claims once every quote was looked up to the letter. A claim that cites nothing, or nothing that is there,
 * is struck and never shown as a fact.
 */
export function checkClaims(
  claims: readonly Claim[],
  evidence: readonly Evidence[],
): { readonly kept: readonly Claim[]; readonly struck: readonly Struck[] } {
  const said = claims.filter(({ text }) => text.trim() !== '');
  const { kept, struck } = strike(said.slice(0, MOST.claims * 2).map(inBounds), evidence);
  return {
    kept: kept
      .slice(0, MOST.claims)
      .map((claim) => ({ ...claim, citations: claim.citations.slice(0, MOST.citations) })),
    struck: struck.slice(0, MOST.claims),
  };
}

/** A quote that is cut is still in the evidence to the letter. */
function inBounds({ text, citations }: Claim): Claim {
  return {
    text: cutCleanly(text, MOST.text),
    citations: citations.map(({ evidence, quote }) => ({ evidence, quote: cutCleanly(quote, MOST.quote) })),
  };
}

/** The beginning of a text to the letter, never ending in half a character. */
export function cutCleanly(text: string, most: number): string {
  const cut = text.slice(0, most);
  return cut.length < text.length ? cut.replace(/[\ud800-\udbff]$/, '') : cut;
}

const ORDERS =
  /\b(?:approve|reject|cancel|hold|resume|run|rerun|execute|start|stop|restart|reboot|kill|roll ?back|revert|deploy|scale|delete|drop|clean|fix|heal|apply|skip|override|ignore|bypass|confirm|proceed|go ahead|do it)\b/i;

/** What people are told who seem to give an order: whatever is written in a thread, nothing starts and nothing stops by it. */
export const WORDS_START_NOTHING =
  'Messages here start and stop nothing; use the buttons on the card, or /heal.';

/** Whether a question sounds as if something was to be done. Said once too often it does no harm. */
export function soundsLikeOrder(question: string): boolean {
  return ORDERS.test(question);
}

/** Medic's own words beside the claims; null where there is nothing to say. */
export function noteOf(...sentences: readonly (string | null)[]): string | null {
  const said = sentences.filter((sentence) => sentence !== null && sentence !== '');
  return said.length === 0 ? null : said.join(' ');
}
