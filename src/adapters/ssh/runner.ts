import type { AttemptResult, TaskLine } from '../../execution/attempt.ts';
import type { DryRunResult, Order, Runner } from '../../execution/runner.ts';
import type { SshRun } from '../../playbooks/manifest.ts';
import type { OpenHosts, Reached } from '../hosts/hosts.ts';
import { endedFromOutside, lastLines } from '../process/attempt-result.ts';
import { type GuardedResult, runGuarded } from '../process/run-guarded.ts';
import { BEGUN, ENDS_WITHIN, FENCED, farCommand } from './far-command.ts';

export interface SshOptions {
  readonly hosts: Pick<OpenHosts, 'reach' | 'group'>;
  readonly redact: (text: string) => string;
}

const OUTPUT = 8_000;
/** How much longer than the far end this side waits for its word, ms. */
const LATER = 2_000;
/** What `timeout` ends with when the time was over. */
const OVER = [124, 137];

/**
 * Runs an argument vector on hosts of the inventory over OpenSSH, one host after the other; on the machine of Medic itself, there. The first
 * host on which it fails is the last: what is wrong on one may be wrong on all.
 */
export function createSshRunner({ hosts, redact }: SshOptions): Runner {
  const play = async (
    order: Order,
    runOf: (run: SshRun) => SshRun['argv'] | null,
    report: (line: TaskLine) => void,
    signal: AbortSignal,
  ): Promise<Played> => {
    if (!('ssh' in order.run)) return refused('the order names no command on hosts');
    const { ssh } = order.run;
    const argv = runOf(ssh);
    if (argv === null) return refused('this playbook declares no dry run');
    const names = await hostsOf(ssh, hosts);
    if (names.length === 0)
      return refused(`no host is named, and the inventory has none in ${ssh.group ?? 'any group'}`);
    const deadline = performance.now() + order.timeout;
    const done: Done[] = [];
    for (const name of names) {
      const left = deadline - performance.now();
      const one = await runOn(name, { argv, ssh, order, left, hosts, redact, report, signal });
      done.push({ host: name, ...one });
      if (one.result.kind !== 'succeeded') break;
    }
    return { kind: 'played', done };
  };

  return {
    async run(order, report, signal) {
      const played = await play(order, ({ argv }) => argv, report, signal);
      return played.kind === 'refused' ? played.result : sumOf(played.done);
    },
    async dryRun(order, signal) {
      const played = await play(
        { ...order, fence: null },
        ({ dry_run }) => dry_run,
        () => {},
        signal,
      );
      if (played.kind === 'refused') return { kind: 'failed', reason: played.result.reason };
      return rehearsed(played.done);
    },
  };
}

type Failed = Exclude<AttemptResult, { kind: 'succeeded' }>;
interface Done {
  readonly host: string;
  readonly result: AttemptResult;
  readonly output: string;
}
type Played =
  | { readonly kind: 'refused'; readonly result: Failed }
  | { readonly kind: 'played'; readonly done: readonly Done[] };

function refused(reason: string): Played {
  return { kind: 'refused', result: { kind: 'failed', reason, exitCode: null, untouched: true } };
}

async function hostsOf(
  { hosts: named, group }: SshRun,
  hosts: SshOptions['hosts'],
): Promise<readonly string[]> {
  const names = named.split(',').filter((name) => name !== '');
  return names.length > 0 || group === null ? names : hosts.group(group);
}

interface Turn extends SshOptions {
  readonly argv: NonNullable<SshRun['argv']>;
  readonly ssh: SshRun;
  readonly order: Order;
  /** Milliseconds that are left of the whole attempt. */
  readonly left: number;
  readonly report: (line: TaskLine) => void;
  readonly signal: AbortSignal;
}

async function runOn(host: string, turn: Turn): Promise<Omit<Done, 'host'>> {
  const { hosts, redact, report, signal, order, ssh, left } = turn;
  const begun = performance.now();
  const reached = await hosts.reach(host, { become: ssh.become, timeout: left }, signal);
  const failed = (reason: string): Omit<Done, 'host'> => {
    report({ name: `on ${host}`, status: 'unreachable', detail: reason });
    return { result: { kind: 'failed', reason, exitCode: null, untouched: true }, output: '' };
  };
  if ('refused' in reached) return failed(reached.refused);
  const command = commandFor(turn.argv, reached);
  if (command === null)
    return failed(
      `the playbook has no command for ${reached.facts.manager}, which manages services on ${host}`,
    );
  const name = `${redact(command.join(' ')).slice(0, 100)} on ${host}`;
  report({ name, status: 'running', detail: null });
  const rest = Math.max(1_000, left - (performance.now() - begun));
  const seconds = Math.max(1, Math.ceil(rest / 1000));
  const argv = reached.vector(
    farCommand({
      argv: command,
      service: ssh.fence,
      fence: order.fence,
      fenceFolder: reached.fenceFolder,
      seconds,
    }),
  );
  let started = false;
  const result = await runGuarded({
    argv,
    cwd: order.folder,
    env: reached.account.env,
    runAs: reached.account.runAs,
    timeout: rest + LATER,
    outputCap: OUTPUT,
    redact,
    onLine: (stream, line) => {
      if (stream === 'stderr' && line === BEGUN) started = true;
      else if (line.trim() !== '') report({ name, status: 'running', detail: line.slice(0, 200) });
    },
    signal,
    will: { witness: order.witness, remote: null, scratch: null, runAs: reached.account.runAs },
  });
  const output = result.output
    .split('\n')
    .filter((line) => line !== BEGUN)
    .join('\n');
  const elsewhereFor = Math.ceil(Math.max(0, begun + left + ENDS_WITHIN - performance.now()));
  const judged = judge(
    { ...result, output },
    { host, started, isFar: !reached.facts.local, elsewhereFor, order },
  );
  report({ name, status: judged.kind === 'succeeded' ? 'changed' : 'failed', detail: lastOf(output) });
  return { result: judged, output };
}

/** The vector for whatever manages services there. Supervisor has its configuration where the inventory says. */
function commandFor(argv: Turn['argv'], { facts }: Reached): readonly string[] | null {
  const own = Array.isArray(argv) ? argv : argv[facts.manager];
  if (own === undefined) return null;
  const [program = '', ...rest] = own;
  return program === 'supervisorctl' && facts.supervisorConf !== null
    ? [program, '-c', facts.supervisorConf, ...rest]
    : own;
}

interface Circumstance {
  readonly host: string;
  /** Whether the far end said that the command itself began. */
  readonly started: boolean;
  readonly isFar: boolean;
  /** For so long it may go on there when nobody here hears of it any more, ms. */
  readonly elsewhereFor: number;
  readonly order: Order;
}

function judge(
  result: GuardedResult,
  { host, started, isFar, elsewhereFor, order }: Circumstance,
): AttemptResult {
  // It was over there before it began; a broken connection proves nothing.
  const untouched =
    !started && result.exitCode !== null && result.exitCode !== 255 ? ({ untouched: true } as const) : {};
  const elsewhere = isFar ? { elsewhereFor } : {};
  const outside = endedFromOutside(result, order.timeout, `while it ran on ${host}`);
  if (outside !== null) return outside.kind === 'failed' ? outside : { ...outside, ...elsewhere };
  const { exitCode } = result;
  if (exitCode === 0) return { kind: 'succeeded', summary: `done on ${host}` };
  const said = lastLines(result.output) || 'it said nothing';
  if (exitCode === FENCED && !started)
    return { kind: 'failed', reason: `${host}: ${said.replace(/^medic: /, '')}`, exitCode, ...untouched };
  if (exitCode !== null && OVER.includes(exitCode) && started)
    return {
      kind: 'timed-out',
      reason: `on ${host} it was ended: its limit of ${order.timeout / 1000} s had passed`,
    };
  if (exitCode === 255 && isFar)
    return { kind: 'failed', reason: `the connection to ${host} broke: ${said}`, exitCode, ...elsewhere };
  const how = exitCode === null ? `was ended by ${result.signal}` : `ended with ${exitCode}`;
  return { kind: 'failed', reason: `on ${host} it ${how}: ${said}`, exitCode, ...untouched };
}

/** How the whole ended: as its last host did. What an earlier host has changed stays changed. */
function sumOf(done: readonly Done[]): AttemptResult {
  const last = done.at(-1);
  if (last === undefined)
    return { kind: 'failed', reason: 'it ran nowhere', exitCode: null, untouched: true };
  const well = done.filter(({ result }) => result.kind === 'succeeded').map(({ host }) => host);
  if (last.result.kind === 'succeeded')
    return { kind: 'succeeded', summary: `done on ${well.join(', ')}`, changed: well.length };
  const { result } = last;
  if (well.length === 0) return result;
  const { untouched: _, ...rest } = { untouched: undefined, ...result };
  return { ...rest, reason: `${rest.reason}; before that it was done on ${well.join(', ')}` };
}

function rehearsed(done: readonly Done[]): DryRunResult {
  const bad = done.find(({ result }) => result.kind !== 'succeeded');
  if (bad !== undefined && bad.result.kind !== 'succeeded')
    return { kind: 'failed', reason: bad.result.reason };
  const diff = done
    .map(({ host, output }) => `# ${host}\n${output.trim() || '(it said nothing)'}`)
    .join('\n\n');
  return { kind: 'diff', diff, changes: done.length };
}

function lastOf(output: string): string | null {
  return output.trim().split('\n').at(-1)?.slice(0, 200) || null;
}
