import type { EvidenceSummary } from '../../../evidence/evidence.ts';
import { all, type Chapter } from './chapter.ts';
import { evidenceLine } from './evidence-line.ts';
import { readable, timely } from './plain.ts';
import { showAll } from './record-button.ts';
import type { Message } from './service.ts';
import { context, counted, section, sections, words } from './text.ts';

/** So many lines are read; the rest is behind the button. */
const SHOWN = 3;
const NAMED = 4;

/** What is looked at first where no cause stands on anything yet. */
const FIRST: readonly EvidenceSummary['kind'][] = ['state', 'probe', 'change', 'alert', 'metric', 'log'];

/**
 * What was found out: the few items that carry the cause, each with its id, so that a claim's citation can be looked up. The rest is
 * counted and opens with the button; what could not be had is named.
 *
 * @param carrying the items of a round that its cause stands on
 */
export function evidenceMessage(
  chapter: Chapter,
  incident: string,
  carrying: (round: number) => readonly string[],
): Message {
  const told = all(chapter, 'evidence');
  const round = told[0]?.round ?? 1;
  const items = told.flatMap(({ items, excerpts }) =>
    items.map((item) => ({ item, excerpt: excerpts[item.id] ?? '' })),
  );
  const found = items.filter(({ item }) => item.status === 'ok');
  const failed = items.filter(({ item }) => item.status === 'failed');
  const missing = failed.length > 0 ? `, ${failed.length} could not be had` : '';
  const sources = new Set(found.map(({ item }) => item.witness)).size;
  const shown = found.toSorted(byWeight(carrying(round))).slice(0, SHOWN);
  const folded = found.length - shown.length;
  const head = `${counted(found.length, 'fact')} from ${counted(sources, 'source')}${missing}`;
  return {
    text: `Evidence: ${head}`,
    blocks: [
      section(`:mag: *Evidence:* ${head}`),
      ...sections(shown.map(({ item, excerpt }) => evidenceLine(item, excerpt))),
      ...context(folded > 0 ? `${counted(folded, 'more fact')} behind the button` : '', unread(failed)),
      ...showAll({ i: incident, k: 'evidence', r: round }),
    ],
  };
}

function byWeight(carrying: readonly string[]) {
  const rank = ({ id, kind }: EvidenceSummary) => {
    const place = carrying.indexOf(id);
    const usual = FIRST.indexOf(kind);
    return place >= 0 ? place : carrying.length + (usual < 0 ? FIRST.length : usual);
  };
  return (one: { readonly item: EvidenceSummary }, other: { readonly item: EvidenceSummary }) =>
    rank(one.item) - rank(other.item);
}

/** What could not be had, and why in a few words. */
function unread(failed: readonly { readonly item: EvidenceSummary; readonly excerpt: string }[]): string {
  if (failed.length === 0) return '';
  const names = failed.slice(0, NAMED).map(({ item: { title }, excerpt }) => {
    const [why = ''] = excerpt.replace(/^.{1,80}? could not answer: /, '').split('\n');
    const name = words(title.replace(/: no answer$/, ''), 100);
    return why.trim() === '' ? name : `${name} (${timely(readable(why), 120)})`;
  });
  const more = failed.length > NAMED ? ` and ${failed.length - NAMED} more` : '';
  return `:grey_question: Could not be had: ${names.join(', ')}${more}`;
}
