import { type Hide, mark, rule } from '../rule.ts';
import { NO_SECRET, quoted, word } from './words.ts';

/** What is said to databases. */
export const SQL: readonly Hide[] = [
  // SQL: who is made, and with what.
  rule(
    ['identified'],
    /(\bIDENTIFIED\s{1,4}(?:WITH\s{1,4}['"`]?\w{1,60}['"`]?\s{1,4})?(?:BY|AS)\s{1,4}(?:PASSWORD\s{1,4}|VALUES\s{1,4})?)((?:"[^"\n]{1,400}"|'(?:[^'\n]|''){1,400}'|\\{1,4}["'][^"'\n\\]{1,400}\\{1,4}["']|[^\s"';,()]{1,400}))/gi,
    (whole, head = '', value = '') =>
      NO_SECRET.test(value) || /^(?:RANDOM|EXTERNALLY|GLOBALLY)$/i.test(value) ? whole : head + quoted(value),
  ),
  rule(
    ['password', 'crypt('],
    /(\b(?:PASSWORD|OLD_PASSWORD|crypt|digest|hmac|pgp_sym_(?:en|de)crypt|AES_(?:EN|DE)CRYPT|SHA[12]?|MD5)\s{0,3}\(\s{0,3})('(?:[^'\n]|''){1,400}'|"[^"\n]{1,400}")/g,
    (whole, head = '', value = '') => (/\[redacted:/.test(value) ? whole : head + quoted(value)),
  ),
  rule(
    ['set password', 'password'],
    /(\bSET PASSWORD(?: FOR [^=\n]{1,120}?)? {0,2}= {0,2})('[^'\n]{1,400}'|"[^"\n]{1,400}")/gi,
    word,
  ),
  // Within strings of strings every quotation mark is doubled.
  rule(
    ["password ''"],
    /(\bPASSWORD '{2,16})(?!\[redacted:)([^'\s]{1,200})(?='{2})/gi,
    (_, head = '') => head + mark('password'),
  ),
  // Values in the order of columns, one of which is a secret's.
  rule(
    ['insert into'],
    /(\bINSERT\s{1,4}INTO\s{1,4}[\w."`[\]]{1,100}\s{0,4}\([^()\n]{0,300}?\b[\w"`]{0,20}(?:passw|secret|token|api_?key|pwd)[^()\n]{0,300}\)\s{0,4}VALUES\s{0,4})((?:\((?:[^()'\n]|'(?:[^'\n]|'')*'){0,2000}\)[\s,]{0,4}){1,50})/gi,
    (_, head = '', values = '') =>
      head + values.replace(/'(?!\[redacted:)((?:[^'\n]|''){6,400})'/g, () => `'${mark('password')}'`),
  ),
];
