import { createCodes } from './codes.ts';

/**
 * What a quick look at a text tells: which pieces of one, two and three characters it has, by their hashes. A word whose pieces are
 * not all there is not there either, and that is known without reading the text again.
 */
export interface Sight {
  /** The text in lower case. */
  readonly low: string;
  /** Where a piece's hash stands, the number of the text that had it last. */
  readonly marks: Uint16Array;
  readonly turn: number;
}

/** Small enough to stay close to the processor, so large that a line of a log fills a twentieth of it. */
const SLOTS = 16_384;

/** A piece that every text has. */
export const ALWAYS = SLOTS - 1;

const one = (a: number): number => a & (SLOTS - 1);
const two = (a: number, b: number): number => (a * 131 + b * 7) & (SLOTS - 1);
/** A number below 16 384 for three characters, by their codes. */
export const pieceOf = (a: number, b: number, c: number): number => (a * 961 + b * 31 + c) & (SLOTS - 1);

/** Looks at one text after the other; what it said of one holds until it looks at the next. */
export function createSight(): (text: string) => Sight {
  const codesOf = createCodes();
  const marks = new Uint16Array(SLOTS);
  let turn = 0;
  return (text) => {
    turn += 1;
    if (turn > 0xffff) {
      marks.fill(0);
      turn = 1;
    }
    const low = text.toLowerCase();
    const codes = codesOf(low);
    marks[ALWAYS] = turn;
    let before = 0;
    let last = 0;
    for (let at = 0; at < low.length; at += 1) {
      const code = codes[at] ?? 0;
      marks[one(code)] = turn;
      marks[two(last, code)] = turn;
      marks[pieceOf(before, last, code)] = turn;
      before = last;
      last = code;
    }
    return { low, marks, turn };
  };
}

/** Whether one of the words stands in a text. They are in lower case. */
export function anyOf(words: readonly string[]): (sight: Sight) => boolean {
  const pieces = words.map(piecesOf);
  const lasts = Uint16Array.from(pieces, (each) => each.at(-1) ?? ALWAYS);
  return (sight) => {
    const { marks, turn } = sight;
    for (let at = 0; at < lasts.length; at += 1)
      if (marks[lasts[at] ?? 0] === turn && isThere(sight, words[at] ?? '', pieces[at])) return true;
    return false;
  };
}

function isThere({ low, marks, turn }: Sight, word: string, pieces: Uint16Array | undefined): boolean {
  if (pieces === undefined) return false;
  for (let at = 0; at < pieces.length - 1; at += 1) if (marks[pieces[at] ?? 0] !== turn) return false;
  return low.includes(word);
}

/** A piece of a word: where it is not, the word is not. */
export function pieceIn(word: string): number {
  return piecesOf(word).at(-1) ?? ALWAYS;
}

function piecesOf(word: string): Uint16Array {
  const codes = [...Array(word.length).keys()].map((at) => word.charCodeAt(at));
  const [a = 0, b = 0] = codes;
  if (codes.length === 1) return Uint16Array.of(one(a));
  if (codes.length === 2) return Uint16Array.of(two(a, b));
  return Uint16Array.from(codes.slice(2), (code, at) => pieceOf(codes[at] ?? 0, codes[at + 1] ?? 0, code));
}
