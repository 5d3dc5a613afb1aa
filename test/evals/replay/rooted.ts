import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from '../read/scenario.ts';

export interface HostFile {
  readonly host: string;
  /** Absolute, as it is called there. */
  readonly path: string;
  readonly text: string;
  /** When it was last written, epoch milliseconds. */
  readonly modifiedAt: number;
}

/** The files of one host, below a folder of this machine. */
export interface Rooted {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** When what `cat` printed was written, before the present of the recording, milliseconds: nobody says, and so it is nothing new. */
const LONG_AGO = 30 * 86_400_000;

/** Lays the recorded files below a folder, and what was recorded as the answer of `cat`. */
export function layFiles(
  folder: string,
  files: readonly HostFile[],
  commands: readonly Command[],
  at: number,
): Rooted {
  const root = join(folder, 'root');
  for (const kernel of ['proc', 'sys']) mkdirSync(join(root, kernel), { recursive: true });
  const shown = commands.flatMap(({ argv, stdout, exit }) =>
    argv[0] === 'cat' && exit === 0 && argv.length === 2 && argv[1]?.startsWith('/')
      ? [{ path: argv[1], text: stdout, modifiedAt: at - LONG_AGO }]
      : [],
  );
  const paths = [...shown, ...files].map(({ path, text, modifiedAt }) => {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
    utimesSync(place, modifiedAt / 1000, modifiedAt / 1000);
    return path;
  });
  return { folder: root, paths };
}

/** An argument of a command, or a script, with the recorded files, and all that the kernel tells in files, where they lie here. */
export function rootedIn({ folder, paths }: Rooted, argument: string): string {
  if (paths.includes(argument)) return join(folder, argument);
  if (argument.startsWith('/') && !argument.includes('\n') && !argument.startsWith(folder))
    return join(folder, argument);
  return argument.replace(/(?<![\w.$}/-])\/(?=(?:etc|home|opt|proc|root|run|srv|sys|var)\b)/g, `${folder}/`);
}
