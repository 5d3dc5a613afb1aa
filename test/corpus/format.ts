import { createHash } from 'node:crypto';
import type { Changes, Json } from './changes.ts';
import type { Around, Happens, Led } from './play.ts';

/** A stream of events with what each led to, as it was recorded. */
export interface Recording {
  readonly name: string;
  readonly happens: readonly Happens[];
  readonly led: readonly Led[];
}

/** Longer values stand once, in a file of their own that all recordings share, and are named by their hash. */
const LONG = 110;

/** Long values by name. */
export type Values = Map<string, string>;

/**
 * A recording as lines of text, so that a change of it can be read in a diff: an event with how long after the one before it happens, its
 * circumstances where they are not the usual ones, the digests of what there is then, and every path that it changed.
 */
export function written({ happens, led }: Recording, values: Values): string {
  return happens
    .flatMap((one, index) => [...eventLines(one, values), ...ledLines(led[index], values)])
    .map((line) => `${line}\n`)
    .join('');
}

function eventLines({ later, event, around }: Happens, values: Values): string[] {
  const given = Object.keys(around).length === 0 ? [] : [`  given ${short(around, values)}`];
  return [`+${later} ${event.type} ${short(event, values)}`, ...given];
}

function ledLines(led: Led | undefined, values: Values): string[] {
  if (led === undefined) return [];
  const { head, ...others } = led.digests;
  const digests = Object.entries({ ...others, head }).map(([name, digest]) => `${name}=${digest}`);
  const changes = [...led.changes].map(([path, value]) =>
    value === undefined ? `  - ${path}` : `  ${path} = ${short(value, values)}`,
  );
  return [`  led ${digests.join(' ')}`, ...changes];
}

function short(value: unknown, values: Values): string {
  const text = JSON.stringify(value);
  if (text.length <= LONG) return text;
  const name = `@${createHash('sha256').update(text).digest('hex').slice(0, 10)}`;
  values.set(name, text);
  return name;
}

/** Reads a recording as `written` wrote it. */
export function readRecording(name: string, text: string, values: Values): Recording {
  const value = (of: string): Json => {
    const whole = of.startsWith('@') ? values.get(of) : of;
    if (whole === undefined) throw new Error(`${name}: there is no value ${of}`);
    return JSON.parse(whole) as Json;
  };
  const events = text.split(/^(?=\+)/m).filter((part) => part !== '');
  const parts = events.map((part) => readEvent(part.trimEnd().split('\n'), value));
  return { name, happens: parts.map(({ happens }) => happens), led: parts.map(({ led }) => led) };
}

function readEvent([first = '', ...lines]: readonly string[], value: (of: string) => Json) {
  const [, later, event = ''] = /^\+(\d+) \S+ (.*)$/.exec(first) ?? [];
  const given = lines.find((line) => line.startsWith('  given '))?.slice(8);
  const changes = new Map<string, Json | undefined>();
  let digests: Record<string, string> = {};
  for (const line of lines) {
    const [, gone] = /^ {2}- (\/.*)$/.exec(line) ?? [];
    const [, path, text] = /^ {2}(\/.*?) = (.*)$/.exec(line) ?? [];
    if (gone !== undefined) changes.set(gone, undefined);
    else if (path !== undefined && text !== undefined) changes.set(path, value(text));
    else if (line.startsWith('  led ')) digests = readDigests(line.slice(6));
  }
  return {
    happens: {
      later: Number(later),
      event: value(event) as unknown as Happens['event'],
      around: (given === undefined ? {} : value(given)) as Around,
    },
    led: { digests: digests as Led['digests'], changes: changes as Changes },
  };
}

function readDigests(text: string): Record<string, string> {
  const [, digests = '', head = ''] = /^(.*) head=(.*)$/.exec(text) ?? [];
  return { ...Object.fromEntries(digests.split(' ').map((one) => one.split('='))), head };
}
