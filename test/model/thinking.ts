import type { CitationJson, HypothesisJson, ProposalJson } from './answers.ts';
import { FAULTS, type Fault, type Sign } from './faults.ts';
import type { Behaviour } from './protocol.ts';

interface Item {
  readonly id: string;
  readonly kind: string;
  readonly failed: boolean;
  readonly lines: readonly string[];
}

interface Card {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a reader finds in a question: whom it is about, the fenced items, and the catalog. */
interface Question {
  readonly subject: string;
  readonly items: readonly Item[];
  readonly cards: readonly Card[];
}

/**
 * Reads the question as a model would, and answers with a diagnosis by simple rules: the faults whose signs are in the
 * evidence, each claim with the line it rests on. Without a sign it says so and names the best lead.
 */
export const thinking: Behaviour = ({ user }) => ({
  kind: 'message',
  content: JSON.stringify(think(readQuestion(user))),
});

/** Takes a question apart along its fences; nothing inside a fence can end it. */
export function readQuestion(user: string): Question {
  const blocks = new Map<string, string>();
  const boundary = /The boundary of this message is ([0-9a-f]{32})\./.exec(user)?.[1] ?? 'none';
  const fenced = new RegExp(
    `^\\[BEGIN ${boundary} (\\S+)\\]\\n([\\s\\S]*?)\\n\\[END ${boundary} \\1\\]$`,
    'gm',
  );
  for (const [, label = '', text = ''] of user.matchAll(fenced)) blocks.set(label, text);
  const outside = user.replace(fenced, '');
  return {
    subject: blocks.get('SUBJECT')?.split(' ')[1] ?? 'unknown',
    items: [...blocks].filter(([label]) => /^E\d+$/.test(label)).map(([id, text]) => readItem(id, text)),
    cards: outside
      .split('\n')
      .filter((line) => line.startsWith('{"name":'))
      .map((line) => JSON.parse(line) as Card),
  };
}

function readItem(id: string, text: string): Item {
  const [head = '', ...rest] = text.split('\n---\n');
  return {
    id,
    kind: /^kind: (\S+)$/m.exec(head)?.[1] ?? 'unknown',
    failed: /^status: failed/m.test(head),
    lines: rest.join('\n---\n').split('\n'),
  };
}

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
