import type { KnownBlock, MrkdwnElement } from '@slack/types';
import type { Part, Text } from '../../../../lib/text/text.ts';
import { partsOf } from '../../../../lib/text/text-read.ts';
import { clip, fitLines, LIMITS } from './limits.ts';

/** Controls, and the marks that turn the direction of text or hide in it: they let one text pass for another. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is being removed
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** One line without invisible characters, for texts that come from outside. */
export function oneLine(text: string): string {
  return text.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim().toWellFormed();
}

/**
 * Text from outside as words within mrkdwn: one line, escaped, with nothing in it that mentions, links or opens code.
 * `max` counts what Slack counts, escapes included.
 */
export function words(text: string, max = 300): string {
  return escaped(oneLine(text).replaceAll('`', "'"), max);
}

/**
 * A text in mrkdwn: people, groups and channels are named, times stand in the reader's zone, values are code. Nothing in its words is
 * read as any of these. `max` counts what Slack counts; no part other than words is cut.
 *
 * @param read how its words are to be said, such as the message of a log line in place of the line
 */
export function sentence(text: Text, max = 300, read: (words: string) => string = (words) => words): string {
  const pieces = partsOf(text).flatMap((part) =>
    'text' in part ? timelyPieces(spaced(read(part.text))) : [drawn(part)],
  );
  return fitted(pieces, max).trim();
}

/** Words from outside in which times are shown in the reader's zone. */
export function timely(text: string, max = 300): string {
  return fitted(timelyPieces(oneLine(text).replaceAll('`', "'")), max);
}

/** A moment in UTC, as computers write it. */
const MOMENT = /\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)\b/;

function timelyPieces(text: string): string[] {
  return text
    .split(MOMENT)
    .flatMap((part) => (MOMENT.test(part) ? [time(Date.parse(part))] : wordPieces(part)));
}

/** Words that may stand between others: what is invisible is a space, and the spaces at their ends stay. */
function spaced(text: string): string {
  return text.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').replaceAll('`', "'").toWellFormed();
}

function drawn(part: Exclude<Part, { readonly text: string }>): string {
  if ('person' in part) return byId('@', part.person);
  if ('group' in part) return byId('!subteam^', part.group);
  if ('channel' in part) return byId('#', part.channel);
  if ('time' in part) return time(part.time, part.as);
  if ('service' in part) return bold(part.service);
  if ('value' in part) return code(part.value, 400);
  if ('strong' in part) return bold(part.strong);
  if ('link' in part) return link(part.link, part.words);
  if ('line' in part) return '\n';
  return part satisfies never;
}

const IDS = {
  '@': /^[UW][A-Z0-9]{2,20}$/,
  '!subteam^': /^S[A-Z0-9]{2,20}$/,
  '#': /^[CDG][A-Z0-9]{2,20}$/,
} as const;

/** Only ids of Slack's form become mentions. */
function byId(mark: keyof typeof IDS, id: string): string {
  return IDS[mark].test(id) ? `<${mark}${id}>` : words(id, 80);
}

/** A star in it would end it early. */
function bold(text: string): string {
  const said = words(text.replaceAll('*', ''), 150);
  return said === '' ? '–' : `*${said}*`;
}

/** A name or value as code. Empty texts become a dash, since empty code is no code. */
export function code(text: string, max = 120): string {
  return `\`${escaped(oneLine(text).replaceAll('`', "'") || '–', max - 2)}\``;
}

function escaped(text: string, max: number): string {
  return fitted(wordPieces(text), max);
}

/** Characters as they are written in mrkdwn. */
function wordPieces(text: string): string[] {
  return Array.from(text, (character) => ESCAPES[character] ?? character);
}

/** As many of the pieces as fit, with the mark of what is missing. */
function fitted(pieces: readonly string[], max: number): string {
  const whole = pieces.join('');
  if (whole.length <= max) return whole;
  let out = '';
  for (const piece of pieces) {
    if (out.length + piece.length > max - 1) break;
    out += piece;
  }
  return `${out}…`;
}

/** Cuts mrkdwn to at most `max`, never through an escape, a mention or a link. */
export function clipMarked(text: string, max: number): string {
  if (text.length <= max) return text;
  let out = '';
  for (const [piece] of text.matchAll(/<[^<>]*>|&\w+;|[\s\S]/gu)) {
    if (out.length + piece.length > max - 1) break;
    out += piece;
  }
  return `${out}…`;
}

/** A link, if the address is one that a person may safely follow (http or https, not too long); otherwise just the words. */
export function link(address: string | null | undefined, label: string): string {
  const url = safeUrl(address);
  return url === null ? words(label, 150) : `<${url}|${words(label, 150).replaceAll('|', '/')}>`;
}

/** The address in a form that cannot break out of mrkdwn, or null when it is no web address. */
export function safeUrl(address: string | null | undefined): string | null {
  if (!address || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const href = url.href.replace(/[|<>\s]/g, encodeURIComponent).replaceAll('&', '&amp;');
  return href.length <= 1000 ? href : null;
}

/** A person, user group or plain name. Only ids of Slack's form become mentions, bare or as `<@U…>`. */
export function mention(who: string): string {
  if (who.startsWith('<')) return sentence(who, 80);
  return byId(IDS['!subteam^'].test(who) ? '!subteam^' : '@', who);
}

/** A time in the reader's zone, and in UTC where the reader's Slack cannot: with seconds, without (`clock`), or with the day. */
export function time(at: number, form: 'time' | 'clock' | 'day' = 'time'): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8e15) return 'an unknown time';
  const seconds = Math.floor(at / 1000);
  const iso = new Date(at).toISOString();
  switch (form) {
    case 'time':
      return `<!date^${seconds}^{time_secs}|${iso.slice(11, 19)} UTC>`;
    case 'clock':
      return `<!date^${seconds}^{time}|${iso.slice(11, 16)} UTC>`;
    case 'day':
      return `<!date^${seconds}^{date_short_pretty} {time}|${iso.slice(0, 16).replace('T', ' ')} UTC>`;
    default:
      return form satisfies never;
  }
}

/** A span in words: `0.4 s`, `42 s`, `3 min 5 s`, `2 h 4 min`. */
export function span(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (!Number.isFinite(ms)) return 'an unknown time';
  if (ms < 9_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `92 % sure`. */
export function sureness(confidence: number): string {
  return `${Math.round(Math.min(1, Math.max(0, confidence || 0)) * 100)} % sure`;
}

/** `1 alert`, `2 alerts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** mrkdwn in which Slack makes no links or mentions of its own accord. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Names in a row: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A sentence's first letter, large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A section of lines, cut between lines where it would be too long. */
export function section(...lines: readonly string[]): KnownBlock {
  return { type: 'section', text: mrkdwn(fitLines(lines, LIMITS.section) || '–') };
}

/** As many sections as the lines need. Slack folds a long one behind "See more". */
export function sections(lines: readonly string[]): KnownBlock[] {
  const groups: string[][] = [[]];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > LIMITS.section && length > 0) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(line);
    length += line.length + 1;
  }
  return groups.filter((group) => group.length > 0).map((group) => section(...group));
}

/** Small print, one element a line; no block where there is nothing to say. */
export function context(...lines: readonly string[]): KnownBlock[] {
  const elements = lines.filter((line) => line !== '').slice(0, LIMITS.contextElements);
  if (elements.length === 0) return [];
  return [{ type: 'context', elements: elements.map((line) => mrkdwn(clip(line, LIMITS.section))) }];
}

/** Text as it is, in a fixed font, in which Slack reads nothing; cut between lines, and the cut is said. */
export function preformatted(text: string): KnownBlock[] {
  const lines = text.toWellFormed().replaceAll('\r', '').split('\n');
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    const clipped = clip(line.replace(/[^\S\n\t ]|[\u202a-\u202e\u2066-\u2069]/g, ' '), 400);
    if (length + clipped.length + 1 > LIMITS.preformatted) break;
    shown.push(clipped);
    length += clipped.length + 1;
  }
  const left = lines.length - shown.length;
  const body = shown.join('\n');
  const block: KnownBlock = {
    type: 'rich_text',
    elements: [
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: body === '' ? ' ' : body }] },
    ],
  };
  return left > 0 ? [block, ...context(`_${counted(left, 'more line')} not shown_`)] : [block];
}
