import type { Range } from '../rule.ts';
import { bareExtent, QUOTE, quotedExtent } from '../text/extent.ts';
import { looksSecret } from '../text/values.ts';
import { schemeValue } from './headers.ts';
import { beginsLine, hidden, matchAt } from './hidden.ts';
import type { Name } from './name.ts';

const SPACED = new RegExp(`(?:[ \\t]{1,60}(?:=[ \\t]{1,4})?|\\0)(${QUOTE})?`, 'y');
const ANNOUNCED =
  /((?: [\w@.()'[\]-]{1,40}){1,10}(?:\.\r?\n(?:New|The) \w{1,12})?) ?[:=]\s{1,6}(["'`])?(?=\S{6,200}(?:["'`]?[ \t]*(?:\n|$)))/y;
const SAID =
  /[ \t]{1,4}(?:for [\w.@-]{1,40} )?(?:is|was|to|are|(?:has been )?(?:set|changed|reset) to|with (?:the )?value(?: of)?|has (?:the )?value)[ \t]{1,4}(?:now )?(?::[ \t]{0,4})?(["'`])?/iy;

/** "The password of the user elastic is: x", the value being the last of its line. */
function announcedBy(text: string, at: number): Range | null {
  const announced = matchAt(ANNOUNCED, text, at);
  if (
    announced === null ||
    /fail|error|\bid\b|request|trace|invalid|reject|denied|hash/i.test(announced[1] ?? '')
  )
    return null;
  const start = at + announced[0].length;
  const value =
    announced[2] === undefined
      ? {
          from: start,
          to:
            start +
            (/^[^\s\\]+?(?=[.,;]?(?:[\s\\]|$))/.exec(text.slice(start, start + 200))?.[0].length ?? 0),
        }
      : quotedExtent(text, start, announced[2]);
  return looksSecret(text.slice(value.from, value.to))
    ? hidden(text, value, 'password', { prose: true })
    : null;
}

/** A flag and its value, a setting and its value, and what a sentence tells: the two are parted by a space alone. */
export function spacedFrom(text: string, name: Name): Range | null {
  const { from, to, meaning } = name;
  const spaced = matchAt(SPACED, text, to);
  const written = text.slice(from, to);
  if (spaced === null) {
    return null;
  }
  const at = to + spaced[0].length;
  const quote = spaced[1];
  const flag = written.startsWith('-') && from + 1 < to;
  const value =
    quote === undefined ? bareExtent(text, at, { line: false, query: false }) : quotedExtent(text, at, quote);
  const told = text.slice(value.from, value.to);
  // What a server asks for is no answer to it: `Bearer realm="x"`.
  if (/^(?:realm|scope|service|error|charset)=/.test(told)) return null;
  if (flag)
    return told.startsWith('-') && quote === undefined
      ? null
      : hidden(text, value, meaning === 'weak' && /auth$/.test(written) ? 'password' : meaning);
  if (/^pass$/i.test(written)) return told.length >= 8 && looksSecret(told) ? value : null;
  const own = /^(?:requirepass|masterauth|sentinel-pass|bindpw|rootpw|secret_id)$/i.test(written);
  if (own && quote === undefined && looksSecret(told)) return hidden(text, value, 'token', { prose: true });
  // `npm config set _auth x`.
  if (
    meaning === 'weak' &&
    looksSecret(told) &&
    /\bset (?:-{1,2}\w+ )*["']?$/.test(text.slice(Math.max(0, from - 40), from))
  )
    return hidden(text, value, 'token');
  if (meaning === 'weak' || meaning === 'key' || meaning === 'cookie') return null;
  const announced = meaning === 'password' && quote === undefined ? announcedBy(text, to) : null;
  if (announced !== null) return announced;
  if (meaning === 'header')
    return quote === undefined
      ? schemeValue(text, at)
      : hidden(text, value, 'password', { prose: true, quoted: true });
  if (quote !== undefined) {
    return meaning === 'password' ||
      (meaning === 'token' && looksSecret(told)) ||
      (meaning === 'secret' && told.length >= 16 && looksSecret(told) && /[A-Z+=]/.test(told))
      ? hidden(text, value, meaning, { quoted: true, prose: true })
      : null;
  }
  const said = matchAt(SAID, text, to);
  if (said !== null) {
    const start = to + said[0].length;
    const it =
      said[1] === undefined
        ? bareExtent(text, start, { line: false, query: false })
        : quotedExtent(text, start, said[1]);
    return looksSecret(text.slice(it.from, it.to)) ? hidden(text, it, meaning, { prose: true }) : null;
  }
  // A line of a configuration file that holds the name and the value and nothing else, or words before a value like no word.
  const alone = beginsLine(text, from) && /^[ \t\r]*(?:\n|$|#)/.test(text.slice(value.to, value.to + 20));
  return own || (looksSecret(told) && (alone || meaning === 'password' || meaning === 'token'))
    ? hidden(text, value, meaning, { prose: true })
    : null;
}
