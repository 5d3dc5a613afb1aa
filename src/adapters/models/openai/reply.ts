import { z } from 'zod';
import type { Proposal } from '../../../diagnosis/diagnosis.ts';
import { lastFitting } from './json-in-prose.ts';

/** How much of an answer is read; a model that writes more than this has lost its way. */
const MOST = { hypotheses: 5, claims: 10, citations: 8, text: 1200 };

const citation = z.object({ evidence: z.string(), quote: z.string() });
const claim = z.object({ text: z.string(), citations: z.array(citation) });

/**
 * The shape asked for, as a strict JSON schema demands it: every key required, absence said by null, no records.
 * The playbook is one of the catalog's names, or null.
 */
export function replySchema(playbooks: readonly string[]) {
  const hypothesis = z.object({
    cause: z.string(),
    claims: z.array(claim),
    against: z.array(citation),
    playbook: playbooks.length === 0 ? z.null() : z.enum(playbooks).nullable(),
    parameters: z.array(z.object({ name: z.string(), value: z.string() })),
    confidence: z.number().nullable(),
  });
  return z.object({
    summary: z.string(),
    hypotheses: z.array(hypothesis),
    prevention: z.string().nullable(),
    lead: z.string().nullable(),
  });
}

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/**
 * What is read: the same shape, forgiving where a server that knows no schema leaves room. Keys that say nothing may be
 * missing, and parameters may come as an object.
 */
const Reply = z.object({
  summary: z.string().min(1),
  hypotheses: z
    .array(
      z.object({
        cause: z.string().min(1),
        claims: z.array(claim).nullish(),
        against: z.array(citation).nullish(),
        playbook: z.string().nullish(),
        parameters: z
          .union([z.array(z.object({ name: z.string(), value: scalar })), z.record(z.string(), scalar)])
          .nullish(),
        confidence: z.number().nullish(),
      }),
    )
    .nullish(),
  prevention: z.string().nullish(),
  lead: z.string().nullish(),
});
type Reply = z.infer<typeof Reply>;

export type Reading =
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads a model's words as a proposal: bare JSON, fenced JSON, or JSON with prose or thinking around it. Where several
 * objects fit, the last one is the answer.
 *
 * A playbook that is not among `playbooks` becomes null; the cause stays.
 */
export function readReply(content: string, playbooks: readonly string[]): Reading {
  const found = lastFitting(content, Reply);
  if (found.kind === 'unreadable') return found;
  return { kind: 'proposal', proposal: toProposal(found.value, new Set(playbooks)) };
}

function toProposal(reply: Reply, known: ReadonlySet<string>): Proposal {
  return {
    summary: short(reply.summary),
    hypotheses: (reply.hypotheses ?? []).slice(0, MOST.hypotheses).map((hypothesis) => ({
      cause: short(hypothesis.cause),
      claims: (hypothesis.claims ?? []).slice(0, MOST.claims).map((entry) => ({
        text: short(entry.text),
        citations: citations(entry.citations),
      })),
      against: citations(hypothesis.against ?? []),
      playbook: hypothesis.playbook != null && known.has(hypothesis.playbook) ? hypothesis.playbook : null,
      parameters: parameters(hypothesis.parameters ?? []),
      selfConfidence: hypothesis.confidence == null ? null : Math.min(1, Math.max(0, hypothesis.confidence)),
    })),
    prevention: textOrNull(reply.prevention),
    lead: textOrNull(reply.lead),
  };
}

/** Ids are often written as they are shown, `[E1]`; quotes are left exactly as they came. */
function citations(given: readonly { evidence: string; quote: string }[]) {
  return given.slice(0, MOST.citations).map(({ evidence, quote }) => ({
    evidence: evidence.trim().replace(/^\[|\]$/g, ''),
    quote: quote.slice(0, MOST.text),
  }));
}

function parameters(given: NonNullable<NonNullable<Reply['hypotheses']>[number]['parameters']>) {
  const pairs = Array.isArray(given)
    ? given.map(({ name, value }) => [name, value] as const)
    : Object.entries(given);
  return Object.fromEntries(pairs);
}

function short(text: string): string {
  return text.length <= MOST.text ? text : `${text.slice(0, MOST.text - 1).toWellFormed()}…`;
}

/** Small models write "none" or nothing where they mean null. */
function textOrNull(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' || /^(null|none|n\/a)\.?$/i.test(trimmed) ? null : short(trimmed);
}
