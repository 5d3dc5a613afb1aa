import type { Evidence } from '../evidence/evidence.ts';
import { flaw, strike } from './citations.ts';
import { confidence, type Support, strength, witnessesOf } from './confidence.ts';
import type { Diagnosis, Hypothesis, Proposal, ProposedHypothesis, Proposer, Struck } from './diagnosis.ts';

/** An automatic plan needs signals from at least this many independent witnesses. */
const WITNESSES_NEEDED = 2;

/**
 * Turns what was proposed into what can be believed: strikes what is not in the evidence, computes every confidence, orders
 * the rivals, and abstains where the best one does not reach `threshold` on two witnesses.
 */
export function judge(
  proposal: Proposal,
  by: Proposer,
  given: {
    readonly evidence: readonly Evidence[];
    readonly threshold: number;
    readonly round: number;
    readonly now: number;
  },
): Diagnosis {
  const checked = proposal.hypotheses.map((hypothesis) => check(hypothesis, given.evidence));
  const strengths = checked.map(({ support }) => strength(support, given.evidence, given.now));
  const hypotheses = checked
    .map(({ hypothesis, support }, index): Hypothesis => {
      const bestRival = Math.max(0, ...strengths.filter((_, other) => other !== index));
      return {
        ...hypothesis,
        confidence: confidence(support, bestRival, given.evidence, given.now),
        witnesses: witnessesOf(support.citations, given.evidence),
      };
    })
    .filter((hypothesis) => hypothesis.claims.length > 0)
    .sort((a, b) => b.confidence - a.confidence);
  return {
    by,
    round: given.round,
    at: given.now,
    summary: proposal.summary,
    hypotheses,
    struck: checked.flatMap(({ struck }) => struck),
    prevention: proposal.prevention,
    lead: proposal.lead ?? hypotheses[0]?.cause ?? null,
    conclusion: conclude(hypotheses[0], given.threshold),
  };
}

function check(
  proposed: ProposedHypothesis,
  evidence: readonly Evidence[],
): {
  readonly hypothesis: ProposedHypothesis;
  readonly support: Support;
  readonly struck: readonly Struck[];
} {
  const { kept, struck } = strike(proposed.claims, evidence);
  const against = proposed.against.filter((citation) => flaw(citation, evidence) === null);
  return {
    hypothesis: { ...proposed, claims: kept, against },
    support: {
      citations: kept.flatMap((claim) => claim.citations),
      against,
      claims: { kept: kept.length, made: proposed.claims.length },
      selfConfidence: proposed.selfConfidence,
    },
    struck,
  };
}

function conclude(best: Hypothesis | undefined, threshold: number): Diagnosis['conclusion'] {
  if (best === undefined) return { kind: 'abstained', reason: 'no cause is borne out by the evidence' };
  if (best.witnesses.length < WITNESSES_NEEDED) {
    return {
      kind: 'abstained',
      reason: `only one independent witness speaks for it: ${best.witnesses[0] ?? 'none'}`,
    };
  }
  if (best.confidence < threshold) {
    const percent = (share: number) => `${Math.floor(share * 100)} %`;
    return {
      kind: 'abstained',
      reason: `${percent(best.confidence)} sure, and ${percent(threshold)} is needed`,
    };
  }
  return { kind: 'cause' };
}

/** How a second opinion relates to the first: it contradicts when a cause it is sure of calls for something else. */
export function compare(
  first: Diagnosis,
  second: Diagnosis,
  threshold: number,
): 'agrees' | 'contradicts' | 'abstains' {
  const ours = first.hypotheses[0];
  const sure = second.hypotheses.filter((hypothesis) => hypothesis.confidence >= threshold);
  if (ours === undefined || sure.length === 0) return 'abstains';
  return sure.some((theirs) => differs(ours, theirs)) ? 'contradicts' : 'agrees';
}

function differs(ours: Hypothesis, theirs: Hypothesis): boolean {
  if (theirs.playbook === null) return false;
  if (theirs.playbook !== ours.playbook) return true;
  // Only what both name can disagree: a pattern leaves most values to grounding.
  return Object.entries(theirs.parameters).some(
    ([name, value]) => ours.parameters[name] !== undefined && ours.parameters[name] !== value,
  );
}
