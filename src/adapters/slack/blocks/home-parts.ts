import type { Button, ConfirmationDialog, KnownBlock } from '@slack/types';
import { clipMarked, section } from './text.ts';

/** As many lines as a list in the Home tab may have before the rest is counted. */
const LINES = 10;

/** Lines of mrkdwn from elsewhere, each behind a sign. */
export function told(lines: readonly string[], sign = ''): KnownBlock {
  return section(...linesOr(lines, LINES, (line) => `${sign}${clipMarked(line, 280)}`, ''));
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
