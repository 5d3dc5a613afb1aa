import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptResult, TaskLine } from '../../../execution/attempt.ts';
import type { Order } from '../../../execution/runner.ts';
import { redactThenCut } from '../../../lib/text/cut.ts';
import { plainly } from '../../../lib/text/text-read.ts';
import type { SshRun } from '../../../playbooks/manifest.ts';
import { type GuardedResult, runGuarded } from '../process/run-guarded.ts';
import type { OpenWay } from '../way.ts';
import { vectorFor } from './ask.ts';
import {
  CUT_WITHIN,
  ENDS_WITHIN,
  type FarWord,
  farCommand,
  farWord,
  isOverThere,
  withLine,
} from './far-command.ts';
import { judge } from './judge.ts';
import type { WayToHosts } from './way.ts';

/** One host's turn of an attempt. */
export interface Turn {
  readonly hosts: WayToHosts;
  readonly redact: (text: string) => string;
  readonly ssh: SshRun;
  readonly order: Order;
  /** When the whole attempt has to be over, by the monotonic clock. */
  readonly deadline: number;
  readonly report: (line: TaskLine) => void;
  readonly signal: AbortSignal;
}

const OUTPUT = 8_000;
/** How much longer than the far end this side waits for its word, ms. */
const LATER = 2_000;
/** A chatty command must not flood whoever shows its progress. */
const REPORTS = 50;
/** How often it is asked whether something is over there, ms, and how long an answer may take. */
const ASKED = { every: 250, within: 2_000 };

/** Runs the command on one host and says how that ended. Never throws for what happens there. */
export async function turnOf(host: string, turn: Turn): Promise<AttemptResult> {
  const { hosts, report, signal, ssh, deadline, order } = turn;
  const left = deadline - performance.now();
  if (left <= 0)
    return {
      kind: 'timed-out',
      reason: `its limit of ${order.timeout / 1000} s had passed before the turn of ${host}`,
      untouched: true,
    };
  const way = await hosts.reach(host, { become: ssh.become, timeout: left }, signal);
  if ('refused' in way) {
    report({ name: `reach ${host}`, status: 'unreachable', detail: way.refused });
    return signal.aborted
      ? { kind: 'stopped', reason: `it was stopped before it reached ${host}`, untouched: true }
      : { kind: 'failed', reason: way.refused, exitCode: null, untouched: true };
  }
  const argv = vectorFor(ssh.argv, way.facts);
  if ('refused' in argv) return { kind: 'failed', reason: argv.refused, exitCode: null, untouched: true };
  const name = `${redactThenCut(argv.join(' '), 100, turn.redact)} on ${host}`;
  report({ name, status: 'running', detail: null });
  const result = await runOn(host, argv, name, way, turn);
  const detail = result.kind === 'succeeded' ? null : plainly(result.reason).slice(0, 200);
  report({ name, status: result.kind === 'succeeded' ? 'changed' : 'failed', detail });
  return result;
}

async function runOn(
  host: string,
  argv: readonly string[],
  name: string,
  way: OpenWay,
  turn: Turn,
): Promise<AttemptResult> {
  const { redact, report, order, ssh, deadline } = turn;
  const rest = Math.max(1_000, deadline - performance.now());
  const tag = `medic-${randomUUID().slice(0, 8)}`;
  const heard: FarWord[] = [];
  let reports = 0;
  const isFar = !way.facts.local;
  const result = await runGuarded({
    argv: withLine(
      way.vector(
        farCommand({
          ...{ argv, tag, service: ssh.fence, fence: order.fence, fenceFolder: way.fenceFolder },
          seconds: Math.ceil(rest / 1000),
        }),
      ),
    ),
    cwd: order.folder,
    ...way.account,
    timeout: rest + LATER,
    outputCap: OUTPUT,
    redact,
    onLine: (stream, line) => {
      const word = stream === 'stderr' ? farWord(line, tag) : null;
      if (word !== null) heard.push(word);
      if (word !== null || line.trim() === '' || way.isRemark(line)) return;
      reports += 1;
      if (reports <= REPORTS) report({ name, status: 'running', detail: line.slice(0, 200) });
    },
    signal: turn.signal,
    grace: CUT_WITHIN,
    // The folder of the playbook stands for the mark: there is always something that may go on elsewhere.
    will: {
      reportTo: order.reportTo,
      remote: isFar ? { mark: order.folder, after: ENDS_WITHIN } : null,
      scratch: null,
      runAs: way.account.runAs,
    },
  });
  const numberOf = (kind: 'group' | 'ended') =>
    heard.flatMap((word) => (word.kind === kind && 'number' in word ? [word.number] : []))[0] ?? null;
  const output = result.output
    .split('\n')
    .filter((line) => farWord(line, tag) === null && !way.isRemark(line))
    .join('\n');
  const endedThere = numberOf('ended');
  const isOver =
    endedThere !== null || !mayGoOn(result, isFar) || (await isGone(host, numberOf('group'), turn));
  const last = deadline + ENDS_WITHIN - performance.now();
  return judge(
    { ...result, output },
    {
      ...{ host, endedThere, isFar, timeout: order.timeout, refusal: way.refusal },
      begun: heard.some(({ kind }) => kind === 'begun'),
      elsewhereFor: isOver ? null : Math.max(0, Math.ceil(last)),
    },
  );
}

/** Whether a command of which no end was heard may still act. */
function mayGoOn(
  { failedToStart, exitCode, stopped, timedOut, lost }: GuardedResult,
  isFar: boolean,
): boolean {
  if (failedToStart !== null) return false;
  return stopped || timedOut || lost || (isFar && (exitCode === null || exitCode === 255));
}

/**
 * Asks the host until nothing of the group is left there: its line is cut, so that it is about to end. Where the host does not answer, or
 * the group was never heard of, only its own deadline proves anything.
 */
async function isGone(host: string, group: number | null, { hosts, ssh }: Turn): Promise<boolean> {
  if (group === null) return false;
  const until = performance.now() + CUT_WITHIN + ASKED.within;
  const signal = AbortSignal.timeout(CUT_WITHIN + ASKED.within);
  while (performance.now() < until) {
    const question = { host, argv: isOverThere(group), timeout: ASKED.within, become: ssh.become };
    const answer = await hosts.run(question, signal);
    if (answer.kind === 'answered' && answer.exitCode === 0) return true;
    if (answer.kind === 'answered' && answer.exitCode !== 1) return false;
    await delay(ASKED.every);
  }
  return false;
}
