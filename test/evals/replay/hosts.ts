import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenHosts } from '../../../src/adapters/hosts/hosts.ts';
import type { HostAnswer, HostCommand } from '../../../src/evidence/hosts.ts';
import type { Command } from '../read/scenario.ts';
import { programsOf } from './programs.ts';
import { type HostFile, layFiles, rootedIn } from './rooted.ts';

export interface RecordedHosts {
  /** Every host that there is. */
  readonly names: readonly string[];
  readonly commands: readonly Command[];
  /** Files of hosts, such as logs. */
  readonly files: readonly HostFile[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The present of the recording, epoch milliseconds. */
  readonly at: number;
  /** A folder of this replay's own. */
  readonly scratch: string;
}

const OUTPUT = 8 * 1024 * 1024;

/**
 * Hosts that answer as they were recorded. A command that was recorded word for word has its answer; a script runs here for real, among
 * nothing but the recorded programs, files and clock and what sorts and cuts texts: it finds no trace of this machine.
 */
export function replayHosts(recorded: RecordedHosts): OpenHosts {
  const roots = new Map(recorded.names.map((name) => [name, rootOf(name, recorded)]));
  return {
    async run(command, signal) {
      const root = roots.get(command.host);
      if (root === undefined)
        return { kind: 'refused', reason: `${command.host} is not in the inventory: it was not recorded` };
      const answered = recorded.commands.find(
        ({ host, argv }) => host === command.host && argv.join('\0') === command.argv.join('\0'),
      );
      if (answered !== undefined) {
        const { exit, stdout, stderr } = answered;
        return { kind: 'answered', exitCode: exit, stdout, stderr, truncated: false };
      }
      return runIn(root, command, signal);
    },
    facts: async (host) =>
      roots.has(host)
        ? { name: host, local: false, manager: 'systemd', supervisorConf: null }
        : { refused: `${host} is not in the inventory: it was not recorded` },
    group: async (name) => (Object.hasOwn(recorded.groups, name) ? (recorded.groups[name] ?? []) : []),
    reach: async (host) => ({ refused: `${host} is a recording: nothing is done there` }),
    inventory: async () => null,
    close: async () => undefined,
  };
}

interface Root {
  readonly programs: string;
  /** The argument with the paths of the host in place of those of this machine. */
  rooted(argument: string): string;
}

function rootOf(host: string, { commands, files, at, scratch }: RecordedHosts): Root {
  const own = commands.filter((command) => command.host === host);
  const folder = join(scratch, 'hosts', encodeURIComponent(host));
  mkdirSync(folder, { recursive: true });
  const root = layFiles(
    folder,
    files.filter((file) => file.host === host),
    own,
    at,
  );
  return { programs: programsOf(folder, own, at), rooted: (argument) => rootedIn(root, argument) };
}

function runIn(
  root: Root,
  { argv, timeout, outputCap }: HostCommand,
  signal: AbortSignal,
): Promise<HostAnswer> {
  const [program = '', ...words] = argv.map(root.rooted);
  const cap = outputCap ?? 256 * 1024;
  return new Promise((resolve) => {
    execFile(
      program === 'sh' ? '/bin/sh' : program,
      words,
      { env: { PATH: root.programs, LC_ALL: 'C', TZ: 'UTC' }, timeout, signal, maxBuffer: OUTPUT },
      (error, stdout, stderr) => {
        const missing = error !== null && 'code' in error && error.code === 'ENOENT';
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
        resolve({
          kind: 'answered',
          exitCode: missing ? 127 : exitCode,
          stdout: stdout.slice(-cap),
          stderr: missing ? `${program}: not found` : stderr,
          truncated: stdout.length > cap,
        });
      },
    );
  });
}
