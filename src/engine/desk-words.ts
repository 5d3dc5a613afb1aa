import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';
import { cutWholeWords } from '../lib/cut.ts';
import type { ClerkParts } from './desk-parts.ts';

/** The services that may be named, for one who named another. */
export function servicesIn(settings: Settings): string {
  const services = Object.keys(settings.services).map((name) => `\`${name}\``);
  return services.length > 0
    ? `Services I know: ${services.join(', ')}.`
    : 'I know no services yet: name them in `medic.yml`.';
}

/** What a person wrote, as code: nothing in it is read by Slack. */
export function quoted(text: string): string {
  const line = text.replace(/[`<>\s]+/g, ' ').trim();
  return `\`${cutWholeWords(line, 80) || '–'}\``;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text from outside as words: one line, in which nothing mentions, links, or opens code. */
export function plain(text: string, max = 120): string {
  const line = text
    .replace(/[\s\p{C}]+/gu, ' ')
    .replaceAll('`', "'")
    .trim();
  const short = cutWholeWords(line, max);
  return short.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}

/** A sentence of Medic's own, in which `<@U…>`, `<!subteam^S…>` and `<#C…>` name people and channels; all else is words from outside. */
export function sentence(text: string, max = 200): string {
  return plain(text, max).replace(
    /&lt;(@[UW][A-Z0-9]{2,20}|!subteam\^S[A-Z0-9]{2,20}|#[CG][A-Z0-9]{2,20})&gt;/g,
    '<$1>',
  );
}

/** A person, where it is one. */
export function person(who: string): string {
  return /^[UW][A-Z0-9]{2,20}$/.test(who) ? `<@${who}>` : plain(who, 60);
}

/** A day and time in the reader's zone, and in UTC where the reader's Slack cannot. */
export function dayAndTime(at: number): string {
  const utc = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${utc} UTC>`;
}

/** A time of day in the reader's zone, and in UTC where the reader's Slack cannot. */
export function clockTime(at: number): string {
  const utc = new Date(at).toISOString().slice(11, 16);
  return `<!date^${Math.floor(at / 1000)}^{time}|${utc} UTC>`;
}

/** A span in words: `12 s`, `3 min`, `2 h 4 min`, `3 days`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  const [final = '', ...before] = [...words].reverse();
  return before.length === 0 ? final : `${before.reverse().join(', ')} ${last} ${final}`;
}

/** Where to read on about each of these: a link to the thread, or its channel where nobody knows the address; empty while Slack does not show it. */
export async function threadLinks(
  { threadsOf }: Pick<ClerkParts, 'threadsOf'>,
  incidents: readonly Incident[],
): Promise<(incident: Incident) => string> {
  const known = await threadsOf?.(incidents);
  return ({ id }) => {
    const told = known?.get(id);
    if (told === undefined) return '';
    return told.url === null ? `<#${told.channel}>` : `<${told.url}|thread>`;
  };
}

/** Slack's own notation taken out of what a person wrote: links and mentions as they read, and its three escapes. */
export function asWritten(text: string): string {
  return text
    .replace(/<(?:[^<>|]*)\|([^<>]*)>/g, '$1')
    .replace(/<((?:https?|mailto|tel):[^<>|]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
