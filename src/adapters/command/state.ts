import { basename } from 'node:path';
import type { Collector, Finding } from '../../evidence/collector.ts';
import { allowedEnvironment } from '../process/environment.ts';
import { runGuarded } from '../process/run-guarded.ts';

export interface StateOptions {
  /** Medic's own environment; the command gets the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds; 2 s by default. */
  readonly timeout?: number;
}

/**
 * Asks whoever supervises the service how its process is, with the read-only command of the registry. An exit code other than 0
 * with an output is an answer too: `supervisorctl status` ends with 3 for a stopped program.
 */
export function createStateCollector({ environment, timeout = 2000 }: StateOptions): Collector {
  return {
    name: 'process state',
    kind: 'state',
    async collect({ service, now }, signal) {
      const argv = service?.state ?? null;
      if (service === null || argv === null) return [];
      const result = await runGuarded({
        argv,
        cwd: '/',
        env: allowedEnvironment(environment),
        timeout,
        grace: 500,
        outputCap: 4000,
        // The collection redacts every text.
        redact: (text) => text,
        signal,
      });
      const command = argv.join(' ');
      const output = result.output.trim();
      if (result.failedToStart !== null) throw new Error(result.failedToStart);
      if (result.timedOut) throw new Error(`\`${command}\` gave no answer within ${timeout} ms`);
      if (result.exitCode === null)
        throw new Error(`\`${command}\` was ended by ${result.signal ?? 'an unknown hand'}`);
      if (output === '') throw new Error(`\`${command}\` ended with ${result.exitCode} and said nothing`);
      return [finding(service.name, argv, output, result.exitCode, now)];
    },
  };
}

function finding(
  service: string,
  argv: readonly string[],
  output: string,
  exitCode: number,
  now: number,
): Finding {
  const program = basename(argv[0] ?? '');
  return {
    kind: 'state',
    title: `Process state of ${service}`,
    source: program,
    query: argv.join(' '),
    window: null,
    observedAt: now,
    text: `${output}\n(${program} ended with ${exitCode})`,
    data: { type: 'facts', facts: { exit_code: exitCode } },
    link: null,
    witness: `state/${program}/${service}`,
  };
}
