/** What may not stand in XML at all, and what hides in text or turns its direction. */
const UNFIT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is being removed
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff0-\uffff]+/g;
/** All but Latin, Greek and Cyrillic letters, punctuation, currencies, arrows and what mathematics writes. */
const UNKNOWN =
  /[^\u0020-\u007e\u00a0-\u024f\u0370-\u03ff\u0400-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20b9\u2190-\u21ff\u2200-\u22ff\u25a1]+/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text from outside as the text of an SVG, in which it can be nothing else. */
export function escaped(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** One line of letters that the fonts have; any other is shown as a box, as they would. */
function plain(text: string): string {
  const line = text.toWellFormed().replace(UNFIT, ' ').replace(/\s+/g, ' ').trim();
  return line.replace(UNKNOWN, '□');
}

/** How wide a text is about, in a font whose letters are of different widths; rather too wide than too narrow. */
export function textWidth(text: string, size: number, bold = false): number {
  return [...text].reduce((sum, letter) => sum + widthOf(letter), 0) * size * (bold ? 1.1 : 1);
}

function widthOf(letter: string): number {
  if (letter > '\u2e80') return 1;
  if (/[ .,:;!|'ilj()[\]]/.test(letter)) return 0.4;
  if (/[A-Zmw%@—_]/.test(letter)) return 0.86;
  return 0.64;
}

/** As much of a text as there is room for. */
export function clipTo(text: string, room: number, size: number, bold = false): string {
  const letters = [...plain(text)];
  if (textWidth(letters.join(''), size, bold) <= room) return letters.join('');
  return `${head(letters, room - size, size, bold)}…`;
}

/** The beginning and the end of a text: names that differ often do so in their last letters. */
export function clipMiddle(text: string, room: number, size: number): string {
  const letters = [...plain(text)];
  if (textWidth(letters.join(''), size) <= room) return letters.join('');
  const half = (room - size) / 2;
  const end = [...head(letters.toReversed(), half, size)].toReversed().join('');
  return `${head(letters, half, size)}…${end}`;
}

function head(letters: readonly string[], room: number, size: number, bold = false): string {
  let width = 0;
  const over = letters.findIndex((letter) => {
    width += textWidth(letter, size, bold);
    return width > room;
  });
  return letters.slice(0, over === -1 ? letters.length : over).join('');
}

/** The place that a text takes up in its row. */
export interface Box {
  readonly left: number;
  readonly right: number;
}

/** Whether two texts of a row are closer than `apart`. */
export function overlaps(one: Box, other: Box, apart: number): boolean {
  return one.left < other.right + apart && other.left < one.right + apart;
}
