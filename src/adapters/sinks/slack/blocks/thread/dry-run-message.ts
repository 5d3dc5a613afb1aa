import { showAll } from '../record-button.ts';
import type { Message } from '../service.ts';
import { context, counted, preformatted, section, sentence, words } from '../text.ts';
import { last, type ThreadSection } from './thread-section.ts';

/** About a screenful on a phone. */
const LINES = 30;
const CHARACTERS = 1_800;

/** What the fix would change, as the dry run said it, before anybody is asked to press a button. */
export function dryRunMessage(chapter: ThreadSection, incident: string): Message {
  const told = last(chapter, 'dry-run');
  if (told?.diff == null) {
    const reason = words(told?.reason ?? 'no reason was given', 800);
    return { text: `No dry run: ${reason}`, blocks: [section(`:test_tube: *No dry run:* ${reason}`)] };
  }
  const { diff, plan, reason } = told;
  const empty = diff.trim() === '';
  const text = empty ? 'The dry run would change nothing' : 'Dry run: what the fix would change';
  const why = reason === null ? [] : [`Shown again: ${sentence(reason, 300)}`];
  const head = section(`:test_tube: *${text}*`, ...why);
  if (empty) return { text, blocks: [head] };
  const lines = diff.trimEnd().split('\n');
  const shown = screenful(lines);
  if (shown.length === lines.length) return { text, blocks: [head, ...preformatted(shown.join('\n'))] };
  return {
    text,
    blocks: [
      head,
      ...preformatted(shown.join('\n')),
      ...context(`_${counted(lines.length - shown.length, 'more line')} not shown_`),
      ...showAll({ i: incident, k: 'dry-run', r: plan }),
    ],
  };
}

/** As many whole lines as fit a screen; a first line alone, however long it is. */
function screenful(lines: readonly string[]): readonly string[] {
  let length = 0;
  const over = lines.findIndex((line, index) => {
    length += line.length + 1;
    return index >= LINES || length > CHARACTERS;
  });
  return over < 0 ? lines : lines.slice(0, Math.max(1, over));
}
