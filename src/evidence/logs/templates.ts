import { looksBad } from './mask.ts';

/** What separates the words of a line; separators are compared as words are, so that two lines of one kind have the same. */
const SEPARATORS = /([\s,;="'()[\]{}|]+)/;
/** How alike two lines of one group are: this part of their words at least is the same. */
const ALIKE = 0.6;
/** A place in which so many different words stand is one for a value, and not for a word that matters. */
const VALUES = 5;
/** No line is compared with more groups than these, so that the whole takes no longer than the lines are many. */
const COMPARED = 32;

interface Line {
  readonly words: readonly string[];
  readonly place: number;
}

/**
 * The template of each line whose numbers, times and ids are masked already: the line with a `<*>` for each word that is a value, such as the
 * name of a user. Lines of one kind have one template.
 *
 * Groups are found as in Drain (He, Zhu, Zheng, Lyu: An Online Log Parsing Approach with Fixed Depth Tree, ICWS 2017): by how many words a
 * line has, its first word, and how many words it shares with the first line of a group. Drain then takes each word in which two lines of a
 * group differ for a value, and would make one kind of "connection accepted" and "connection refused". So, as in IPLoM (Makanju,
 * Zincir-Heywood, Milios, KDD 2009), a place is one for values only where many different words stand; and a word that looks bad never is one.
 *
 * Its time grows with the lines.
 */
export function templatesOf(masked: readonly string[]): readonly string[] {
  const templates = [...masked];
  for (const group of groupsOf(masked)) {
    if (group.length < VALUES) continue;
    const variable = placesForValues(group);
    if (variable.size === 0) continue;
    for (const { words, place } of group) templates[place] = generalised(words, variable);
  }
  return templates;
}

function groupsOf(masked: readonly string[]): readonly (readonly Line[])[] {
  const leaves = new Map<string, Line[][]>();
  for (const [place, text] of masked.entries()) {
    const line = { words: text.split(SEPARATORS), place };
    const leaf = leafOf(line.words);
    const groups = leaves.get(leaf);
    if (groups === undefined) {
      leaves.set(leaf, [[line]]);
      continue;
    }
    const group = groups.slice(-COMPARED).find(([first]) => first !== undefined && alike(first, line));
    if (group === undefined) groups.push([line]);
    else group.push(line);
  }
  return [...leaves.values()].flat();
}

/** The way down the tree: the number of words, and the first that is no value. */
function leafOf(words: readonly string[]): string {
  const first = words.find((word, at) => at % 2 === 0 && word !== '' && !word.includes('<'));
  return `${words.length} ${first ?? ''}`;
}

function alike(one: Line, other: Line): boolean {
  const words = (one.words.length + 1) / 2;
  let same = 0;
  for (let at = 0; at < one.words.length; at += 1) {
    const equal = one.words[at] === other.words[at];
    if (at % 2 === 0) same += Number(equal);
    else if (!equal) return false;
  }
  return same >= ALIKE * words;
}

function placesForValues(group: readonly Line[]): ReadonlySet<number> {
  const variable = new Set<number>();
  const length = group[0]?.words.length ?? 0;
  for (let at = 0; at < length; at += 2) {
    const values = new Set<string>();
    for (const { words } of group) {
      values.add(words[at] ?? '');
      if (values.size >= VALUES) break;
    }
    if (values.size >= VALUES) variable.add(at);
  }
  return variable;
}

function generalised(words: readonly string[], variable: ReadonlySet<number>): string {
  return words.map((word, at) => (variable.has(at) && !looksBad(word) ? '<*>' : word)).join('');
}
