import { z } from 'zod';
import type { Claim } from '../../../diagnosis/diagnosis.ts';
import { lastFitting, parsed } from './json-in-prose.ts';

/** How much of an answer is read; a model that writes more than this has lost its way. */
const MOST = { claims: 16, citations: 8, text: 1200, object: 20_000 };

const Citation = z.object({ evidence: z.string(), quote: z.string() });
const Written = z.object({ text: z.string(), citations: z.array(Citation) });

/** The shape asked for, as a strict JSON schema demands it. */
export const AnswerSchema = z.object({ claims: z.array(Written) });

export type ClaimsRead =
  | { readonly kind: 'claims'; readonly claims: readonly Claim[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads a model's words as an answer. */
export function readClaims(content: string): ClaimsRead {
  const found = lastFitting(content, AnswerSchema);
  if (found.kind === 'unreadable') return found;
  return { kind: 'claims', claims: found.value.claims.slice(0, MOST.claims).map(toClaim) };
}

/** Ids are often written as they are shown, `[E1]`; quotes are left exactly as they came. */
function toClaim({ text, citations }: z.infer<typeof Written>): Claim {
  return {
    text: text.slice(0, MOST.text).toWellFormed(),
    citations: citations.slice(0, MOST.citations).map(({ evidence, quote }) => ({
      evidence: evidence.trim().replace(/^\[|\]$/g, ''),
      quote: quote.slice(0, MOST.text),
    })),
  };
}

/**
 * Reads claims out of an answer that is still being written: each is told once, as soon as its last brace is there. What it tells is a
 * preview; the whole answer is read anew in the end.
 *
 * @returns takes the next piece of the answer
 */
export function claimReader(onClaim: (claim: Claim) => void): (piece: string) => void {
  const told = new Set<string>();
  const starts: number[] = [];
  let text = '';
  let at = 0;
  let quoted = false;

  const close = (start: number) => {
    if (told.size >= MOST.claims || at - start > MOST.object) return;
    const object = text.slice(start, at + 1);
    const claim = Written.safeParse(parsed(object)).data;
    if (claim === undefined || told.has(object)) return;
    told.add(object);
    onClaim(toClaim(claim));
  };

  return (piece) => {
    text += piece;
    for (; at < text.length; at++) {
      const character = text[at];
      if (quoted) {
        if (character === '\\') {
          // What is escaped comes with the next piece.
          if (at + 1 >= text.length) return;
          at++;
        } else if (character === '"') quoted = false;
      } else if (character === '"' && starts.length > 0) quoted = true;
      else if (character === '{') starts.push(at);
      else if (character === '}') {
        const start = starts.pop();
        if (start !== undefined) close(start);
      }
    }
  };
}
