import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readAs } from '../../lib/schema/explain.ts';
import { type Flaw, type Mistake, mistake, whyUnreadable } from '../../lib/schema/mistake.ts';
import { readYaml } from '../../lib/schema/yaml.ts';
import { Fault } from './fault.ts';
import { doubtsAbout, faultFlaws, flawsAmong } from './flaws.ts';
import { type Library, libraryOf } from './library.ts';

/** Deeper folders than this are a circle of links. */
const DEEPEST = 6;
const ENDING = '.yml';
/** Beside the faults lies the table of messages that logs are searched for. */
const SIGNATURES = 'signatures.yml';

interface Read {
  readonly fault: Fault;
  readonly file: string;
  readonly place: (flaws: readonly Flaw[], kind?: Mistake['kind']) => readonly Mistake[];
}

/**
 * Reads every `<folder>/<section>/<name>.yml`, however deep: the faults that are in order, and whatever is wrong or doubtful with any.
 * Never throws. A folder that is not there holds none.
 *
 * @param beside another folder, or a single file, whose faults are read with them; what is in both is read once
 */
export function readLibrary(
  folder: string,
  beside: string | null = null,
): {
  readonly library: Library;
  readonly mistakes: readonly Mistake[];
  /** In which file each fault stands, by its name. */
  readonly places: ReadonlyMap<string, string>;
} {
  const { files, mistakes } = filesIn(beside === null ? [folder] : [folder, beside]);
  const results = files.map(readFault);
  const read = results.flatMap((one) => ('fault' in one ? [one] : []));
  const broken = results.flatMap((one) => ('mistakes' in one ? one.mistakes : []));
  const among = flawsAmong(read);
  const wrong = read.flatMap((one, index) => one.place(among[index] ?? []));
  const doubts = read.flatMap((one) => one.place(doubtsAbout(one.fault), 'doubtful'));
  const sound = read.filter((_one, index) => (among[index] ?? []).length === 0);
  return {
    library: libraryOf(sound.map(({ fault }) => fault)),
    mistakes: [...mistakes, ...broken, ...wrong, ...doubts],
    places: new Map(sound.map(({ fault, file }) => [fault.name, file])),
  };
}

function readFault(file: string): Read | { readonly mistakes: readonly Mistake[] } {
  try {
    const written = readYaml(readFileSync(file, 'utf8'), file);
    if ('broken' in written) return { mistakes: written.broken };
    const read = readAs(Fault, written.value);
    if (!('value' in read)) return { mistakes: written.place(read.flaws) };
    const flaws = faultFlaws(read.value, basename(file, ENDING));
    if (flaws.length > 0) return { mistakes: written.place(flaws) };
    return { fault: read.value, file, place: written.place };
  } catch (error) {
    return { mistakes: [mistake(file, '', whyUnreadable(error))] };
  }
}

/** In the order of their names. What begins with a dot is none: that is how mounted volumes name what they keep. */
function filesIn(folders: readonly string[]): {
  readonly files: readonly string[];
  readonly mistakes: readonly Mistake[];
} {
  const files = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const walk = (path: string, depth: number) => {
    for (const name of readdirSync(path).toSorted()) {
      const inner = join(path, name);
      if (name.startsWith('.') || (depth === 0 && name === SIGNATURES)) continue;
      const found = statSync(inner, { throwIfNoEntry: false });
      if (found?.isDirectory()) visit(inner, depth + 1);
      else if (name.endsWith('.yaml'))
        mistakes.push(mistake(inner, '', `is not read: call it ${basename(name, '.yaml')}.yml`, 'doubtful'));
      else if (name.endsWith(ENDING)) files.set(found === undefined ? inner : realpathSync(inner), inner);
    }
  };
  const visit = (path: string, depth: number) => {
    try {
      if (depth <= DEEPEST) walk(path, depth);
    } catch (error) {
      const why = whyUnreadable(error);
      if (depth > 0 || why !== 'is not there') mistakes.push(mistake(path, '', why));
    }
  };
  for (const folder of folders)
    if (folder.endsWith(ENDING)) files.set(existsSync(folder) ? realpathSync(folder) : folder, folder);
    else visit(folder, 0);
  return { files: [...files.values()], mistakes };
}
