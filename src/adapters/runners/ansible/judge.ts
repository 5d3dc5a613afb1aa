import type { AttemptResult, Untouched } from '../../../execution/attempt.ts';
import type { DryRunResult, Order } from '../../../execution/runner.ts';
import { plainly } from '../../../lib/text/text-read.ts';
import { endedFromOutside, lastLines } from '../process/attempt-result.ts';
import type { GuardedResult } from '../process/run-guarded.ts';
import { adviceOn } from './causes.ts';
import type { Progress } from './progress.ts';

const DIFF = 8000;

/** How a run ended, by what Ansible said of its tasks and hosts rather than by its exit code alone. */
export function judge(result: GuardedResult, progress: Progress, order: Order): AttemptResult {
  const during = progress.current === null ? 'before its first task' : `during task "${progress.current}"`;
  const untouched: Untouched = isUntouched(result, progress) ? { untouched: true } : {};
  const outside = endedFromOutside(result, order.timeout, during);
  if (outside) return outside.kind === 'interrupted' ? outside : { ...outside, ...untouched };
  const problem = problemOf(result, progress, order);
  if (problem !== null) return { kind: 'failed', reason: problem, exitCode: result.exitCode, ...untouched };
  const { tasks, changed, hosts } = progress;
  return {
    kind: 'succeeded',
    summary: `${count(tasks, 'task')}, ${changed} changed, on ${hosts?.join(', ')}`,
    changed,
  };
}

/** Nothing that could change anything was begun anywhere. Only what Ansible itself said proves that. */
function isUntouched({ exitCode, output }: GuardedResult, { heard, acted }: Progress): boolean {
  if (heard) return !acted;
  // It ended before its first play, unless it played and its callback could not tell.
  return exitCode !== 0 && exitCode !== 2 && !/^(?:PLAY|TASK) \[|callback plugin/m.test(output);
}

export function judgeDryRun(result: GuardedResult, progress: Progress, order: Order): DryRunResult {
  const ran = judge(result, progress, order);
  if (ran.kind !== 'succeeded') return { kind: 'failed', reason: plainly(ran.reason) };
  // A check skips commands, so a restart leaves no diff; to keep silent about them would pass for "nothing happens".
  const skipped =
    progress.skipped.length === 0
      ? []
      : [`# Not rehearsed, skipped by the check: ${progress.skipped.join('; ')}`];
  const whole = [...progress.diffs, ...skipped].join('\n\n');
  const diff =
    whole.length <= DIFF
      ? whole
      : `${whole.slice(0, DIFF).toWellFormed()}\n… ${whole.length - DIFF} characters more`;
  return { kind: 'diff', diff, changes: progress.changed };
}

/** Null when Ansible did what it was asked on at least one host. */
function problemOf(result: GuardedResult, progress: Progress, order: Order): string | null {
  const { failures, hosts, unmatched } = progress;
  if (failures.length > 0) return failures.slice(0, 3).join('\n');
  const limit = 'ansible' in order.run ? order.run.ansible.limit : null;
  const wanted = limit === null ? 'its hosts' : `"${limit}"`;
  if (result.exitCode !== 0) {
    const how = result.exitCode === null ? `was ended by ${result.signal}` : `ended with ${result.exitCode}`;
    const said = `ansible-playbook ${how}: ${lastLines(result.output) || 'it gave no reason'}`;
    const advice = adviceOn(result.output);
    return advice === null ? said : `${advice} (${said})`;
  }
  if (unmatched.length > 0)
    return `play "${unmatched[0]}" found no host: nothing in the inventory matches ${wanted}`;
  if (hosts === null)
    return 'ansible-playbook ended with 0 but did not say what it did; is its callback plugin readable?';
  return hosts.length === 0 ? `ansible-playbook ran no task on any host; nothing matches ${wanted}` : null;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** An Ansible that ends with 0, or with 2 for failed tasks, has heard the end of everything that it began. */
export function waitedForAll({ exitCode }: GuardedResult): boolean {
  return exitCode === 0 || exitCode === 2;
}
