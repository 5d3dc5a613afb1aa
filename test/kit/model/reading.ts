/** A piece of evidence as the model reads it. */
export interface Item {
  readonly id: string;
  readonly kind: string;
  readonly failed: boolean;
  readonly lines: readonly string[];
}

export interface Card {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a reader finds in a question: whom it is about, the fenced items, and the catalog. */
export interface Question {
  readonly subject: string;
  readonly items: readonly Item[];
  readonly cards: readonly Card[];
  /** What a person asked; null where a diagnosis is wanted. */
  readonly asked: string | null;
}

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
    items: [...blocks]
      .filter(([label]) => /^(?:Q\d+)?E\d+$/.test(label))
      .map(([id, text]) => readItem(id, text)),
    cards: outside
      .split('\n')
      .filter((line) => line.startsWith('{"name":'))
      .map((line) => JSON.parse(line) as Card),
    asked: blocks.get('QUESTION') ?? null,
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
