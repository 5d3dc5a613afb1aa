import { accessSync, constants } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { RunAs } from './run-as.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A path of a Unix socket may have so many bytes on every system, the end of it included. */
const SOCKET = 104;
/** What OpenSSH adds to the path of a socket while it makes it. */
const SSH_ADDS = 18;
/** The name that Ansible gives to a socket, with what goes before it. */
const ANSIBLE_ADDS = 11;

/** The longest folder, in bytes, in which a run of Ansible may make one of its own, with a folder for sockets in that. */
export const ANSIBLE_ROOT = SOCKET - 1 - SSH_ADDS - 1 - ANSIBLE_ADDS - '/medic-ansible-XXXXXX/cp'.length;

/** The longest folder, in bytes, in which outputs of commands may come in. */
export const DOOR_ROOT = SOCKET - 1 - '/medic-guard-XXXXXX/door'.length;

/** The longest folder, in bytes, in which a socket of OpenSSH may get a name of so many bytes. */
export function longestFor(name: number): number {
  return SOCKET - 1 - SSH_ADDS - 1 - name;
}

/**
 * A folder in which folders of its own may be made: what systemd gives to the unit, where it does (`RuntimeDirectory=`, then
 * `StateDirectory=`), and the system's for temporary files otherwise. Under `ProtectSystem=strict` hardly anything else may be written to.
 *
 * @param longest bytes that its path may have, where sockets are to lie in it
 */
export function scratchRoot(variables: Variables, longest = Number.POSITIVE_INFINITY): string {
  const system = variables.TMPDIR || tmpdir();
  const all = [
    given(variables, 'RUNTIME_DIRECTORY'),
    given(variables, 'STATE_DIRECTORY'),
    system,
    '/tmp',
    '/dev/shm',
  ];
  const fits = (folder: string) => Buffer.byteLength(folder) <= longest && isWritable(folder);
  return all.find((folder): folder is string => folder !== null && fits(folder)) ?? system;
}

/** The first folder of a variable that systemd sets. */
function given(variables: Variables, name: string): string | null {
  const [first = ''] = variables[name]?.split(':') ?? [];
  return isAbsolute(first) ? first : null;
}

function isWritable(folder: string): boolean {
  return may(folder, constants.W_OK | constants.X_OK);
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where Ansible keeps its own files, where its usual place, `~/.ansible`, cannot be written to. Collections and roles in a home that can only
 * be read are found all the same.
 *
 * @param scratch a folder of this run alone; null where there is none, and only temporary files are needed
 */
export function ansiblePlaces(
  variables: Variables,
  scratch: string | null,
  runAs: RunAs | null = null,
): Record<string, string> {
  if (runAs !== null) return placesOf(runAs, scratch);
  const usual = join(variables.HOME || homedir(), '.ansible');
  const temporary = scratch === null ? scratchRoot(variables) : join(scratch, 'tmp');
  const system = variables.TMPDIR || tmpdir();
  const others = isWritable(system) ? {} : { TMPDIR: scratch ?? temporary };
  const mayMake = isWritable(usual) || (!may(usual, constants.F_OK) && isWritable(join(usual, '..')));
  const longest = longestFor(ANSIBLE_ADDS);
  if (mayMake && Buffer.byteLength(join(usual, 'cp')) <= longest)
    return { ANSIBLE_LOCAL_TEMP: temporary, ...others };
  const root = scratch ?? temporary;
  // A name that others could foresee must not lie where others may write; in a folder of systemd's, connections are used again.
  const own = given(variables, 'RUNTIME_DIRECTORY');
  const lasting = own !== null && isWritable(own) ? join(own, 'cp') : null;
  const sockets = lasting !== null && Buffer.byteLength(lasting) <= longest ? lasting : join(root, 'cp');
  return {
    ANSIBLE_LOCAL_TEMP: temporary,
    ...others,
    ...(may(usual, constants.R_OK | constants.X_OK) || scratch === null
      ? {}
      : { ANSIBLE_HOME: join(scratch, 'home') }),
    ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_PERSISTENT_CONTROL_PATH_DIR: sockets,
  };
}

/** The same for another user than Medic's own, whose rights Medic does not have: whether their home can be written to was tried at the start. */
function placesOf({ ownsHome }: RunAs, scratch: string | null): Record<string, string> {
  const temporary = scratch === null ? {} : { ANSIBLE_LOCAL_TEMP: join(scratch, 'tmp') };
  if (ownsHome) return temporary;
  if (scratch === null) return { ANSIBLE_LOCAL_TEMP: tmpdir() };
  const sockets = join(scratch, 'cp');
  return {
    ...temporary,
    ANSIBLE_HOME: join(scratch, 'home'),
    ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_PERSISTENT_CONTROL_PATH_DIR: sockets,
  };
}
