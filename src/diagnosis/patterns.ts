import type { Evidence } from '../evidence/evidence.ts';
import { ofSubject } from '../evidence/facts/of-subject.ts';
import { mustRead } from '../lib/linear.ts';
import type { Catalog, Condition, Pattern, Playbook } from '../playbooks/manifest.ts';
import type { Citation, Claim, Proposal, ProposedHypothesis, Proposer } from './diagnosis.ts';
import { shownFor } from './look.ts';

/** The longest quote a pattern cites: enough of the line to recognise it. */
const QUOTE_LENGTH = 200;

/**
 * Asks every known pattern of the catalog. Those whose conditions all match, and whose playbook's own look shows the fault where it
 * declares one, become competing hypotheses; the proposer named is the first. Null when none matches.
 */
export function askPatterns(
  catalog: Catalog,
  all: readonly Evidence[],
): { readonly proposal: Proposal; readonly by: Proposer } | null {
  const evidence = ofSubject(all);
  const matches = [...catalog.values()].flatMap((playbook) =>
    playbook.manifest.answers.flatMap((pattern) => {
      const hypothesis = match(playbook, pattern, evidence);
      return hypothesis === null ? [] : [{ playbook, pattern, hypothesis }];
    }),
  );
  const each = matches.map(({ playbook: { manifest, hash }, pattern }) => ({
    by: { kind: 'pattern', playbook: manifest.name, pattern: pattern.pattern, hash } as const,
    summary: pattern.summary,
    prevention: pattern.prevention,
  }));
  const [first] = each;
  if (first === undefined) return null;
  const hypotheses = matches.map(({ hypothesis }) => hypothesis);
  const { by, summary, prevention } = first;
  return { by, proposal: { summary, hypotheses, prevention, each, lead: null } };
}

function match(
  playbook: Playbook,
  pattern: Pattern,
  evidence: readonly Evidence[],
): ProposedHypothesis | null {
  const { kind } = shownFor(playbook, evidence);
  if (kind !== 'shown' && kind !== 'undeclared') return null;
  const claims: Claim[] = [];
  for (const condition of pattern.when) {
    const citations = meeting(condition, evidence);
    if (citations.length === 0) return null;
    claims.push({ text: condition.claim, citations });
  }
  return {
    cause: pattern.cause,
    claims,
    against: againstOf(playbook, evidence),
    playbook: playbook.manifest.name,
    parameters: {},
    selfConfidence: null,
    pattern: pattern.pattern,
    explains: pattern.explains,
  };
}

/** What speaks against a playbook, by its own patterns: whoever proposes it. */
export function againstOf({ manifest }: Playbook, evidence: readonly Evidence[]): readonly Citation[] {
  return manifest.answers.flatMap(({ against }) =>
    against.flatMap(({ evidence: kind, quote }) => find(kind, quote, evidence)),
  );
}

/** What of the evidence meets a condition of a pattern; nothing where it does not hold. */
export function meeting(condition: Condition, evidence: readonly Evidence[]): readonly Citation[] {
  if ('quote' in condition) return find(condition.evidence, condition.quote, evidence);
  const { alert } = condition;
  const reads = alert === 'any' ? null : mustRead(alert.reads);
  return evidence.flatMap((item) => {
    if (item.status === 'failed' || item.supportsNothing !== undefined) return [];
    if (item.kind !== 'alert' || item.data?.type !== 'alert') return [];
    if (!/^alert .* is firing$/m.test(item.text)) return [];
    const fits = reads === null || item.data.reads.some((name) => reads.test(name));
    return fits ? [{ evidence: item.id, quote: lineAround(item.text, 0, 0) }] : [];
  });
}

/** Every item of that kind whose text matches, each cited once, by the line that holds the match. */
function find(kind: string, quote: string, evidence: readonly Evidence[]): readonly Citation[] {
  const expression = mustRead(quote, { lines: true });
  return evidence.flatMap((item) => {
    if (item.kind !== kind || item.status === 'failed' || item.supportsNothing !== undefined) return [];
    const found = expression.find(item.text);
    return found === null
      ? []
      : [{ evidence: item.id, quote: lineAround(item.text, found.index, found.length) }];
  });
}

function lineAround(text: string, index: number, length: number): string {
  const start = Math.max(text.lastIndexOf('\n', index) + 1, index + length - QUOTE_LENGTH, 0);
  const end = text.indexOf('\n', index + length);
  return text
    .slice(Math.min(start, index), Math.min(end === -1 ? text.length : end, start + QUOTE_LENGTH))
    .trim();
}
