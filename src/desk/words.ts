import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/model/incident.ts';
import { cutWholeWords } from '../lib/text/cut.ts';
import { channel, code, joined, link, type Part, type Said, say } from '../lib/text/text.ts';
import type { ClerkParts } from './parts.ts';

/** The services that may be named, for one who named another. */
export function servicesIn(settings: Settings): Said {
  const services = Object.keys(settings.services).map((name) => code(name));
  return services.length > 0
    ? say`Services I know: ${joined(services, ', ')}.`
    : say`I know no services yet: name them in ${code('medic.yml')}.`;
}

/** What a person wrote, to the letter. */
export function quoted(text: string): Part {
  return code(plain(text, 80) || '–');
}

/** Words from outside, in one line that is not too long. */
export function plain(text: string, max = 120): string {
  return cutWholeWords(text.replace(/[\s\p{C}]+/gu, ' ').trim(), max);
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

/** Where to read on about each of these: a link to the thread, or its channel where nobody knows the address; null while nobody sees one. */
export async function threadLinks(
  { threadsOf }: Pick<ClerkParts, 'threadsOf'>,
  incidents: readonly Incident[],
): Promise<(incident: Incident) => Part | null> {
  const known = await threadsOf?.(incidents);
  return ({ id }) => {
    const told = known?.get(id);
    if (told === undefined) return null;
    return told.url === null ? channel(told.channel) : link(told.url, 'thread');
  };
}
