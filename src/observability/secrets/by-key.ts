import { bareExtent, quotedExtent } from './extent.ts';
import { assignedTo } from './keys/assigned.ts';
import { elementOf } from './keys/element.ts';
import { hidden, matchAt } from './keys/hidden.ts';
import { type Name, nameAround, nextHint } from './keys/name.ts';
import { pairedWith } from './keys/paired.ts';
import { spacedFrom } from './keys/spaced.ts';
import { HINTS } from './keys/words.ts';
import { type Hide, mark, type Range, where } from './rule.ts';

const NEXT_ITEM = /["']?[ \t]*\r?\n[ \t]*- (["'])?/y;

/** Hides the values whose name says that they are secret, however name and value are written. */
export const BY_KEY: Hide = where(HINTS, (text) => {
  let out = '';
  let done = 0;
  let hint = nextHint(text, 0);
  while (hint !== null) {
    const name = nameAround(text, hint, done);
    const value = name.meaning === 'none' ? null : valueNamed(text, name);
    if (value !== null) {
      out += text.slice(done, value.from) + mark('password');
      done = value.to;
    }
    hint = nextHint(text, Math.max(name.to, done));
  }
  return done === 0 ? text : out + text.slice(done);
});

function valueNamed(text: string, name: Name): Range | null {
  const before = text[name.from - 1] ?? '';
  const element = /[<:;]/.test(before) ? elementOf(text, name) : null;
  if (element !== null) return element;
  const assigned = assignedTo(text, name);
  if (assigned !== null) return assigned;
  const item = text.startsWith('-', name.from) ? matchAt(NEXT_ITEM, text, name.to) : null;
  if (item !== null) {
    const at = name.to + item[0].length;
    const value =
      item[1] === undefined
        ? bareExtent(text, at, { line: true, query: false })
        : quotedExtent(text, at, item[1]);
    return text[at] === '-' ? null : hidden(text, value, name.meaning);
  }
  return /[\s\w]/.test(text[name.to] ?? '') && text[name.to] !== '\n'
    ? spacedFrom(text, name)
    : pairedWith(text, name);
}
