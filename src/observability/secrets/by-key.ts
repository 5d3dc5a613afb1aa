import { assignedTo } from './keys/assigned.ts';
import { elementOf } from './keys/element.ts';
import { beginsLine, hidden, matchAt } from './keys/hidden.ts';
import { type Name, nameAround, nextHint } from './keys/name.ts';
import { pairedWith } from './keys/paired.ts';
import { valueBefore } from './keys/preceding.ts';
import { spacedFrom } from './keys/spaced.ts';
import { HINTS } from './keys/words.ts';
import { type Hide, mark, type Range, where } from './rule.ts';
import { createCodes } from './text/codes.ts';
import { bareExtent, quotedExtent } from './text/extent.ts';
import { looksGenerated } from './text/randomness.ts';
import { looksSecret } from './text/values.ts';

const NEXT_ITEM = /["']?[ \t]*\r?\n[ \t]*- (["'])?/y;
const NEXT_WORD = /[ \t]{0,20}\r?\n[ \t]{0,40}(?=[^\s-]\S{3,300}[ \t]{0,20}(?:\r?\n|$))/y;

const codesOf = createCodes();

/** Hides the values whose name says that they are secret, however name and value are written. */
export const BY_KEY: Hide = where(HINTS, (text) => {
  let out = '';
  let done = 0;
  const codes = codesOf(text);
  let hint = nextHint(text, codes, 0);
  while (hint !== null) {
    const name = nameAround(text, hint, done);
    const value = name.meaning === 'none' ? null : (valueNamed(text, name) ?? valueBefore(text, name, done));
    if (value !== null) {
      out += text.slice(done, value.from) + mark('password');
      done = value.to;
    }
    hint = nextHint(text, codes, Math.max(name.to, done));
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
  if (/[\r\n]/.test(text[name.to] ?? '')) return below(text, name) ?? pairedWith(text, name);
  if (text[name.to] === ' ' && text[name.to + 1] === '{') return pairedWith(text, name);
  return /[\s\w\0]/.test(text[name.to] ?? '') ? spacedFrom(text, name) : pairedWith(text, name);
}

/**
 * A flag of a list without dashes, as `kubectl describe` shows it, and the value on the next line; and a name that ends its line
 * above a line that holds nothing but a word which nobody made of words.
 */
function below(text: string, { from, to, meaning }: Name): Range | null {
  const gap = matchAt(NEXT_WORD, text, to);
  if (gap === null) return null;
  const value = bareExtent(text, to + gap[0].length, { line: false, query: false });
  const told = text.slice(value.from, value.to);
  const flag = text.startsWith('--', from) && beginsLine(text, from) && looksSecret(told);
  return flag || looksGenerated(told) ? hidden(text, value, meaning) : null;
}
