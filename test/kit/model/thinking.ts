import { thinkAnswer } from './answering.ts';
import type { CitationJson, HypothesisJson, ProposalJson } from './answers.ts';
import { FAULTS, type Fault, type Sign } from './faults.ts';
import type { Behaviour } from './protocol.ts';
import { type Card, type Item, type Question, readQuestion } from './reading.ts';

/**
 * Reads the question as a model would, and answers with a diagnosis by simple rules: the faults whose signs are in the
 * evidence, each claim with the line it rests on. Without a sign it says so and names the best lead. A person's question it answers from
 * the evidence.
 */
export const thinking: Behaviour = ({ user }) => ({
  kind: 'message',
  content: JSON.stringify(readQuestion(user).asked === null ? think(readQuestion(user)) : thinkAnswer(user)),
});

function think(question: Question): ProposalJson {
  const suspects = FAULTS.map((fault) => suspect(fault, question))
    .filter((hypothesis) => hypothesis !== null)
    .sort((a, b) => (b.confidence ?? 0) - (a.confidence ?? 0));
  const [best] = suspects;
  if (best === undefined) {
    const seen = question.items.filter((item) => !item.failed).length;
    return {
      summary: `Something is wrong with ${question.subject}, and ${seen} facts do not say what.`,
      hypotheses: [],
      prevention: null,
      lead: `Look at the log of ${question.subject} around the time the alert began, and at what changed before it.`,
    };
  }
  const fault = FAULTS.find(({ cause }) => best.cause === named(cause, question));
  return {
    summary: named(fault?.summary ?? best.cause, question),
    hypotheses: suspects.slice(0, 3),
    prevention: fault?.prevention ?? null,
    lead:
      (best.confidence ?? 0) < 0.7 ? `Check ${question.subject} by hand: only one sign points there.` : null,
  };
}

/** One fault as a hypothesis, or null when the sign without which it cannot be is missing. */
function suspect(fault: Fault, question: Question): HypothesisJson | null {
  const found = fault.signs.map((sign) => ({ sign, citation: cite(sign, question.items) }));
  if (found[0]?.citation == null) return null;
  const claims = found.flatMap(({ sign, citation }) =>
    citation === null ? [] : [{ text: named(sign.claim, question), citations: [citation] }],
  );
  const against = fault.against
    .map((sign) => cite(sign, question.items))
    .filter((citation) => citation !== null);
  const card = fault.playbooks
    .map((beginning) => question.cards.find(({ name }) => name.startsWith(beginning)))
    .find((found) => found !== undefined);
  return {
    cause: named(fault.cause, question),
    claims,
    against,
    playbook: card?.name ?? null,
    parameters: card === undefined ? [] : parameters(card, question),
    confidence: Math.max(0.2, Math.min(0.95, 0.35 + 0.25 * claims.length) - 0.2 * against.length),
  };
}

/** The first line that shows the sign, quoted to the letter. */
function cite({ kinds, line }: Sign, items: readonly Item[]): CitationJson | null {
  for (const item of items) {
    if (item.failed || !kinds.includes(item.kind)) continue;
    const match = item.lines.find((text) => line.test(text));
    if (match !== undefined) return { evidence: item.id, quote: match.trim().slice(0, 200) };
  }
  return null;
}

/** Values as they are seen: a label of the alert, the release before the last change, or the subject itself. */
function parameters(card: Card, { items, subject }: Question): { name: string; value: string }[] {
  const label = (name: string) => find(items, ['alert'], new RegExp(`^\\s*${name}=(\\S+)$`));
  return Object.keys(card.parameters).flatMap((name) => {
    const previous = /release|version/.test(name) ? find(items, ['change'], /previous (\S+?)[),;\s]/) : null;
    const value = previous ?? label(name) ?? (name === 'service' ? subject : null);
    return value === null ? [] : [{ name, value }];
  });
}

function find(items: readonly Item[], kinds: readonly string[], pattern: RegExp): string | null {
  for (const item of items) {
    if (item.failed || !kinds.includes(item.kind)) continue;
    for (const line of item.lines) {
      const value = pattern.exec(line)?.[1];
      if (value !== undefined) return value;
    }
  }
  return null;
}

function named(text: string, { subject }: Question): string {
  return text.replaceAll('{service}', subject);
}
