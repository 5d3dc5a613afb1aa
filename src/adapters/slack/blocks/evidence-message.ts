import type { EvidenceSummary } from '../../../evidence/evidence.ts';
import { all, type Chapter } from './chapter.ts';
import type { Message } from './service.ts';
import { context, counted, link, section, sections, words } from './text.ts';

const SHOWN = 20;
const TELLING =
  /\b(error|fatal|panic|exception|killed|oom|out of memory|refused|timed? ?out|denied|failed|firing|exit(ed)?)\b/i;

/** What was found out, an item a line with its id, so that a claim's citation can be looked up; failures are said openly. */
export function evidenceMessage(chapter: Chapter): Message {
  const told = all(chapter, 'evidence');
  const items = told.flatMap(({ items, excerpts }) =>
    items.map((item) => ({ item, excerpt: excerpts[item.id] ?? '' })),
  );
  const found = items.filter(({ item }) => item.status === 'ok');
  const failed = items.filter(({ item }) => item.status === 'failed');
  const head = `:mag: *Evidence:* ${counted(found.length, 'fact')}${failed.length > 0 ? `, ${failed.length} not to be had` : ''}`;
  const lines = [...found, ...failed].slice(0, SHOWN).map(({ item, excerpt }) => itemLine(item, excerpt));
  const witnesses = new Set(found.map(({ item }) => item.witness)).size;
  return {
    text: `Evidence: ${counted(found.length, 'fact')}, ${failed.length} failed`,
    blocks: [
      section(head),
      ...sections(lines),
      ...context(
        items.length > SHOWN ? `_… and ${items.length - SHOWN} more_` : '',
        witnesses > 0 ? `From ${witnesses} independent ${witnesses === 1 ? 'source' : 'sources'}` : '',
      ),
    ],
  };
}

function itemLine(item: EvidenceSummary, excerpt: string): string {
  const title = words(item.title, 150);
  if (item.status === 'failed') {
    return `:grey_question: *${words(item.id, 12)}* ${title}: could not be had: ${words(excerpt || 'no answer', 250)}`;
  }
  const open = link(item.link, 'open');
  return `*${words(item.id, 12)}* ${title}: ${words(telling(item, excerpt), 250)}${open.startsWith('<') ? ` · ${open}` : ''}`;
}

/** The line of an excerpt that says most: the newest that speaks of trouble, a metric's present value, a log's newest, else the first. */
function telling({ kind, title }: EvidenceSummary, excerpt: string): string {
  const lines = excerpt.split('\n').filter((line) => line.trim() !== '');
  const value = kind === 'metric' ? lines.find((line) => /\bnow /.test(line)) : undefined;
  const line =
    value ??
    lines.findLast((one) => TELLING.test(one)) ??
    lines.at(kind === 'log' ? -1 : 0) ??
    'nothing to show';
  // The title has often said already what the line begins with.
  const label = `${title.split(': ').at(-1)}: `;
  return line.startsWith(label) ? line.slice(label.length) : line;
}
