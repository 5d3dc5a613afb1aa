import { mkdtemp } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { HostAnswer, HostCommand, Hosts } from '../../evidence/hosts.ts';
import { runBrief } from '../runners/process/brief/run-brief.ts';
import type { BriefResult } from '../runners/process/brief/run-here.ts';
import { type Account, allowedEnvironment } from '../runners/process/environment.ts';
import { handOver, removeScratch } from '../runners/process/handover.ts';
import type { RunAs } from '../runners/process/run-as.ts';
import { longestFor, scratchRoot } from '../runners/process/scratch.ts';
import type { OpenWay } from '../runners/way.ts';
import { type Connection, createConnection, isBroken, lastLine } from './connection.ts';
import { type Inventory, type Refused, type SshWay, type Way, wayOf } from './inventory.ts';
import { plainWhereSudoAsksForIt } from './plain-way.ts';
import { createInventoryReader } from './read-inventory.ts';
import { isSudoRemark, refusedRights, rightsOf, withoutRemarks } from './rights.ts';
import { quoteForShell } from './words.ts';

export interface HostsOptions {
  /** The inventory, a file or a folder, absolute; null where there is none, and only this machine can be asked. */
  readonly inventory: string | null;
  /** Medic's own environment; commands get the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whose rights commands have; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
  readonly redact?: (text: string) => string;
}

export type OpenHosts = Hosts & {
  /** Opens the way to a host, or says in words why there is none. Nothing is run there. */
  reach(
    host: string,
    how: { readonly become: boolean; readonly timeout: number },
    signal: AbortSignal,
  ): Promise<OpenWay | Refused>;
  /** The inventory as it stands now, or why it cannot be read, in words; null where none is configured. */
  inventory(): Promise<Inventory | Refused | null>;
  /** Closes every connection. */
  close(): Promise<void>;
};

const OUTPUT = 256 * 1024;
/** `medic-ssh-`, six letters, a slash, and the number and generation of a connection; bytes. */
const SOCKET_NAME = 28;

/** Reads on the hosts of an Ansible inventory over OpenSSH, with one connection per host, and on this machine without. */
export function createHosts({
  inventory,
  environment,
  runAs = null,
  redact = (text) => text,
}: HostsOptions): OpenHosts {
  const account: Account = { env: { ...allowedEnvironment(environment, [], runAs), LC_ALL: 'C' }, runAs };
  const stopping = new AbortController();
  const reader =
    inventory === null ? null : createInventoryReader(inventory, environment, runAs, stopping.signal);
  const connections = new Map<string, Connection>();
  let folder: Promise<string> | null = null;

  const wayTo = async (host: string): Promise<Way | Refused> => {
    const listed = (await reader?.read()) ?? NOTHING_LISTED;
    const vars = 'refused' in listed ? undefined : own(listed.hosts, host);
    if (vars !== undefined) return wayOf(host, vars);
    if (isHere(host)) return here(host);
    if ('refused' in listed) return listed;
    const where = inventory === null ? 'an Ansible inventory (ansible.inventory in medic.yml)' : inventory;
    return {
      refused: `${host} is not in the inventory: add it to ${where}, or name the service's hosts as they are called there`,
    };
  };
  const connectionTo = async (host: string, way: SshWay): Promise<Connection> => {
    folder ??= makeFolder(scratchRoot(environment, longestFor(SOCKET_NAME)), runAs);
    const dir = await folder;
    const key = JSON.stringify([host, way]);
    const known = connections.get(key);
    if (known !== undefined) return known;
    const socket = join(dir, String(connections.size));
    const made = createConnection({ host, way, socket, ...account, stopping: stopping.signal });
    connections.set(key, made);
    return made;
  };

  const run = plainWhereSudoAsksForIt(async (command, signal) => {
    const deadline = performance.now() + command.timeout;
    const way = await inTime(wayTo(command.host), command, deadline, signal);
    if ('kind' in way) return way;
    if ('refused' in way) return { kind: 'refused', reason: way.refused };
    if (way.ssh === null) return runHere(command, way, account, deadline, signal);
    return runThere(command, way, await connectionTo(command.host, way.ssh), account, deadline, signal);
  });

  return {
    inventory: async () => (await reader?.read()) ?? null,
    async run(command, signal) {
      const answer = await run(command, AbortSignal.any([signal, stopping.signal])).catch(
        (error: Error): HostAnswer => ({ kind: 'refused', reason: `${command.host}: ${error.message}` }),
      );
      return answer.kind === 'answered' ? answer : { ...answer, reason: redact(answer.reason) };
    },
    async reach(host, { become, timeout }, signal) {
      const either = AbortSignal.any([signal, stopping.signal]);
      const deadline = performance.now() + timeout;
      const command: HostCommand = { host, argv: ['the way there'], timeout, become };
      const way = await inTime(wayTo(host), command, deadline, either);
      if ('kind' in way) return { refused: redact(way.reason) };
      if ('refused' in way) return { refused: redact(way.refused) };
      const rights = become ? rightsOf(way, account) : [];
      const common = {
        facts: way.facts,
        account,
        fenceFolder: way.fenceFolder,
        isRemark: (line: string) => rights.length > 0 && isSudoRemark(line),
        refusal: (said: string) =>
          rights.length === 0 ? null : refusedRights(host, way.ssh?.user ?? null, said),
      };
      if (way.ssh === null) return { ...common, vector: (argv) => [...rights, ...argv] };
      const connection = await connectionTo(host, way.ssh);
      const closed = await inTime(connection.open(), command, deadline, either);
      if (closed !== null) return { refused: redact(closed.reason) };
      return { ...common, vector: (argv) => connection.over(quoteForShell([...rights, ...argv])) };
    },
    async facts(host) {
      const way = await wayTo(host);
      return 'refused' in way ? way : way.facts;
    },
    async group(name) {
      const listed = await reader?.read();
      return listed === undefined || 'refused' in listed ? [] : (own(listed.groups, name) ?? []);
    },
    async close() {
      stopping.abort();
      await Promise.all([...connections.values()].map((connection) => connection.close()));
      connections.clear();
      if (folder !== null) await removeScratch(await folder, runAs);
      folder = null;
    },
  };
}

/** Where the sockets of connections lie, which only their user may reach. */
async function makeFolder(parent: string, runAs: RunAs | null): Promise<string> {
  const folder = await mkdtemp(join(parent, 'medic-ssh-'));
  await handOver(folder, 0o770, runAs);
  return folder;
}

const NOTHING_LISTED: Inventory = { hosts: {}, groups: {} };

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function isHere(host: string): boolean {
  return ['localhost', '127.0.0.1', '::1', hostname()].includes(host);
}

function here(name: string): Way {
  const facts = { name, local: true, manager: 'systemd', supervisorConf: null } as const;
  return { facts, ssh: null, becomeUser: null, fenceFolder: null };
}

async function runHere(
  command: HostCommand,
  { becomeUser }: Way,
  account: Account,
  deadline: number,
  signal: AbortSignal,
): Promise<HostAnswer> {
  const isRoot = account.runAs === null && process.getuid?.() === 0;
  const user = becomeUser === 'root' && isRoot ? null : becomeUser;
  const left = deadline - performance.now();
  if (left <= 0) return late(command);
  const { outputCap = OUTPUT } = command;
  const argv = withDeadline(command, left, user);
  return answerOf(await runBrief({ argv, ...account, timeout: left, outputCap, signal }), command, deadline);
}

async function runThere(
  command: HostCommand,
  { becomeUser }: Way,
  connection: Connection,
  account: Account,
  deadline: number,
  signal: AbortSignal,
): Promise<HostAnswer> {
  const closed = await inTime(connection.open(), command, deadline, signal);
  if (closed !== null) return closed;
  const left = deadline - performance.now();
  if (left <= 0) return late(command);
  const line = quoteForShell(withDeadline(command, left, becomeUser));
  const { outputCap = OUTPUT } = command;
  const argv = connection.over(line);
  const result = await runBrief({ argv, ...account, timeout: left, outputCap, signal });
  const broken = isBroken(result);
  // A connection that hangs would make everybody late until it is found to be dead.
  if (broken || result.ended === 'timed-out') void connection.leave();
  if (broken)
    return { kind: 'refused', reason: `the connection to ${command.host} broke: ${lastLine(result.stderr)}` };
  return answerOf(result, command, deadline);
}

/** It ends by itself, whatever becomes of Medic, and speaks the language that its output is read in. */
function withDeadline(
  { argv, become = false }: HostCommand,
  left: number,
  user: string | null,
): readonly string[] {
  const seconds = String(Math.max(1, Math.ceil(left / 1000)));
  const sudo = become && user !== null ? ['sudo', '-n', ...(user === 'root' ? [] : ['-u', user]), '--'] : [];
  return [...sudo, 'env', 'LC_ALL=C', 'timeout', '-k', '1', seconds, ...argv];
}

/** Whether sudo let nothing run. */
function refusedBySudo({ exitCode, stdout, stderr }: BriefResult, { become = false }: HostCommand): boolean {
  const said = withoutRemarks(stderr);
  return (
    become &&
    exitCode === 1 &&
    stdout === '' &&
    /^sudo: |is not in the sudoers file|^Sorry, user /m.test(said)
  );
}

/** What `timeout` exits with when the time is over; a command may do so too, but hardly at that very time. */
const OVER = [124, 137];

function answerOf(result: BriefResult, command: HostCommand, deadline: number): HostAnswer {
  const { host } = command;
  const { exitCode, stdout, truncated } = result;
  const stderr = withoutRemarks(result.stderr);
  if (result.failedToStart !== null) return { kind: 'refused', reason: `${host}: ${result.failedToStart}` };
  if (result.ended !== null || exitCode === null) return late(command);
  if (OVER.includes(exitCode) && performance.now() > deadline - 100) return late(command);
  if (refusedBySudo(result, command))
    return {
      kind: 'refused',
      bySudo: true,
      reason: `${host}: ${lastLine(stderr)}; let the user that Medic logs in as use sudo without a password, as fixes do`,
    };
  if (exitCode === 127 && /\btimeout\b/.test(stderr) && !/failed to run|can't execute/.test(stderr))
    return { kind: 'refused', reason: `${host} has no timeout(1), without which nothing is run there` };
  return { kind: 'answered', exitCode, stdout, stderr, truncated };
}

function late({ host, timeout, argv, plain = argv }: HostCommand): Late {
  return { kind: 'late', reason: `${plain[0]} on ${host} gave no answer within ${timeout} ms` };
}

type Late = Extract<HostAnswer, { kind: 'late' }>;

/** Waits for what others may wait for too, and no longer than this command may take. */
async function inTime<T>(
  what: Promise<T>,
  command: HostCommand,
  deadline: number,
  signal: AbortSignal,
): Promise<T | Late> {
  const over = Promise.withResolvers<Late>();
  const give = () => over.resolve(late(command));
  const timer = setTimeout(give, Math.max(0, deadline - performance.now()));
  signal.addEventListener('abort', give);
  if (signal.aborted) give();
  try {
    return await Promise.race([what, over.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', give);
  }
}
