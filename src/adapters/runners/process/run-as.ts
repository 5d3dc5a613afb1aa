import { accessSync, constants } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** The user whose rights commands have, where that is another than Medic's own. */
export interface RunAs {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Whether the user may write to it. */
  readonly ownsHome: boolean;
}

/**
 * The argument vector that runs a command as that user, with all of their groups and none of Medic's capabilities: with those the command
 * could become Medic again. `setpriv` belongs to util-linux and only changes what it is told, then becomes the command.
 */
export function asUser(runAs: RunAs | null | undefined, argv: readonly string[]): readonly string[] {
  if (!runAs) return argv;
  const { uid, gid } = runAs;
  return [
    ...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'],
    ...['--inh-caps=-all', '--ambient-caps=-all', '--', ...argv],
  ];
}

/** What a command's environment says of its user. */
export function environmentOf({ name, home }: RunAs): Readonly<Record<string, string>> {
  return { HOME: home, USER: name, LOGNAME: name };
}

/** Why `setpriv` could not start a program, which it would tell in words of its own and an exit code like any other. */
export function whyNotThere(
  program: string,
  { cwd, path }: { readonly cwd: string; readonly path: string },
): string | null {
  const places = program.includes('/')
    ? [resolve(cwd, program)]
    : path.split(delimiter).map((folder) => resolve(cwd, folder, program));
  return places.some(isExecutable)
    ? null
    : `${program} is not installed, or not in the PATH that commands get`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
