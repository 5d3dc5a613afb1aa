import type { Conclusion } from '../../app/replay/past.ts';
import type { Replayed } from '../../app/replay/replay.ts';

const NAMES = { fault: 'a fault', pattern: 'a pattern', model: 'a model', person: 'a person' } as const;
/** A column grows to this, and what is longer goes on below. */
const WIDEST = 44;

/** What was concluded and what is concluded now, side by side, then what differs and what a replay cannot show. */
export function replayText({ past, now, differs, notes }: Replayed): string {
  const rows = rowsOf(past.was).map(
    ([name, was], place) => [name, was, rowsOf(now)[place]?.[1] ?? ''] as const,
  );
  const width = Math.min(WIDEST, Math.max(...rows.map(([, was]) => was.length), 4));
  const table = [['', 'then', 'now'] as const, ...rows].flatMap((row) => lines(row, width));
  const judged =
    past.judged === null
      ? []
      : [
          `A person said that this was ${past.judged.verdict}${past.judged.really === null ? '' : `: ${past.judged.really}`}.`,
        ];
  const facts = past.evidence.reduce((sum, item) => sum + (item.facts?.length ?? 0), 0);
  return [
    `${past.id}: ${past.title} (${past.subject.name}, ${new Date(past.openedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC)`,
    `From ${past.evidence.length} items of evidence with ${facts} facts, of round ${past.round}.`,
    '',
    ...table,
    '',
    ...judged,
    differs.length === 0 ? 'Nothing differs.' : `What differs: ${differs.join(', ')}.`,
    ...notes.map((note) => `– ${note}`),
    '',
  ].join('\n');
}

function rowsOf(one: Conclusion): readonly (readonly [name: string, said: string])[] {
  const cause = one.cause === null ? 'none' : one.cause;
  return [
    ['cause', one.stands || one.cause === null ? cause : `not sure: ${cause}`],
    ['by', one.by === null ? '–' : `${NAMES[one.by]}${one.fault === null ? '' : `, ${one.fault}`}`],
    ['where', one.object ?? '–'],
    ['sure', one.confidence === null ? '–' : `${Math.round(one.confidence * 100)} %`],
    ['playbook', one.playbook ?? 'none'],
    ['tier', one.tier ?? '–'],
    ['decided', one.decision === null ? '–' : DECISIONS[one.decision]],
    ['because', one.reason ?? '–'],
  ];
}

const DECISIONS: Readonly<Record<NonNullable<Conclusion['decision']>, string>> = {
  allow: 'runs at once',
  wait: 'runs after the cancel window',
  ask: 'asks people',
  observe: 'only watches',
  deny: 'does not run',
};

function lines([name, was, now]: readonly [string, string, string], width: number): readonly string[] {
  const [left, right] = [wrapped(was, width), wrapped(now, width)];
  return Array.from({ length: Math.max(left.length, right.length) }, (_none, place) =>
    `  ${(place === 0 ? name : '').padEnd(9)}${(left[place] ?? '').padEnd(width + 2)}${right[place] ?? ''}`.trimEnd(),
  );
}

function wrapped(text: string, width: number): readonly string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.replace(/\s+/g, ' ').split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      found.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...found, line];
}
