import type { KnownBlock } from '@slack/types';

/**
 * Slack's limits, counted in UTF-16 units as Slack counts them. `message` is ours: Slack refuses a message whose blocks
 * hold far more text than anybody reads (`msg_blocks_too_long`), and an edit takes only 4,000 characters of text.
 */
export const LIMITS = {
  header: 150,
  section: 3000,
  contextElements: 10,
  buttonText: 75,
  buttonValue: 2000,
  optionValue: 150,
  taskTitle: 255,
  id: 255,
  confirmTitle: 100,
  confirmText: 300,
  blocks: 50,
  fallback: 3000,
  preformatted: 3000,
  message: 12_000,
} as const;

const MARK = '…';

/** Cuts to at most `max` UTF-16 units, the mark `…` included, and never through a character. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  let cut = '';
  for (const character of text.slice(0, max + 1)) {
    if (cut.length + character.length > max - MARK.length) break;
    cut += character;
  }
  return max < MARK.length ? '' : cut.trimEnd() + MARK;
}

/**
 * Joins lines that fit into `max` and says how many did not. Markup never spans lines here, so that a cut between lines
 * leaves none open.
 */
export function fitLines(lines: readonly string[], max: number): string {
  const whole = lines.join('\n');
  if (whole.length <= max) return whole;
  const kept: string[] = [];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    const note = `_… and ${lines.length - index} more_`;
    if (length + line.length + 1 + note.length > max) {
      if (kept.length === 0) return clip(line, max);
      return [...kept, note].join('\n');
    }
    kept.push(line);
    length += line.length + 1;
  }
  return kept.join('\n');
}

/**
 * Makes a list of blocks one message that Slack takes: at most 50 blocks and not too much text. What stands behind `last`
 * (buttons, links) is kept in any case; the middle is what gives way, and a line says so.
 */
export function fitBlocks(blocks: readonly KnownBlock[], last: readonly KnownBlock[] = []): KnownBlock[] {
  const room = LIMITS.message - weight(last);
  const kept: KnownBlock[] = [];
  let used = 0;
  for (const block of blocks) {
    used += weight([block]);
    if (used > room || kept.length + last.length + 1 >= LIMITS.blocks) {
      kept.push(leftOut(blocks.length - kept.length));
      break;
    }
    kept.push(block);
  }
  return [...kept, ...last];
}

/** The same where the buttons stand at the end: they are kept, and what is above them gives way. */
export function fitMessage(blocks: readonly KnownBlock[]): KnownBlock[] {
  const end = blocks.findLastIndex(({ type }) => type !== 'actions' && type !== 'context_actions') + 1;
  return fitBlocks(blocks.slice(0, end), blocks.slice(end));
}

function leftOut(count: number): KnownBlock {
  const text = `_… ${count} more ${count === 1 ? 'part' : 'parts'} left out to keep this readable_`;
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

/** How much of a message something takes up: its length as it is sent. */
export function weight(part: readonly KnownBlock[] | string): number {
  return JSON.stringify(part).length;
}
