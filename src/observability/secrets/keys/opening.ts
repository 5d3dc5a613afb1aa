import { QUOTE } from '../text/extent.ts';

/** What may stand before a value: stars of Markdown, a tag of YAML, a call, and the quotation mark that opens it. */
export const OPENS = new RegExp(
  `(?:\\s{0,40}string\\(\\d{1,6}\\) (?=")|0x[0-9a-f]{1,16} (?="))?(?:\\*\\*|__|<\\w{1,10}>)?[ \\t]{0,60}(?:!!?\\w{1,20}[ \\t]{1,4}|&\\w{1,20}[ \\t]{1,4})?(?:(?:[A-Za-z_][\\w.]{0,40}[(\\[]){0,3}(?:[bBuUrRfFnN@$]{1,2})?(?=["'\`]|\\\\{1,7}["']))?(${QUOTE})?`,
  'y',
);
