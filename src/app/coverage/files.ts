import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { joined, NO_RULES, type RuleSet } from '../../coverage/rule.ts';
import { rulesIn } from '../../coverage/rule-files.ts';
import { mistake, whyUnreadable } from '../../lib/schema/mistake.ts';

const ENDINGS = /\.(?:ya?ml|json|rules)$/i;
/** Folders that hold no rules of one's own; of a mounted volume, what begins with two dots is there twice. */
const SKIPPED = /^(?:node_modules|\.git|\.\..*)$/;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 20_000;

/** The rules of files and of all that lies in folders, however deep. A file that was named has to hold some. */
export function rulesOfPaths(paths: readonly string[]): RuleSet {
  return joined(paths.map(ofPath));
}

function ofPath(path: string): RuleSet {
  const whole = resolve(path);
  try {
    if (!statSync(whole).isDirectory()) return named(whole);
  } catch (error) {
    return { ...NO_RULES, mistakes: [mistake(whole, '', whyUnreadable(error))] };
  }
  const files = filesIn(whole);
  const found = joined(files.slice(0, MOST_FILES).map(among));
  if (found.rules.length + found.recordings.length + found.mistakes.length > 0) return found;
  const what =
    files.length === 0
      ? 'no file that ends in .yml, .yaml, .json or .rules'
      : `no rule in ${files.length} files`;
  return { ...NO_RULES, mistakes: [mistake(whole, '', `holds ${what}`)] };
}

function named(file: string): RuleSet {
  const found = ofFile(file);
  if (found.rules.length + found.recordings.length + found.mistakes.length > 0) return found;
  return {
    ...NO_RULES,
    mistakes: [
      mistake(
        file,
        '',
        'holds no rules: they stand under groups: in a file of rules, or under spec.groups: in a PrometheusRule',
      ),
    ],
  };
}

/** Of a file that nobody named it is only doubtful whether it is meant to hold rules, where it cannot be read. */
function among(file: string): RuleSet {
  const found = ofFile(file);
  const isOfRules = found.rules.length + found.recordings.length > 0;
  return {
    ...found,
    mistakes: found.mistakes.map((one) => (isOfRules ? one : { ...one, kind: 'unchecked' })),
  };
}

function ofFile(file: string): RuleSet {
  try {
    if (statSync(file).size > MOST_BYTES)
      return {
        ...NO_RULES,
        mistakes: [mistake(file, '', 'is larger than 8 MB, which no file of rules is', 'unchecked')],
      };
    return rulesIn(readFileSync(file, 'utf8'), file);
  } catch (error) {
    return { ...NO_RULES, mistakes: [mistake(file, '', whyUnreadable(error))] };
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .filter(({ name }) => !SKIPPED.test(name))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesIn(path);
        // A link to a folder may lead back here; one to a file is that file.
        const isFile =
          entry.isFile() || (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isFile());
        return isFile && ENDINGS.test(entry.name) ? [path] : [];
      });
  } catch {
    // A folder that may not be entered is as one that is not there: what else there is counts.
    return [];
  }
}
