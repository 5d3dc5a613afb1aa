import type { CitationJson } from './answers.ts';
import type { Behaviour } from './protocol.ts';
import { type Item, readQuestion } from './reading.ts';

interface ClaimJson {
  readonly text: string;
  readonly citations: readonly CitationJson[];
}

/** What a question may be about, which lines tell of it, and what to say of them. */
const TOPICS: readonly {
  readonly asks: RegExp;
  readonly kinds: readonly string[];
  readonly line: RegExp;
  readonly says: string;
}[] = [
  {
    asks: /chang|deploy|releas|before this/i,
    kinds: ['change'],
    line: /deployed|no (?:change|deploy)/i,
    says: 'This is the newest change that is known.',
  },
  {
    asks: /log|error|wrong|broke/i,
    kinds: ['log'],
    line: /error|fail|exception|warn/i,
    says: 'Its log says this.',
  },
  {
    asks: /memory|cpu|load|disk/i,
    kinds: ['metric', 'state'],
    line: /memory|cpu|load|filesystem/i,
    says: 'This is how much it uses.',
  },
  {
    asks: /health|up\b|down|alive|ok\b|running/i,
    kinds: ['probe', 'state'],
    line: /healthy|answered|RUNNING|EXITED|refused/i,
    says: 'This is how it answers.',
  },
  {
    asks: /alert|since when|firing/i,
    kinds: ['alert'],
    line: /since|firing/i,
    says: 'The alert says since when.',
  },
];

/** Answers a question as a careful model would: a claim for each thing that is asked about, with the line it rests on. */
export function thinkAnswer(user: string): { readonly claims: readonly ClaimJson[] } {
  const { asked, items } = readQuestion(user);
  const fresh = [...items].sort((a, b) => Number(b.id.startsWith('Q')) - Number(a.id.startsWith('Q')));
  const claims = TOPICS.filter(({ asks }) => asks.test(asked ?? '')).flatMap(({ kinds, line, says }) => {
    const citation = firstLine(fresh, kinds, line);
    return citation === null ? [] : [{ text: says, citations: [citation] }];
  });
  return { claims };
}

function firstLine(items: readonly Item[], kinds: readonly string[], line: RegExp): CitationJson | null {
  for (const item of items) {
    if (item.failed || !kinds.includes(item.kind)) continue;
    const found = item.lines.findLast((text) => line.test(text));
    if (found !== undefined) return { evidence: item.id, quote: found.trim().slice(0, 200) };
  }
  return null;
}

/** What a scripted model says to a question, and where it finds what it quotes. */
export interface Saying {
  readonly text: string;
  /** A quote that is there: the first line of that kind that matches. */
  readonly from?: readonly [kind: string, line: RegExp];
  /** A quote of its own making, said to be from the first item of that kind. */
  readonly forged?: readonly [kind: string, quote: string];
}

/** A model that answers any question with these claims; `pace` is the pause between two pieces, milliseconds. */
export function saying(claims: readonly Saying[], { pace }: { readonly pace?: number } = {}): Behaviour {
  return ({ user }) => {
    const { items } = readQuestion(user);
    const written = claims.map(({ text, from, forged }): ClaimJson => {
      if (forged !== undefined) {
        const item = items.find(({ kind }) => kind === forged[0]);
        return { text, citations: item === undefined ? [] : [{ evidence: item.id, quote: forged[1] }] };
      }
      const found = from === undefined ? null : firstLine(items, [from[0]], from[1]);
      return { text, citations: found === null ? [] : [found] };
    });
    return {
      kind: 'message',
      content: JSON.stringify({ claims: written }),
      ...(pace === undefined ? {} : { pace }),
    };
  };
}
