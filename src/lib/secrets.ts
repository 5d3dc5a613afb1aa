import { harmless } from './links.ts';
import { isSaid, type Part, type Said } from './text/text.ts';
import { plainly } from './text/text-read.ts';

/** The fields that are addresses: with a part taken out they would lead nowhere. */
const LINKS: readonly string[] = ['link', 'manager'];
/** The fields whose names come from outside as well. */
const NAMED_OUTSIDE: readonly string[] = ['labels', 'annotations'];

/**
 * A copy for whoever reads it, a person, the model or an auditor: every text in it without what looks like a secret. What Medic itself
 * keeps, asks with and compares by stays as it was sent, or two things that differ in what is hidden would be one; so this is done at
 * the very end, and before anything is cut off.
 *
 * @param value anything that can be written as JSON
 */
export function withoutSecrets<T>(value: T, redact: (text: string) => string): T {
  return clean(value, null, redact) as T;
}

function clean(value: unknown, field: string | null, redact: (text: string) => string): unknown {
  if (typeof value === 'string')
    return field !== null && LINKS.includes(field) ? harmless(value, redact) : redact(value);
  if (isSaid(value)) return cleanText(value, redact);
  if (Array.isArray(value)) return value.map((one: unknown) => clean(one, null, redact));
  if (value === null || typeof value !== 'object') return value;
  const namedOutside = field !== null && NAMED_OUTSIDE.includes(field);
  const entries = Object.entries(value).map(([name, one]) =>
    namedOutside
      ? [redact(name), typeof one === 'string' ? under(name, one, redact) : clean(one, null, redact)]
      : [name, clean(one, name, redact)],
  );
  return Object.fromEntries(entries);
}

/** A value without what its name says is a secret: `db_password` says it of a value that looks like any other. */
function under(name: string, value: string, redact: (text: string) => string): string {
  if (!/^[\w./-]{1,120}$/.test(name)) return redact(value);
  const head = `${name}: `;
  const both = redact(head + value);
  return both.startsWith(head) ? both.slice(head.length) : redact(value);
}

/**
 * A text part by part: ids and times are no secrets. Where only the whole shows that there is a secret, as a name in one part says it of the
 * value in the next, the text gives up its parts.
 */
function cleanText(parts: Said, redact: (text: string) => string): Said {
  const told = parts.map((part) => cleanPart(part, redact));
  const whole = plainly(told.map(wordsOf));
  return redact(whole) === whole ? told : [{ text: redact(plainly(told)) }];
}

function cleanPart(part: Part, redact: (text: string) => string): Part {
  if ('text' in part) return { text: redact(part.text) };
  if ('service' in part) return { service: redact(part.service) };
  if ('value' in part) return { value: redact(part.value) };
  if ('strong' in part) return { strong: redact(part.strong) };
  if (!('link' in part)) return part;
  const words = redact(part.words);
  const address = harmless(part.link, redact);
  return address === null ? { text: words } : { link: address, words };
}

/** What may be a secret, or say that what follows is one. */
function wordsOf(part: Part): Part {
  if ('link' in part) return { text: part.words };
  return 'person' in part || 'group' in part || 'channel' in part || 'time' in part ? { text: '…' } : part;
}
