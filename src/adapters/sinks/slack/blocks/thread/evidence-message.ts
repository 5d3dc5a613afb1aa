import type { EvidenceSummary } from '../../../../../evidence/evidence.ts';
import { readable } from '../plain.ts';
import { showAll } from '../record-button.ts';
import type { Message } from '../service.ts';
import { context, counted, section, sections, timely, words } from '../text.ts';
import { evidenceLine, reasonIn } from './story/evidence-line.ts';
import { all, type ThreadSection } from './thread-section.ts';

/** So many lines are read; the rest is behind the button. */
const SHOWN = 3;
const NAMED = 4;
/** More than there are kinds. */
const KINDS = 100;

/** What is looked at first where no cause stands on anything yet. */
const FIRST: readonly EvidenceSummary['kind'][] = ['state', 'probe', 'change', 'alert', 'metric', 'log'];

/**
 * What was found out: the few items that carry the cause, each with its id, so that a claim's citation can be looked up. The rest is
 * counted and opens with the button; what could not be read is named.
 *
 * @param carrying the items of a round that its cause stands on, each with the line that says it
 */
export function evidenceMessage(
  chapter: ThreadSection,
  incident: string,
  carrying: (round: number) => ReadonlyMap<string, string>,
): Message {
  const told = all(chapter, 'evidence');
  const round = told[0]?.round ?? 1;
  const items = told.flatMap(({ items, excerpts }) =>
    items.map((item) => ({
      item,
      excerpt: (Object.hasOwn(excerpts, item.id) ? excerpts[item.id] : undefined) ?? '',
    })),
  );
  const found = items.filter(({ item }) => item.status === 'ok');
  const failed = items.filter(({ item }) => item.status === 'failed');
  const missing = failed.length > 0 ? `, ${failed.length} could not be read` : '';
  const sources = new Set(found.map(({ item }) => item.witness)).size;
  const cited = carrying(round);
  const shown = ranked(found, [...cited.keys()]).slice(0, SHOWN);
  const folded = found.length - shown.length;
  const head = `${counted(found.length, 'fact')} from ${counted(sources, 'source')}${missing}`;
  return {
    text: `Evidence: ${head}`,
    blocks: [
      section(`:mag: *Evidence:* ${head}`),
      ...sections(shown.map(({ item, excerpt }) => evidenceLine(item, excerpt, cited.get(item.id)))),
      ...context(folded > 0 ? `${counted(folded, 'more fact')} not shown here` : '', unread(failed)),
      ...showAll({ i: incident, k: 'evidence', r: round }),
    ],
  };
}

/** The items as they are worth being read: what carries the cause, then the first of each kind, and then the rest. */
function ranked<Item extends { readonly item: EvidenceSummary }>(
  found: readonly Item[],
  carrying: readonly string[],
): readonly Item[] {
  const kinds = new Map<string, number>();
  const weighed = found.map((one) => {
    const { id, kind } = one.item;
    const nth = kinds.get(kind) ?? 0;
    kinds.set(kind, nth + 1);
    const place = carrying.indexOf(id);
    const usual = FIRST.indexOf(kind);
    const among = (nth + 1) * KINDS + (usual < 0 ? FIRST.length : usual);
    return { one, rank: place >= 0 ? place - carrying.length : among };
  });
  return weighed.sort((one, other) => one.rank - other.rank).map(({ one }) => one);
}

/** What could not be read, and why in a few words. */
function unread(failed: readonly { readonly item: EvidenceSummary; readonly excerpt: string }[]): string {
  if (failed.length === 0) return '';
  const names = failed.slice(0, NAMED).map(({ item: { title }, excerpt }) => {
    const why = reasonIn(excerpt);
    const name = words(title.replace(/: no answer$/, ''), 100);
    return why === 'no answer' ? name : `${name} (${timely(readable(why), 120)})`;
  });
  const more = failed.length > NAMED ? ` and ${failed.length - NAMED} more` : '';
  return `:grey_question: Could not be read: ${names.join(', ')}${more}`;
}
