import type { Evidence } from '../evidence/evidence.ts';
import type { Citation, Claim, Struck } from './diagnosis.ts';

/** A quote shorter than this could be found anywhere and proves nothing. */
const SHORTEST_QUOTE = 4;

/** Why a citation does not stand, or null when its quote is in that evidence to the letter. */
export function flaw(citation: Citation, evidence: readonly Evidence[]): string | null {
  const item = evidence.find((candidate) => candidate.id === citation.evidence);
  if (item === undefined) return `there is no evidence ${citation.evidence}`;
  if (item.status === 'failed') return `${citation.evidence} could not be collected, nothing follows from it`;
  if (item.supportsNothing !== undefined)
    return `nothing follows from ${citation.evidence}: ${item.supportsNothing}`;
  if (citation.quote.trim().length < SHORTEST_QUOTE)
    return `the quote from ${citation.evidence} is too short to prove anything`;
  if (!item.text.includes(citation.quote)) return `the quote is not in ${citation.evidence}`;
  return null;
}

/** Strikes every citation that does not stand and every claim left with none. */
export function strike(
  claims: readonly Claim[],
  evidence: readonly Evidence[],
): { readonly kept: readonly Claim[]; readonly struck: readonly Struck[] } {
  const kept: Claim[] = [];
  const struck: Struck[] = [];
  for (const claim of claims) {
    const flaws = claim.citations.map((citation) => flaw(citation, evidence));
    const standing = claim.citations.filter((_, index) => flaws[index] === null);
    if (standing.length > 0) kept.push({ text: claim.text, citations: standing });
    else
      struck.push({ text: claim.text, reason: flaws.find((found) => found !== null) ?? 'nothing was cited' });
  }
  return { kept, struck };
}
