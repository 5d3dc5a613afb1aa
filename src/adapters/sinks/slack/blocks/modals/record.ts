import type { KnownBlock, ModalView } from '@slack/types';
import type { FullRecord } from '../../../../../desk/desk.ts';
import { clip, LIMITS } from '../limits.ts';
import { context, link, oneLine, safeUrl, words } from '../text.ts';
import { MODAL, modal, noticeView, paragraph } from './parts.ts';

export const RECORD = 'record:show';

/** A dialog holds 100 blocks, and Slack refuses one that is much larger than this as it is sent. */
const LARGEST = 150_000;
const LONGEST_LINE = 1_000;

/** A part of the record in full, as far as one dialog holds it; what it does not hold is said. */
export function recordView(record: FullRecord): ModalView {
  const whole = oneLine(record.title);
  if (record.sections.length === 0) return noticeView(whole, 'There is nothing in this part of the record.');
  const head = whole.length > MODAL.title ? [paragraph(`*${words(whole, 500)}*`)] : [];
  const blocks: KnownBlock[] = [...head];
  let size = 0;
  for (const [nth, section] of record.sections.entries()) {
    const pieces = sectionBlocks(section);
    for (const [piece, block] of pieces.entries()) {
      size += JSON.stringify(block).length;
      if (blocks.length + 1 >= MODAL.blocks || size > LARGEST)
        return shown(whole, [...blocks, ...cut(record.sections.length - nth - 1, piece > 0, section.link)]);
      blocks.push(block);
    }
  }
  return shown(whole, blocks);
}

function shown(title: string, blocks: readonly KnownBlock[]): ModalView {
  return modal({ callback: RECORD, carries: { c: '' }, title, blocks });
}

/** What did not fit, and where the rest of it is. */
function cut(sections: number, inside: boolean, source: string | null): KnownBlock[] {
  const rest = inside ? 'the rest of this part' : 'this part';
  const more = sections === 0 ? '' : ` and ${sections} more`;
  const where = safeUrl(source) === null ? '' : ` ${link(source, 'Read on at the source')}.`;
  return context(`:scissors: Cut here: ${rest}${more} did not fit into one dialog.${where}`);
}

function sectionBlocks({ heading, note, text, link: source }: FullRecord['sections'][number]): KnownBlock[] {
  const small = [
    ...(note === null ? [] : [words(note, 1000)]),
    ...(safeUrl(source) === null ? [] : [link(source, 'Open the source')]),
  ];
  return [
    { type: 'header', text: { type: 'plain_text', text: clip(oneLine(heading), LIMITS.header) || '–' } },
    ...context(...small),
    ...(text.trim() === '' ? [] : piecesOf(text).map(fixed)),
  ];
}

/** Text as it is, in a fixed font, in which Slack reads nothing. */
function fixed(text: string): KnownBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  };
}

/** Cut between lines into pieces that one block holds; a line that is too long goes on in the next. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const line of text.toWellFormed().replaceAll('\r', '').split('\n').flatMap(foldedLine)) {
    if (piece !== '' && piece.length + line.length + 1 > LIMITS.preformatted) {
      pieces.push(piece);
      piece = '';
    }
    piece = piece === '' ? line : `${piece}\n${line}`;
  }
  return [...pieces, piece].filter((one) => one.trim() !== '');
}

/** A line without marks that turn its direction, in parts of a length that one block holds. */
function foldedLine(line: string): string[] {
  const clean = line.replace(/[^\S\t ]|[\u202a-\u202e\u2066-\u2069]/g, ' ');
  if (clean.length <= LONGEST_LINE) return [clean];
  const parts: string[] = [];
  let part = '';
  for (const character of clean) {
    if (part.length + character.length > LONGEST_LINE) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
