import type { About } from '../about.ts';
import { forPeople } from '../duration.ts';
import type { Mending } from '../judge.ts';
import type { Comparison, Firing, Measure, Reading } from '../reading.ts';
import type { Rule } from '../rule.ts';
import type { Row } from '../sum.ts';
import { cut } from './layout.ts';

const SIGNS: Readonly<Record<Comparison, string>> = {
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
  '==': '=',
  '!=': '≠',
};

/** So much of what is measured is shown, and of what stands beside it. */
const [MEASURED, BESIDE] = [140, 80];

/** When a rule fires, in one line: `node_memory_MemAvailable_bytes < 20 GB for 5 min`. */
export function firesWhen(reading: Reading, { lasting, expression }: Rule): string {
  const ways = reading.map((measure) => {
    const also = measure.also.filter((one) => one !== '').map((one) => ` ${cut(one, BESIDE)}`);
    return `${wayOf(measure)}${also.join('')}`;
  });
  const words = ways.length === 0 ? expression : ways.join(', or ');
  return plain(lasting === 0 ? words : `${words} for ${forPeople(lasting)}`);
}

function wayOf({ text: whole, fires, unit }: Measure): string {
  // The limit at its end is what people look for.
  const text = cut(whole, MEASURED);
  switch (fires.kind) {
    case 'limit':
      return `${text} ${SIGNS[fires.is]} ${limitOf(fires, unit)}`;
    case 'other':
      return `${text} ${SIGNS[fires.is]} ${cut(fires.text, BESIDE)}`;
    case 'absent':
      return `no series of ${text}`;
    case 'present':
      return `any ${text}`;
    case 'always':
      return 'always';
    default:
      return fires satisfies never;
  }
}

function limitOf({ value }: Extract<Firing, { readonly kind: 'limit' }>, unit: Measure['unit']): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  switch (unit) {
    case 'bytes':
      return bytes(value, 'B');
    case 'bytes per second':
      return bytes(value, 'B/s');
    case 'bits':
      return bytes(value, 'bit');
    case 'bits per second':
      return bytes(value, 'bit/s');
    case 'ratio':
      return `${figures(value * 100)} %`;
    case 'seconds':
      return value >= 0.001 ? forPeople(Math.round(value * 1000)) : `${value} s`;
    case 'time':
    case 'number':
      return figures(value);
    default:
      return unit satisfies never;
  }
}

function bytes(value: number, unit: string): string {
  const powers = ['', 'k', 'M', 'G', 'T', 'P'];
  const power = Math.min(powers.length - 1, Math.max(0, Math.floor(Math.log10(Math.abs(value)) / 3)));
  return `${figures(value / 1000 ** power)} ${powers[power]}${unit}`;
}

function figures(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** What its alerts will be about. */
export function aboutWords({ about, subjects }: Row): string {
  const words = about.kind === 'nothing' ? 'nothing names it' : plain(about.words);
  // What was seen goes before what is expected.
  const seen = [...subjects.keys()].map(plain);
  return about.kind === 'nothing' || seen.length === 0 ? words : `${words} (${listOf(seen, 2)})`;
}

/** What a person could do so that a rule's alerts name what they are about. */
export function adviceFor(about: About): string | null {
  if (about.kind !== 'nothing') return null;
  switch (about.how) {
    case 'dropped':
      return `keep ${orOf(about.keep.slice(0, 3))} in its expression, or write labels: { service: … } in the rule`;
    case 'absent':
      return 'what is absent has no labels: write labels: { service: … } in the rule, or name the service in the selector';
    case 'none':
      return 'write labels: { service: … } in the rule';
    default:
      return about.how satisfies never;
  }
}

function orOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** `clean_disk at once, for 1 of 3 causes`. */
export function mendingWords({ playbook, how, because, faults }: Mending, causes: number): string {
  const part =
    faults.length === causes || faults.length === 0 ? '' : `, for ${faults.length} of ${causes} causes`;
  const why = because === null ? '' : ` (${because})`;
  return `${playbook} ${how}${why}${part}`;
}

/** Why nothing can be said. */
export function lackWords({ lack, unknown, about, facts }: Row): string {
  switch (lack) {
    case null:
      return '';
    case 'syntax':
      return 'its expression is not understood';
    case 'always':
      return 'it fires always, on purpose: nothing to heal';
    case 'label':
      return `nothing names what it is about: ${adviceFor(about) ?? ''}`;
    case 'facts':
      return unknown.length === 0
        ? 'it reads no metric'
        : `Medic knows no facts about ${listOf(unknown.map(plain), 3)}`;
    case 'fault':
      return `no fault of the library shows in ${listOf(facts, 2)} as this rule asks`;
    default:
      return lack satisfies never;
  }
}

/** The first of many, and how many more there are. */
export function listOf(all: readonly string[], most: number, between = ', '): string {
  const left = all.length - most;
  return left > 0 ? `${all.slice(0, most).join(between)} +${left}` : all.join(between);
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** On one line, without signs that steer a terminal: rules and labels come from anybody. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
}
