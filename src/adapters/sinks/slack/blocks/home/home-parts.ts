import type { Button, ConfirmationDialog, KnownBlock } from '@slack/types';
import type { Said } from '../../../../../lib/text/text.ts';
import { clipMarked, section, sentence } from '../text.ts';

/** As many lines as a list in the Home tab may have before the rest is counted. */
const LINES = 10;

/** Lines of mrkdwn, each of them shortened. */
export function told(lines: readonly string[]): KnownBlock {
  return section(...linesOr(lines, LINES, (line) => clipMarked(line, 280), ''));
}

/**
 * Sentences about Medic itself, each behind a sign. They quote what others said, an alert's name or a server's answer: nothing in them is
 * markup but code between backticks, and a channel by its id.
 */
export function remarks(lines: readonly string[], sign: string): KnownBlock {
  return section(...linesOr(lines, LINES, (line) => `${sign}${sentence(remarkOf(line), 280)}`, ''));
}

const MARKED = /`(?<value>[^`]+)`|<#(?<channel>[CDG][A-Z0-9]{2,20})>/g;

function remarkOf(line: string): Said {
  let end = 0;
  const parts = [...line.matchAll(MARKED)].flatMap((found): Said => {
    const before = { text: line.slice(end, found.index) };
    end = found.index + found[0].length;
    const { value, channel } = found.groups ?? {};
    return [before, value === undefined ? { channel: channel ?? '' } : { value }];
  });
  return [...parts, { text: line.slice(end) }];
}

/** A line for each, the first ones; and in words where there is none. */
export function linesOr<One>(
  list: readonly One[],
  most: number,
  line: (one: One) => string,
  otherwise: string,
): string[] {
  if (list.length === 0) return [otherwise];
  return [...list.slice(0, most).map(line), ...left(list.length - most)];
}

/** How many of a list were left out, where any were. */
export function left(count: number): string[] {
  return count > 0 ? [`_… and ${count} more_`] : [];
}

export function button(action: string, label: string, more: Partial<Button> = {}): Button {
  return { type: 'button', action_id: action, text: { type: 'plain_text', text: label }, ...more };
}

export function dialog(title: string, text: string, confirm: string, deny: string): ConfirmationDialog {
  const plain = (one: string) => ({ type: 'plain_text' as const, text: one });
  return { title: plain(title), text: plain(text), confirm: plain(confirm), deny: plain(deny) };
}
