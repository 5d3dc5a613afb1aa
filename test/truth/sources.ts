import { readable, roundly } from '../../src/adapters/sinks/slack/blocks/plain.ts';
import type { Moment } from './lives.ts';

/** What a text may say, because it is on record or came from outside. */
export interface Sources {
  /** Whole texts from outside, the longest first: alerts, evidence, readings, what people and models wrote. */
  readonly phrases: readonly string[];
  /** Names and ids, in small letters: whatever came from outside or is on record, in one word. */
  readonly names: ReadonlySet<string>;
  /** Moments of the record, epoch milliseconds. */
  readonly times: readonly number[];
  /** Spans that were configured, or that plans and playbooks declare; milliseconds. */
  readonly spans: ReadonlySet<number>;
}

/** A word as it may stand in a text: a name with what names have in them. */
const NAME = /[\p{L}\p{N}_](?:[\p{L}\p{N}_.:/@%-]*[\p{L}\p{N}_])?/gu;

export function namesIn(text: string): readonly string[] {
  return [...text.toLowerCase().matchAll(NAME)].map(([name]) => name);
}

/** As a text from outside is shown: in one line. */
const oneLine = (text: string) => text.replaceAll('`', "'").replaceAll(/\s+/g, ' ').trim();

/** Medic's own sentences in what is on record: they are looked at word by word, as everything else that it says. */
const OWN = new Set(['hash', 'type', 'kind', 'at', 'how', 'for', 'verdict', 'conclusion']);

interface Found {
  readonly phrases: Set<string>;
  readonly names: Set<string>;
  readonly times: Set<number>;
  readonly spans: Set<number>;
}

/** Collects as a life goes on: what came from outside before counts for all that follows. */
export function gathering(): (moment: Omit<Moment, 'shown'>, fresh: readonly unknown[]) => Sources {
  const found: Found = { phrases: new Set(), names: new Set(), times: new Set(), spans: new Set() };
  return ({ incident, timeline, now }, fresh) => {
    found.times.add(now);
    for (const one of fresh) collect(one, '', found, true);
    // Of the record only ids, names and times: its sentences are Medic's.
    collect(incident, '', found, false);
    for (const entry of timeline.slice(-10)) collect(entry, '', found, false);
    return {
      phrases: [...found.phrases].sort((one, other) => other.length - one.length),
      names: found.names,
      times: [...found.times],
      spans: found.spans,
    };
  };
}

function collect(value: unknown, name: string, found: Found, isOutside: boolean): void {
  if (typeof value === 'number') {
    if (value > 1e11) found.times.add(value);
    else if (isOutside && value >= 100 && value < 1e9) found.spans.add(value);
  } else if (typeof value === 'string') {
    if (isOutside && !OWN.has(name)) for (const line of [value, ...value.split('\n')]) phrase(line, found);
    // A word of several is a sentence, be it of Medic: only what is a word by itself is a name.
    if (isOutside) places(value, found);
    if (isOutside || !/\s/.test(value.trim()))
      for (const one of namesIn(value)) for (const part of [one, ...one.split('_')]) found.names.add(part);
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, name, found, isOutside);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, one] of Object.entries(value)) {
      // Which playbooks look this way says nothing of this incident.
      if (key === 'playbooks') continue;
      if (/[^a-zA-Z]/.test(key) || PAIRED.has(name)) found.names.add(key.toLowerCase());
      if (isOutside && PAIRED.has(name)) pair(key, one, found);
      collect(one, key, found, isOutside);
    }
  }
}

/** Labels and parameters are shown with their names. */
const PAIRED = new Set(['labels', 'parameters']);

function pair(key: string, given: unknown, { phrases }: Found): void {
  const value = typeof given === 'object' && given !== null && 'value' in given ? given.value : given;
  if (typeof value === 'string') for (const between of [' ', '=']) phrases.add(`${key}${between}${value}`);
}

/** What is put into a text in another form: times, which readers see in their zone, and why something failed, which is told without who failed. */
const APART =
  /, (?=min |max |mean |fires )| (?=\(means )|\b\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d\d:\d\d:\d\dZ|(?<= could not answer): |: (?=The operation was )/;
/** Of plain numbers and of ids each is looked up by itself. */
const LOOKED_UP = /^(?:[\d.,]+|[UWSCGD][A-Z0-9]{2,20}|inc-[\w-]+)$/;

function phrase(text: string, { phrases }: Found): void {
  for (const said of new Set([text, roundly(readable(text))]))
    for (const part of [said, ...said.split(APART)]) {
      const line = oneLine(part);
      if (line.length > 3 && /[\s\d-]/.test(line) && !LOOKED_UP.test(line)) phrases.add(line);
    }
}

/** A link is called by where it leads. */
function places(text: string, { names }: Found): void {
  for (const [address] of text.matchAll(/https?:\/\/[^\s"'<>|]+/g)) {
    if (!URL.canParse(address)) continue;
    const { host, hostname } = new URL(address);
    names.add(host).add(hostname);
  }
}
