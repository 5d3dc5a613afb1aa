import { meaningOf } from '../keys/meaning.ts';
import { type Hide, mark, where } from '../rule.ts';
import { looksSecret } from './values.ts';

/** A column of a table whose cells stand below each other, by the first and the last character of it. */
interface Column {
  readonly from: number;
  readonly to: number;
  readonly sure: boolean;
}

/** A line of names that stand apart by two spaces or a stroke. */
const HEADER =
  /^[ \t]{0,20}\|?[ ]{0,4}[A-Za-z][\w .-]{0,30}?(?:(?: {2,60}| {0,40}\| {0,40})[A-Za-z][\w.-]{0,30}){1,20}[ |]{0,40}$/;

/** Below a line of names, as psql and kubectl print tables, the column of each name that says that it is secret. */
const aligned: Hide = (text) => {
  let columns: readonly Column[] = [];
  return text
    .split('\n')
    .map((line) => {
      if (line.trim() === '' || line.length > 2000) columns = [];
      const here = line.length <= 400 && HEADER.test(line) ? columnsOf(line) : [];
      if (here.length > 0) {
        columns = here;
        return line;
      }
      return columns.length === 0 || line.includes('[redacted:') ? line : withoutColumns(line, columns);
    })
    .join('\n');
};

function columnsOf(header: string): readonly Column[] {
  const cells = [...header.matchAll(/[A-Za-z][\w.-]*(?: [A-Za-z][\w.-]*)*/g)];
  return cells.flatMap(({ 0: name, index }, at) => {
    const meaning = meaningOf(name);
    const secret = meaning === 'password' || meaning === 'token' || meaning === 'secret';
    const to = cells[at + 1]?.index ?? Number.POSITIVE_INFINITY;
    return secret ? [{ from: index, to, sure: meaning === 'password' }] : [];
  });
}

function withoutColumns(line: string, columns: readonly Column[]): string {
  return [...columns].reverse().reduce((current, { from, to, sure }) => {
    const cell = current.slice(from, to);
    const word = /^[ |]*([^\s|]{6,400})[ |\r]*$/.exec(cell)?.[1];
    if (word === undefined || !(looksSecret(word) || (sure && /\d/.test(word)))) return current;
    return current.slice(0, from) + cell.replace(word, mark('password')) + current.slice(from + cell.length);
  }, line);
}

export const TABLES: Hide = where(['passw', 'token', 'secret', 'pwd'], where(['\n'], aligned));
