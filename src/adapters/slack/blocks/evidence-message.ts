import { all, type Chapter } from './chapter.ts';
import { evidenceLine } from './evidence-line.ts';
import { showAll } from './record-button.ts';
import type { Message } from './service.ts';
import { context, counted, section, sections } from './text.ts';

const SHOWN = 12;

/** What was found out, an item a line with its id, so that a claim's citation can be looked up; failures are said openly. */
export function evidenceMessage(chapter: Chapter, incident: string): Message {
  const told = all(chapter, 'evidence');
  const items = told.flatMap(({ items, excerpts }) =>
    items.map((item) => ({ item, excerpt: excerpts[item.id] ?? '' })),
  );
  const found = items.filter(({ item }) => item.status === 'ok');
  const failed = items.filter(({ item }) => item.status === 'failed');
  const missing = failed.length > 0 ? `, ${failed.length} could not be read` : '';
  const sources = new Set(found.map(({ item }) => item.witness)).size;
  const lines = [...found, ...failed].slice(0, SHOWN).map(({ item, excerpt }) => evidenceLine(item, excerpt));
  return {
    text: `Evidence: ${counted(found.length, 'fact')} from ${counted(sources, 'source')}${missing}`,
    blocks: [
      section(
        `:mag: *Evidence:* ${counted(found.length, 'fact')} from ${counted(sources, 'source')}${missing}`,
      ),
      ...sections(lines),
      ...context(items.length > SHOWN ? `${items.length - SHOWN} more are not in this list` : ''),
      ...showAll({ i: incident, k: 'evidence', r: told[0]?.round ?? 1 }),
    ],
  };
}
