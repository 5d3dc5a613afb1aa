import type { HostAnswer } from '../../evidence/hosts.ts';
import { cutWholeWords } from '../../lib/text/cut.ts';
import { runBrief } from '../runners/process/brief/run-brief.ts';
import type { BriefResult } from '../runners/process/brief/run-here.ts';
import type { Account } from '../runners/process/environment.ts';
import type { SshWay } from './inventory.ts';

/** How long a connection may take; whoever waits for it gives up earlier, and finds it open the next time. Seconds. */
const CONNECT = 10;
/** How long a connection that nobody uses stays open, seconds. */
const KEPT_OPEN = 60;
/** The far end is taken for gone when it does not answer this often, this many seconds apart. */
const ALIVE = { every: 3, times: 3 };

export interface ConnectionOptions extends Account {
  readonly host: string;
  readonly way: SshWay;
  /** Path of a socket that nobody else can reach, without what tells generations apart. */
  readonly socket: string;
  /** Ends what is under way when Medic stops. */
  readonly stopping: AbortSignal;
}

export interface Connection {
  /** Resolves to null when it is open, or to why there is none. Never rejects. */
  open(): Promise<Exclude<HostAnswer, { kind: 'answered' }> | null>;
  /** The argument vector that runs one line of shell at the far end. */
  over(line: string): readonly string[];
  /** Opens a new one for whoever comes next; who uses this one may finish. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/**
 * One connection of OpenSSH to one host, shared by all commands (ControlMaster). Opening it is a step of its own, so that what
 * stands in the way is told apart from what a command answers.
 */
export function createConnection({ host, way, socket, env, runAs, stopping }: ConnectionOptions): Connection {
  let opening: Promise<Exclude<HostAnswer, { kind: 'answered' }> | null> | null = null;
  let usedAt = 0;
  let generation = 0;

  // Where the shared connection is gone, a command goes over one of its own: others would lose what a command shares when that ends.
  const ssh = (own: readonly string[], rest: readonly string[] = [], shares = 'no') => [
    ...['ssh', '-T', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
    ...['-o', `ControlPath=${socket}.${generation}`, '-o', `ControlMaster=${shares}`],
    ...['-o', `ControlPersist=${KEPT_OPEN}`, '-o', `ConnectTimeout=${CONNECT}`],
    ...['-o', `ServerAliveInterval=${ALIVE.every}`, '-o', `ServerAliveCountMax=${ALIVE.times}`],
    ...(way.port === null ? [] : ['-p', String(way.port)]),
    ...(way.user === null ? [] : ['-l', way.user]),
    ...(way.key === null ? [] : ['-i', way.key]),
    ...way.args,
    ...own,
    '--',
    way.address,
    ...rest,
  ];
  const run = (argv: readonly string[], seconds: number, signal: AbortSignal) =>
    runBrief({ argv, env, runAs, timeout: seconds * 1000, outputCap: 1000, signal, leavesProcess: true });
  const connect = async () => {
    const result = await run(ssh(['-f', '-N'], [], 'auto'), CONNECT + 1, stopping);
    return result.exitCode === 0 ? null : whyClosed(host, way, result);
  };
  const control = async (word: 'stop' | 'exit') => {
    if (opening === null) return;
    opening = null;
    const argv = ssh(['-O', word]);
    await run(argv, 2, new AbortController().signal);
  };

  return {
    async open() {
      const now = performance.now();
      // A connection that may have been closed for want of use is opened again.
      if (opening !== null && usedAt > 0 && now - usedAt > (KEPT_OPEN - 5) * 1000) opening = null;
      // From now on, so that whoever comes meanwhile waits for this one.
      usedAt = now;
      opening ??= connect();
      const mine = opening;
      const why = await mine;
      usedAt = performance.now();
      if (why !== null && opening === mine) opening = null;
      return why;
    },
    over: (line) => ssh([], [line]),
    async leave() {
      const left = control('stop');
      generation += 1;
      await left;
    },
    close: () => control('exit'),
  };
}

/** Ssh's own last line says best what is the matter; what to do is added where one knows. */
function whyClosed(
  host: string,
  way: SshWay,
  result: BriefResult,
): Exclude<HostAnswer, { kind: 'answered' }> {
  const said = lastLine(result.stderr);
  const where = `${way.address}${way.port === null ? '' : `:${way.port}`}`;
  if (result.failedToStart !== null)
    return { kind: 'refused', reason: `${host} cannot be reached: ${result.failedToStart}` };
  if (result.ended !== null || /timed? ?out/i.test(said))
    return { kind: 'late', reason: `${host} (${where}) did not answer in time${said && `: ${said}`}` };
  return { kind: 'refused', reason: `${host} cannot be reached at ${where}: ${said}${whatToDo(said)}` };
}

function whatToDo(said: string): string {
  if (/host key verification failed|identification has changed|no .* host key is known/i.test(said))
    return '; check its host key and add it to the known_hosts of the user that Medic runs as';
  if (/permission denied/i.test(said))
    return '; Medic logs in with a key, as the inventory says (ansible_user, ansible_ssh_private_key_file)';
  if (/could not resolve|name or service not known/i.test(said)) return '; say ansible_host in the inventory';
  return '';
}

/** Whether a command over the connection ended with what ssh itself says of a connection that broke. */
export function isBroken({ exitCode, stderr }: BriefResult): boolean {
  return (
    exitCode === 255 &&
    /^(?:mux_client|ssh: |Connection (?:to|closed|reset)|client_loop: |kex_exchange|Timeout, server|Host key verification|.*: Permission denied \()/m.test(
      stderr,
    )
  );
}

export function lastLine(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  return cutWholeWords((lines.findLast((line) => line.trim() !== '') ?? '').trim(), 300);
}
