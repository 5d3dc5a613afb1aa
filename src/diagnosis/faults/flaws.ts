import { isFactName, VOCABULARY } from '../../evidence/facts/vocabulary.ts';
import type { Word } from '../../evidence/facts/word.ts';
import { linear } from '../../lib/linear.ts';
import type { Flaw } from '../../lib/schema/mistake.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { listed } from '../../lib/text/words.ts';
import type { Fault, Predicate } from './fault.ts';

interface Placed {
  readonly path: Flaw['path'];
  readonly predicate: Predicate;
}

const COMPARISONS = [
  'is',
  'not',
  'matches',
  'above',
  'at_least',
  'below',
  'at_most',
  'newer',
  'older',
] as const;
const BOUNDS = ['above', 'at_least', 'below', 'at_most'] as const;

/** What a schema cannot see in one file: comparisons that do not fit their facts, patterns that cannot be read. Pure. */
export function faultFlaws(fault: Fault, file: string): readonly Flaw[] {
  return [
    ...(fault.name === file
      ? []
      : [{ path: ['name'], message: `"${fault.name}" is in a file called "${file}.yml"` }]),
    ...predicatesOf(fault).flatMap(predicateFlaws),
    ...unknownTemplates(fault),
  ];
}

function predicatesOf({ signs, unless, against }: Fault): readonly Placed[] {
  return Object.entries({ signs, unless, against }).flatMap(([list, items]) =>
    items.flatMap(({ any }, place) =>
      any.map((predicate, index) => ({ path: [list, place, 'any', index], predicate })),
    ),
  );
}

function predicateFlaws({ path, predicate }: Placed): readonly Flaw[] {
  if (COMPARISONS.every((name) => predicate[name] === undefined))
    return [{ path, message: `compares nothing: write one of ${listed([...COMPARISONS])}` }];
  const word: Word = VOCABULARY[predicate.fact];
  return [
    ...(['is', 'not'] as const).flatMap((name) =>
      valueFlaws([...path, name], predicate[name], predicate.fact, word),
    ),
    ...BOUNDS.flatMap((name) => boundFlaws([...path, name], predicate, name, word)),
    ...matchFlaws([...path, 'matches'], predicate, word),
  ];
}

const KINDS = { text: 'a text', number: 'a number', flag: 'true or false' } as const;
const TYPES = { text: 'string', number: 'number', flag: 'boolean' } as const;

function valueFlaws(
  path: Flaw['path'],
  values: Predicate['is'],
  fact: string,
  { type }: Word,
): readonly Flaw[] {
  if (values === undefined) return [];
  const wrong = [values].flat().find((value) => typeof value !== TYPES[type]);
  return wrong === undefined
    ? []
    : [{ path, message: `${JSON.stringify(wrong)} cannot be what ${fact} says: write ${KINDS[type]}` }];
}

function boundFlaws(
  path: Flaw['path'],
  { fact, ...predicate }: Predicate,
  name: (typeof BOUNDS)[number],
  { type, unit }: Word,
): readonly Flaw[] {
  const bound = predicate[name];
  if (bound === undefined) return [];
  if (type !== 'number')
    return [{ path, message: `${fact} is ${KINDS[type]}: compare it with ${fitting(type)}` }];
  if (typeof bound === 'number') return [];
  const other: Word = VOCABULARY[bound.fact];
  if (other.type !== 'number')
    return [{ path, message: `${bound.fact} is ${KINDS[other.type]}, and ${fact} a number` }];
  return other.unit === unit
    ? []
    : [
        {
          path,
          message: `${fact} is in ${unit ?? 'no unit'}, and ${bound.fact} in ${other.unit ?? 'no unit'}`,
        },
      ];
}

function fitting(type: 'text' | 'flag'): string {
  return type === 'text' ? 'is, not or matches' : 'is or not';
}

function matchFlaws(path: Flaw['path'], { fact, matches }: Predicate, { type }: Word): readonly Flaw[] {
  if (matches === undefined) return [];
  if (type !== 'text') return [{ path, message: `${fact} is ${KINDS[type]}, and no text that could match` }];
  const compiled = linear(matches, { lines: true });
  return compiled.kind === 'compiled'
    ? []
    : [{ path, message: `the pattern cannot be read: ${compiled.reason}` }];
}

/** Words in braces that nothing is filled in for. Only what rests on facts has a value. */
function unknownTemplates(fault: Fault): readonly Flaw[] {
  const texts = [
    ...(['title', 'summary', 'cause', 'prevention'] as const).map((name) => ({
      path: [name],
      text: fault[name],
      known: ['object'],
    })),
    ...fault.steps.map((text, place) => ({ path: ['steps', place], text, known: ['object'] })),
    ...(['signs', 'against'] as const).flatMap((list) =>
      fault[list].map(({ claim }, place) => ({
        path: [list, place, 'claim'],
        text: claim,
        known: ['object', 'value'],
      })),
    ),
  ];
  return texts.flatMap(({ path, text, known }) =>
    [...text.matchAll(/\{(\w+)\}/g)].flatMap(([all, name = '']) =>
      known.includes(name)
        ? []
        : [
            {
              path,
              message: `${all} stands for nothing here: it can be ${listed(known.map((one) => `{${one}}`))}`,
            },
          ],
    ),
  );
}

/** What holds and probably is not as it was meant: a fault that one instrument alone would name is never decided by itself. Pure. */
export function doubtsAbout({ signs }: Fault): readonly Flaw[] {
  const instruments = new Set(
    signs.flatMap(({ any }) =>
      any.map(({ fact }) => (isFactName(fact) ? VOCABULARY[fact].instrument : fact)),
    ),
  );
  const [only] = instruments;
  return instruments.size > 1 || only === undefined
    ? []
    : [
        {
          path: ['signs'],
          message: `one instrument (${only}) says all of them: nothing is concluded before a second one says so too`,
        },
      ];
}

/** What is wrong between files, for each of them in their order. Pure. */
export function flawsAmong(
  files: readonly { readonly fault: Fault; readonly file: string }[],
): readonly (readonly Flaw[])[] {
  const byName = Map.groupBy(files, ({ fault }) => fault.name);
  const names = [...byName.keys()];
  return files.map((one) => [
    ...twice(one, byName.get(one.fault.name) ?? []),
    ...unknownFaults(one.fault, names),
    ...circle(one.fault, (name) => byName.get(name)?.[0]?.fault.explains ?? []),
  ]);
}

function twice(one: { readonly file: string }, all: readonly { readonly file: string }[]): readonly Flaw[] {
  const [first] = all;
  return first === undefined || first === one
    ? []
    : [{ path: ['name'], message: `${first.file} has this name already: call one of them otherwise` }];
}

function unknownFaults({ explains, unless }: Fault, names: readonly string[]): readonly Flaw[] {
  return [
    ...explains.map((name, place) => ({ name, path: ['explains', place] })),
    ...unless.map(({ fault }, place) => ({ name: fault, path: ['unless', place, 'fault'] })),
  ].flatMap(({ name, path }) =>
    name === undefined || names.includes(name) ? [] : [{ path, message: unknownFault(name, names) }],
  );
}

/** What to say of a name that no fault of the library has. */
function unknownFault(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return `the library has no fault "${name}"${near === null ? '' : `: did you mean ${near}?`}`;
}

/** Of two that explain each other, neither could be the root. */
function circle({ name, explains }: Fault, explainsOf: (name: string) => readonly string[]): readonly Flaw[] {
  return explains.flatMap((first, place) => {
    const way = wayTo(name, first, explainsOf);
    if (way === null) return [];
    return [
      { path: ['explains', place], message: `goes round in a circle: ${[name, ...way].join(' explains ')}` },
    ];
  });
}

function wayTo(
  goal: string,
  start: string,
  explainsOf: (name: string) => readonly string[],
): readonly string[] | null {
  const open: (readonly string[])[] = [[start]];
  const visited = new Set<string>();
  for (let way = open.shift(); way !== undefined; way = open.shift()) {
    const here = way.at(-1) ?? start;
    if (here === goal) return way;
    if (visited.has(here)) continue;
    visited.add(here);
    open.push(...explainsOf(here).map((next) => [...way, next]));
  }
  return null;
}
