import { type Pattern, readPattern, type Takes } from './pattern.ts';

/** One step of a program; the next step follows unless it says otherwise. */
type Step =
  | { readonly do: 'take'; readonly takes: Takes }
  | { readonly do: 'fork'; readonly to: readonly number[] }
  | { readonly do: 'at-start' | 'at-end' | 'done' };

const MOST_COMPARISONS = 5_000;
/** Comparisons for each character times characters. A million take some tens of milliseconds at the very worst. */
const MOST_WORK = 1_000_000;

/** Whether a whole text matches; null where it would take too long to say. */
export type WholeMatch = (text: string) => boolean | null;

/**
 * Reads a regular expression that a whole text has to match, as Alertmanager's do. All ways through it are followed side by side,
 * so the time grows with the text and never explodes, as that of JavaScript's own would: the text may be hostile. Null where the
 * expression cannot be read, or is too large.
 */
export function wholeMatch(pattern: string): WholeMatch | null {
  const read = readPattern(pattern);
  const cost = read === null ? Number.POSITIVE_INFINITY : costOf(read);
  if (read === null || cost > MOST_COMPARISONS) return null;
  const program: Step[] = [];
  write(program, read);
  program.push({ do: 'done' });
  return (text) => (text.length * cost > MOST_WORK ? null : run(program, text));
}

function run(program: readonly Step[], text: string): boolean {
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let places = reached(program, [0], 0, characters.length);
  for (const [index, character] of characters.entries()) {
    const after = [...places].flatMap((place) => {
      const step = program[place];
      return step?.do === 'take' && step.takes(character) ? [place + 1] : [];
    });
    if (after.length === 0) return false;
    places = reached(program, after, index + 1, characters.length);
  }
  return places.has(program.length - 1);
}

/** Every place that can be reached from some without taking a character. */
function reached(program: readonly Step[], from: readonly number[], at: number, end: number): Set<number> {
  const places = new Set(from);
  // What is added while the set is walked is walked as well.
  for (const place of places) {
    const step = program[place];
    if (step?.do === 'fork') for (const to of step.to) places.add(to);
    if ((step?.do === 'at-start' && at === 0) || (step?.do === 'at-end' && at === end)) places.add(place + 1);
  }
  return places;
}

/** What a pattern costs for each character, at most. Known before any step is written, since repetitions multiply. */
function costOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'one':
      return pattern.cost;
    case 'start':
    case 'end':
      return 1;
    case 'all':
    case 'any':
      return pattern.parts.reduce((sum, part) => sum + costOf(part) + 2, 0);
    case 'repeat':
      return (costOf(pattern.part) + 2) * Math.max(pattern.least + 1, pattern.most ?? 0);
    default:
      return pattern satisfies never;
  }
}

function write(program: Step[], pattern: Pattern): void {
  switch (pattern.kind) {
    case 'one':
      program.push({ do: 'take', takes: pattern.takes });
      return;
    case 'start':
    case 'end':
      program.push({ do: pattern.kind === 'start' ? 'at-start' : 'at-end' });
      return;
    case 'all':
      for (const part of pattern.parts) write(program, part);
      return;
    case 'any':
      writeAny(program, pattern.parts);
      return;
    case 'repeat':
      writeRepeat(program, pattern);
      return;
    default:
      pattern satisfies never;
  }
}

function writeAny(program: Step[], parts: readonly Pattern[]): void {
  const entry = program.push({ do: 'fork', to: [] }) - 1;
  const begins: number[] = [];
  const ends: number[] = [];
  for (const part of parts) {
    begins.push(program.length);
    write(program, part);
    ends.push(program.push({ do: 'fork', to: [] }) - 1);
  }
  program[entry] = { do: 'fork', to: begins };
  for (const end of ends) program[end] = { do: 'fork', to: [program.length] };
}

function writeRepeat(
  program: Step[],
  { part, least, most }: Extract<Pattern, { readonly kind: 'repeat' }>,
): void {
  for (let time = 0; time < least; time += 1) write(program, part);
  if (most === null) {
    const entry = program.push({ do: 'fork', to: [] }) - 1;
    write(program, part);
    program.push({ do: 'fork', to: [entry] });
    program[entry] = { do: 'fork', to: [entry + 1, program.length] };
    return;
  }
  const exits: number[] = [];
  for (let time = least; time < most; time += 1) {
    exits.push(program.push({ do: 'fork', to: [] }) - 1);
    write(program, part);
  }
  for (const exit of exits) program[exit] = { do: 'fork', to: [exit + 1, program.length] };
}
