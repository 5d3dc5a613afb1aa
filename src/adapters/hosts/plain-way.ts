import type { HostAnswer, HostCommand } from '../../evidence/hosts.ts';

type Run = (command: HostCommand, signal: AbortSignal) => Promise<HostAnswer>;

/**
 * Runs commands that have a plain form by it where sudo permits only that: rules may name each program. A host is asked for more than it
 * permits once, as refusals of sudo alarm those who administer it.
 */
export function plainWhereSudoAsksForIt(run: Run): Run {
  const plainOnly = new Set<string>();
  return async (command, signal) => {
    const { host, plain, timeout } = command;
    if (plain === undefined) return run(command, signal);
    const deadline = performance.now() + timeout;
    if (!plainOnly.has(host)) {
      const answer = await run(command, signal);
      if (answer.kind !== 'refused' || answer.bySudo !== true) return answer;
    }
    const left = Math.max(1, Math.round(deadline - performance.now()));
    const answer = await run({ ...command, argv: plain, timeout: left }, signal);
    if (answer.kind === 'answered') plainOnly.add(host);
    return answer;
  };
}
