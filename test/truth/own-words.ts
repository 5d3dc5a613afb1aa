import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the texts of a card and a thread are written. */
const FOLDERS = [
  'adapters/sinks/slack/blocks',
  'adapters/charts',
  'adapters/sinks/slack/pictures',
  'approval',
  'diagnosis',
  'evidence',
  'execution',
  'incident',
  'alerts',
  'services',
  'silence',
  'knowledge',
  'notify',
  'playbooks',
  'policy',
  'recovery',
  'verification',
  'lib',
];
/** Dialogs and the Home tab are no part of a card or a thread, and have examples in them. */
const ELSEWHERE = /^(?:modals|home)\//;
const SOURCE = join(import.meta.dirname, '../../src');

/** Every word that stands in a text of the code itself, in small letters: these are nobody's data, and need no record. */
export function ownWords(): ReadonlySet<string> {
  return new Set(
    filesIn(FOLDERS, ELSEWHERE).flatMap((file) => textsIn(readFileSync(file, 'utf8')).flatMap(wordsIn)),
  );
}

/** Every text of those parts of the code that people read the texts of. */
export function textsOfSource(): readonly string[] {
  return textsOfFiles([...FOLDERS, 'engine', 'desk', 'adapters/sinks/slack/handlers']);
}

/** Every text in the code of these folders. */
export function textsOfFiles(folders: readonly string[]): readonly string[] {
  return filesIn(folders, null).flatMap((file) => textsIn(readFileSync(file, 'utf8')));
}

function filesIn(folders: readonly string[], but: RegExp | null): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(SOURCE, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && but?.test(file) !== true)
      .map((file) => join(SOURCE, folder, file)),
  );
}

/** Letters alone: what has a digit, a dot or a dash in it may be a name. */
function wordsIn(text: string): readonly string[] {
  return (text.toLowerCase().match(/[a-z]+(?:[’'][a-z]+)?/g) ?? []).map((word) => word.replace('’', "'"));
}

/** A string, a piece of a template, a comment or a pattern, whichever comes first: only the first two are kept. */
const PIECE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|(?<=[(,=:[!&|?{};]\s*|return\s)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[`{}]/g;

/** The texts of a file, with what is put into a template left out. */
export function textsIn(code: string): readonly string[] {
  const texts: string[] = [];
  // For each template that is open, how many braces are open within its present hole.
  const depths: number[] = [];
  let at = 0;
  while (at < code.length) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(code);
    if (found === null) break;
    const [piece, single, double] = found;
    at = found.index + piece.length;
    const depth = depths.at(-1);
    if (single !== undefined || double !== undefined) texts.push(single ?? double ?? '');
    else if (piece === '{' && depth !== undefined) depths.splice(-1, 1, depth + 1);
    else if (piece === '}' && depth !== undefined && depth > 0) depths.splice(-1, 1, depth - 1);
    else if (piece === '`' || (piece === '}' && depth === 0)) {
      const { text, end, hole } = templateFrom(code, at);
      texts.push(text);
      at = end;
      if (piece === '`' && hole) depths.push(0);
      if (piece === '}' && !hole) depths.pop();
    }
  }
  return texts;
}

/** A template from here to its next hole, or to its end. */
function templateFrom(code: string, from: number): { text: string; end: number; hole: boolean } {
  let at = from;
  while (at < code.length && code[at] !== '`' && !code.startsWith('${', at)) at += code[at] === '\\' ? 2 : 1;
  const hole = code.startsWith('${', at);
  return { text: code.slice(from, at), end: at + (hole ? 2 : 1), hole };
}
