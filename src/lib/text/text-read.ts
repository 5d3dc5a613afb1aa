import { cutWholeWords } from './cut.ts';
import { type Part, type Said, say, type Text } from './text.ts';

/** How an older Medic named people, groups and channels within its sentences; words from outside held no such thing there. */
const NAMES = /<(?:@([UW][A-Z0-9]{2,20})|!subteam\^(S[A-Z0-9]{2,20})|#([CG][A-Z0-9]{2,20}))>/g;

/** The parts of a text, however it is kept. What is kept stays as it was written: this is for reading. */
export function partsOf(text: Text): Said {
  if (typeof text !== 'string') return text;
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: whole, 1: user, 2: team, 3: place, index } of text.matchAll(NAMES)) {
    parts.push({ text: text.slice(end, index) });
    if (user !== undefined) parts.push({ person: user });
    if (team !== undefined) parts.push({ group: team });
    if (place !== undefined) parts.push({ channel: place });
    end = index + whole.length;
  }
  return say`${[...parts, { text: text.slice(end) }]}`;
}

/** A text as words alone, for logs, auditors and whoever else reads no marks: people by their id or name, times in UTC. */
export function plainly(text: Text, nameOf: (id: string) => string | null = () => null): string {
  return partsOf(text)
    .map((part) => plainPart(part, nameOf))
    .join('');
}

function plainPart(part: Part, nameOf: (id: string) => string | null): string {
  if ('text' in part) return part.text;
  if ('person' in part) return nameOf(part.person) ?? part.person;
  if ('group' in part) return nameOf(part.group) ?? part.group;
  if ('channel' in part) return nameOf(part.channel) ?? part.channel;
  if ('time' in part) return isoOf(part.time);
  if ('service' in part) return part.service;
  if ('value' in part) return part.value;
  if ('strong' in part) return part.strong;
  if ('link' in part) return `${part.words} (${part.link})`;
  if ('line' in part) return '\n';
  return part satisfies never;
}

function isoOf(at: number): string {
  return Number.isFinite(at) && Math.abs(at) <= 8e15 ? new Date(at).toISOString() : 'an unknown time';
}

/** A text of at most so many characters as `plainly` counts them, never cut through a part that is not words. */
export function shortened(text: Text, room: number): Said {
  const parts = partsOf(text);
  if (plainly(parts).length <= room) return parts;
  const kept: Part[] = [];
  let left = room - 1;
  for (const part of parts) {
    const { length } = plainPart(part, () => null);
    if (length > left) return say`${kept}${'text' in part ? cutWholeWords(part.text, left + 1) : '…'}`;
    kept.push(part);
    left -= length;
  }
  return kept;
}
