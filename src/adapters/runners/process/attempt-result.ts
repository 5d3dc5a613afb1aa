import type { AttemptResult } from '../../../execution/attempt.ts';
import type { Survivor } from './guardian/survivors.ts';
import type { GuardedResult } from './run-guarded.ts';

/**
 * The ends that are the same for every kind of command. Null when it ran to its own end, by exit code or by a signal from
 * elsewhere, which the kind judges.
 */
export function endedFromOutside(
  result: GuardedResult,
  timeout: number,
  during: string,
): Exclude<AttemptResult, { kind: 'succeeded' }> | null {
  if (result.failedToStart !== null) {
    const reason = `it did not start: ${result.failedToStart}`;
    return { kind: 'failed', reason, exitCode: null, untouched: true };
  }
  if (result.lost) {
    const reason = `its guardian was killed ${during}; what was left of it was ended, and how far it came is unknown${strays(result)}`;
    return { kind: 'interrupted', reason };
  }
  if (result.timedOut) {
    return {
      kind: 'timed-out',
      reason: `it was ended ${during}: its limit of ${timeout / 1000} s had passed${strays(result)}`,
    };
  }
  if (result.stopped) return { kind: 'stopped', reason: `it was stopped ${during}${strays(result)}` };
  return null;
}

const NAMED = 3;

/** What had left the group of a command: whoever reads how it ended must know what may still act. */
function strays({ survivors = [] }: GuardedResult): string {
  const named = (which: readonly Survivor[]) =>
    which
      .slice(0, NAMED)
      .map(({ pid, command }) => `${pid} (${command.slice(0, 100)})`)
      .join(', ') + (which.length > NAMED ? ` and ${which.length - NAMED} more` : '');
  const [left, ended] = [survivors.filter((one) => !one.ended), survivors.filter((one) => one.ended)];
  return [
    ...(left.length > 0 ? [`a process of it still runs: ${named(left)}`] : []),
    ...(ended.length > 0 ? [`a process of it had left its group and was ended: ${named(ended)}`] : []),
  ]
    .map((words) => `; ${words}`)
    .join('');
}

/** The last lines of an output, for a reason: `limit` characters at most. */
export function lastLines(output: string, limit = 600): string {
  const text = output.trim();
  return text.length <= limit ? text : `…${text.slice(-limit)}`;
}
