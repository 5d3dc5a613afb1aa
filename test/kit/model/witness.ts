import type { CitationJson, HypothesisJson } from './answers.ts';
import type { Behaviour } from './protocol.ts';
import { readQuestion } from './reading.ts';

/** What a scripted model says of one cause, and where it finds what it quotes: the kind of evidence and what the line holds. */
export interface Opinion {
  readonly cause: string;
  readonly playbook: string | null;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly claims: readonly {
    readonly text: string;
    /** A quote that is there: the first line of that kind that matches. */
    readonly from?: readonly [kind: string, line: RegExp];
    /** A quote of its own making, said to be from the first item of that kind. */
    readonly forged?: readonly [kind: string, quote: string];
  }[];
}

/** A model that holds this opinion whatever it is shown, and quotes the evidence for it to the letter. */
export function holding(opinion: Opinion): Behaviour {
  return ({ user }) => {
    const { items } = readQuestion(user);
    const cite = ({ from, forged }: Opinion['claims'][number]): CitationJson[] => {
      if (forged !== undefined) {
        const item = items.find(({ kind }) => kind === forged[0]);
        return item === undefined ? [] : [{ evidence: item.id, quote: forged[1] }];
      }
      if (from === undefined) return [];
      for (const item of items) {
        const line = item.kind === from[0] ? item.lines.find((text) => from[1].test(text)) : undefined;
        if (line !== undefined) return [{ evidence: item.id, quote: line.trim() }];
      }
      return [];
    };
    const hypothesis: HypothesisJson = {
      cause: opinion.cause,
      claims: opinion.claims.map((claim) => ({ text: claim.text, citations: cite(claim) })),
      against: [],
      playbook: opinion.playbook,
      parameters: Object.entries(opinion.parameters ?? {}).map(([name, value]) => ({ name, value })),
      confidence: 0.95,
    };
    return {
      kind: 'message',
      content: JSON.stringify({
        summary: opinion.cause,
        hypotheses: [hypothesis],
        prevention: null,
        lead: null,
      }),
    };
  };
}
