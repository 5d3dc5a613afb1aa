import type { Order, Runner } from '../../../execution/runner.ts';
import { redactThenCut } from '../../../lib/text/cut.ts';
import { plainly } from '../../../lib/text/text-read.ts';
import { endedFromOutside, lastLines } from '../process/attempt-result.ts';
import { allowedEnvironment } from '../process/environment.ts';
import type { RunAs } from '../process/run-as.ts';
import { type GuardedResult, runGuarded } from '../process/run-guarded.ts';

export interface CommandOptions {
  /** Medic's own environment; commands get the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of further variables that commands may see. */
  readonly passEnvironment?: readonly string[];
  /** Whose rights commands have; Medic's own where none is given. */
  readonly runAs?: RunAs | null;
  readonly redact: (text: string) => string;
}

const OUTPUT = 8000;
/** A chatty command must not flood whoever shows its progress. */
const REPORTS = 50;

/**
 * Runs `run.command` as an argument vector in the playbook's folder; 0 is success. A dry run starts the command that the order
 * declares for it, never `run` itself; its output is the diff.
 */
export function createCommandRunner(options: CommandOptions): Runner {
  const { runAs = null } = options;
  const start = (
    order: Order,
    argv: readonly string[],
    signal: AbortSignal,
    onLine: (line: string) => void = () => {},
  ) =>
    runGuarded({
      argv,
      cwd: order.folder,
      env: {
        ...allowedEnvironment(options.environment, options.passEnvironment, runAs),
        ...(order.fence === null ? {} : { MEDIC_FENCE: String(order.fence) }),
      },
      runAs,
      timeout: order.timeout,
      outputCap: OUTPUT,
      redact: options.redact,
      onLine: (_, line) => onLine(line),
      signal,
      will: { reportTo: order.reportTo, remote: null, scratch: null, runAs },
    });

  return {
    async run(order, report, signal) {
      if (!('command' in order.run))
        return { kind: 'failed', reason: 'the order names no command', exitCode: null, untouched: true };
      const name = nameOf(order.run.command, options.redact);
      let reports = 0;
      report({ name, status: 'running', detail: null });
      const result = await start(order, order.run.command, signal, (line) => {
        reports += 1;
        if (reports <= REPORTS && line.trim() !== '')
          report({ name, status: 'running', detail: line.slice(0, 200) });
      });
      const outside = endedFromOutside(result, order.timeout, 'while it ran');
      const said = lastLines(result.output);
      if (outside === null && result.exitCode === 0) {
        report({ name, status: 'ok', detail: said.split('\n').at(-1) || null });
        return { kind: 'succeeded', summary: `${name} ended with 0` };
      }
      report({
        name,
        status: 'failed',
        detail: outside === null ? said.split('\n').at(-1) || null : plainly(outside.reason),
      });
      return outside ?? { kind: 'failed', reason: whyFailed(name, result), exitCode: result.exitCode };
    },

    async dryRun(order, signal) {
      if (order.dryRun === null || order.dryRun === 'check') {
        return { kind: 'failed', reason: 'this playbook declares no dry run command' };
      }
      const { command } = order.dryRun;
      const result = await start(order, command, signal);
      const name = nameOf(command, options.redact);
      const outside = endedFromOutside(result, order.timeout, 'while it ran');
      if (outside) return { kind: 'failed', reason: `${name}: ${plainly(outside.reason)}` };
      if (result.exitCode !== 0 && !isDiff(result))
        return { kind: 'failed', reason: whyFailed(name, result) };
      const diff = result.truncated ? `… the start is left out\n${result.output}` : result.output;
      return { kind: 'diff', diff, changes: countChanges(diff) };
    },

    compare: async () => ({ kind: 'unknown', why: 'a command does not say what it changes' }),
  };
}

/** `diff`, `kubectl diff` and their like end with 1 when there are differences. */
function isDiff({ exitCode, output }: GuardedResult): boolean {
  return exitCode === 1 && /^(?:@@ |[+-]{3} |diff |[<>] )/m.test(output);
}

/** Lines of a unified diff that add or take away; of any other text, the lines. */
function countChanges(text: string): number {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const changed = lines.filter((line) => /^[+-](?![+-]{2} )/.test(line));
  return changed.length > 0 ? changed.length : lines.length;
}

function whyFailed(name: string, result: GuardedResult): string {
  const how = result.exitCode === null ? `was ended by ${result.signal}` : `ended with ${result.exitCode}`;
  return `${name} ${how}: ${lastLines(result.output) || 'it said nothing'}`;
}

function nameOf(argv: readonly string[], redact: (text: string) => string): string {
  return redactThenCut(argv.join(' '), 100, redact);
}
