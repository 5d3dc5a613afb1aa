import { z } from 'zod';
import type { Proposal } from '../../diagnosis/diagnosis.ts';

/** How much of an answer is read; a model that writes more than this has lost its way. */
const MOST = { hypotheses: 5, claims: 10, citations: 8, text: 1200, starts: 20 };

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
  const known = new Set(playbooks);
  let why = 'it holds no JSON object';
  for (const value of [...fromLineStarts(content), ...objectsIn(content)].reverse()) {
    const parsed = Reply.safeParse(value);
    if (parsed.success) return { kind: 'proposal', proposal: toProposal(parsed.data, known) };
    why = `its JSON does not have the agreed shape (${firstIssue(parsed.error)})`;
  }
  return { kind: 'unreadable', why };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'no detail';
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** Every outermost JSON object in the text, in order. One pass over the characters: hostile text costs no more. */
function objectsIn(text: string): unknown[] {
  const found: unknown[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"' && depth > 0) {
      quoted = true;
    } else if (character === '{') {
      if (depth++ === 0) start = at;
    } else if (character === '}' && depth > 0 && --depth === 0) {
      const value = parsed(text.slice(start, at + 1));
      if (value !== undefined) found.push(value);
    }
  }
  return found;
}

/**
 * A stray brace in the prose before the answer would swallow it: objects that begin a line are also tried, up to the last
 * closing brace of the text.
 */
function fromLineStarts(text: string): unknown[] {
  const end = text.lastIndexOf('}') + 1;
  const starts = [...text.matchAll(/^[ \t]*\{/gm)].slice(0, MOST.starts);
  return starts.map((match) => parsed(text.slice(match.index, end))).filter((value) => value !== undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
