import { join } from 'node:path';
import { type Conflict, KEYS, SECRETS } from './environment.ts';

/** The variables that may be read from files: all whose values must never be seen. Redis's address holds its password. */
export const SECRET_VARIABLES = [...SECRETS, ...KEYS, 'REDIS_URL'] as const;

/** Where a secret came from: a file, or the environment, which every process of the same user can read. */
export interface SecretSource {
  readonly name: string;
  /** Absolute path, or null for the environment. */
  readonly file: string | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The text of a file, or null where there is none. Throws where it is there and cannot be read. */
export type ReadSecret = (path: string) => string | null;

export interface Secrets {
  /** The variables with every secret in its place, as if all had come by the environment. */
  readonly variables: Variables;
  readonly sources: readonly SecretSource[];
  readonly problems: readonly Conflict[];
}

/**
 * Brings in the secrets that lie in files: `NAME_FILE` names one, and systemd puts those of `LoadCredential=NAME:…` into
 * `CREDENTIALS_DIRECTORY`. A secret comes from one place: two of them may differ, and nobody would know which one counts.
 */
export function bringInSecrets(
  variables: Variables,
  read: ReadSecret,
  names: readonly string[] = SECRET_VARIABLES,
): Secrets {
  const found: Record<string, string> = {};
  const sources: SecretSource[] = [];
  const problems: Conflict[] = [];
  for (const name of names) {
    const places = placesOf(name, variables, read);
    const [place, another] = places;
    if (place === undefined) continue;
    if (another !== undefined) {
      problems.push({
        name,
        message: `set it once; it comes from ${places.map(({ words }) => words).join(' and from ')}`,
      });
      continue;
    }
    sources.push({ name, file: place.file });
    if (place.text === null) problems.push({ name, message: place.wrong });
    else found[name] = place.text;
  }
  return { variables: { ...variables, ...found }, sources, problems };
}

interface Place {
  readonly words: string;
  readonly file: string | null;
  readonly text: string | null;
  readonly wrong: string;
}

function placesOf(name: string, variables: Variables, read: ReadSecret): readonly Place[] {
  const given = variables[name];
  const named = variables[`${name}_FILE`];
  const folder = variables.CREDENTIALS_DIRECTORY;
  const credential = folder === undefined ? null : fromFile(join(folder, name), 'the credential', read);
  return [
    ...(given === undefined ? [] : [{ words: name, file: null, text: given, wrong: '' }]),
    ...(named === undefined ? [] : [fromFile(named, `${name}_FILE`, read) ?? missing(name, named)]),
    ...(credential === null ? [] : [credential]),
  ];
}

/** Null where there is no such file. Editors and `echo` end a file with a line break, which is no part of the secret. */
function fromFile(path: string, words: string, read: ReadSecret): Place | null {
  try {
    const text = read(path);
    if (text === null) return null;
    const secret = text.replace(/(?:\r?\n)+$/, '');
    const wrong = /\n/.test(secret) ? 'holds more than one line' : secret === '' ? 'is empty' : null;
    return { words, file: path, text: wrong === null ? secret : null, wrong: `the file ${path} ${wrong}` };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { words, file: path, text: null, wrong: `the file ${path} cannot be read: ${why}` };
  }
}

function missing(name: string, path: string): Place {
  return {
    words: `${name}_FILE`,
    file: path,
    text: null,
    wrong: `${name}_FILE names ${path}, and there is no such file`,
  };
}
