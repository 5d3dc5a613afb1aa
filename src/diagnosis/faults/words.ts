import { type FactValue, kindOf, type ObjectId } from '../../evidence/facts/fact.ts';
import { type FactName, VOCABULARY } from '../../evidence/facts/vocabulary.ts';
import type { Word } from '../../evidence/facts/word.ts';
import { listed } from '../../lib/text/words.ts';
import type { Predicate, Sign } from './fault.ts';
import type { Known } from './index-facts.ts';

const MOST_VALUES = 3;
const LONGEST = 120;

/** Fills `{object}` and `{value}` in. What they stand for is never read as a template again. */
export function fill(template: string, object: ObjectId, facts: readonly Known[] = []): string {
  return template.replace(/\{(object|value)\}/g, (_all, name: string) =>
    name === 'object' ? nameOf(object) : valuesOf(facts),
  );
}

/** What a sign asks for, where nothing shows it: its claim, and where that cannot be said without a value, what the first fact would tell. */
export function soughtWords({ claim, any: [first] }: Sign): string {
  const said = claim.replace(/(?:: | \()\{value\}\)?(?=\.$|$)/, '').replace(/[.:]$/, '');
  if (!said.includes('{')) return said;
  return first === undefined
    ? said
    : capital(`${VOCABULARY[first.fact].means.replace(/[,;].*$/, '')}${comparedWords(first)}`);
}

function comparedWords({ fact, is, at_least, above, below, at_most }: Predicate): string {
  const value = (one: FactValue) => (typeof one === 'boolean' ? (one ? 'yes' : 'no') : valueWords(fact, one));
  const bounds = Object.entries({ 'at least': at_least, above, below, 'at most': at_most });
  const [bound] = bounds.flatMap(([words, one]) =>
    typeof one === 'number' ? [`${words} ${value(one)}`] : [],
  );
  const values = is === undefined ? [] : [is].flat().slice(0, MOST_VALUES);
  const told = bound ?? (values.length === 0 ? null : listed(values.map(value), 'or'));
  return told === null ? '' : `: ${told}`;
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** `pod shop/cart-1` of `pod/shop/cart-1`. */
export function nameOf(object: ObjectId): string {
  const kind = kindOf(object);
  return onOneLine(`${kind} ${object.slice(kind.length + 1)}`);
}

function valuesOf(facts: readonly Known[]): string {
  const values = [...new Set(facts.map(({ fact }) => valueWords(fact.name, fact.value)))];
  return values.length === 0 ? 'unknown' : listed(values.slice(0, MOST_VALUES), 'and');
}

const STEPS = [1024 ** 4, 1024 ** 3, 1024 ** 2, 1024];
const PREFIXES = ['TiB', 'GiB', 'MiB', 'KiB'];

/** A value with its unit, as people say it. */
function valueWords(name: FactName, value: FactValue): string {
  if (typeof value !== 'number') return onOneLine(String(value));
  const { unit }: Word = VOCABULARY[name];
  switch (unit) {
    case 'ratio':
      return `${round(100 * value)} %`;
    case 'bytes':
      return bytes(value);
    case 'bytes per second':
      return `${bytes(value)}/s`;
    case 'seconds':
      return seconds(value);
    case 'per second':
      return `${round(value)}/s`;
    case 'number':
    case undefined:
      return String(round(value));
    default:
      return unit satisfies never;
  }
}

function bytes(value: number): string {
  const step = STEPS.findIndex((size) => Math.abs(value) >= size);
  return step === -1 ? `${round(value)} bytes` : `${round(value / (STEPS[step] ?? 1))} ${PREFIXES[step]}`;
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size < 1) return `${round(1000 * value)} ms`;
  if (size < 120) return `${round(value)} s`;
  if (size < 7200) return `${Math.round(value / 60)} min`;
  return size < 172_800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86_400)} days`;
}

/** Three digits say enough. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function onOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}
