/** Something wrong with what a person wrote, where it stands, and in words that say what to do. */
export interface Mistake {
  /**
   * - `wrong`: it cannot mean what was meant, and is refused
   * - `doubtful`: it holds, and probably not as was meant
   * - `unchecked`: it could not be looked at here
   */
  readonly kind: 'wrong' | 'doubtful' | 'unchecked';
  /** Absolute path; `environment` for what is set there. */
  readonly file: string;
  /** From 1; null where no line of it is meant. */
  readonly line: number | null;
  readonly column: number | null;
  /** Within the file, such as `services.shop.hosts.0`; empty for all of it. */
  readonly path: string;
  readonly message: string;
}

/** What is wrong at a path, before anybody knows in which line that is. */
export interface Flaw {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

/** `medic.yml:12:3: policy.cooldown: 10 has no unit: write 10s`. */
export function sentenceOf({ file, line, column, path, message }: Mistake): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return [place, path, message].filter((part) => part !== '').join(': ');
}

/** Something wrong with a file as a whole, or with a path of it in a line that nobody knows. */
export function mistake(
  file: string,
  path: string,
  message: string,
  kind: Mistake['kind'] = 'wrong',
): Mistake {
  return { kind, file, line: null, column: null, path, message };
}

/** Why a file or folder cannot be read, and what to do about it. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return 'is not there';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the user that Medic runs as: give that user the right to read it, and to enter the folders above it';
    case 'EISDIR':
      return 'is a folder, and must be a file: name the file in it';
    case 'ENOTDIR':
      return 'is a file, or lies under one, and must be a folder';
    case 'EROFS':
      return 'lies where nothing may be written';
    case 'ELOOP':
      return 'is a link that leads to itself';
    default:
      return `cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}
