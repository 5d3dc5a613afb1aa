import { basename } from 'node:path';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { processState } from '../../../evidence/collectors/process-state.ts';
import { hostId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, tell } from '../../../evidence/facts/tell.ts';
import type { Hosts } from '../../../evidence/hosts.ts';
import { answered, askEach, ownWord, placesOf } from '../places.ts';

export interface StateOptions {
  readonly hosts: Hosts;
  /** Milliseconds that the whole may take. The command on each host gets a little less, so that what the others say is kept. */
  readonly timeout: number;
}

const OUTPUT = 4000;
/** The part of the time that a command gets. */
const PART = 0.9;

/**
 * Asks how the service's process is on each host that it runs on, with the read-only command of the registry. An exit code other
 * than 0 with an output is an answer too: `supervisorctl status` ends with 3 for a stopped program. Such a command may print lines
 * that the service wrote, so it is the service's own word.
 */
export function createStateCollector({ hosts, timeout }: StateOptions): Collector<Plain> {
  return {
    declared: processState,
    async collect(_asked, { service, now }, signal) {
      const argv = service?.state ?? null;
      if (service === null || argv === null) return [];
      const describe = (host: string) => itemOf(service, argv, host, now);
      return askEach(await placesOf(service, hosts), describe, async (host) => {
        const answer = await hosts.run({ host, argv, timeout: timeout * PART, outputCap: OUTPUT }, signal);
        const { stdout, stderr, exitCode } = answered(answer);
        const command = argv.join(' ');
        if (exitCode === 127)
          throw new Error(`${argv[0]} is not installed on ${host}, or not in the PATH there`);
        const output = [stdout.trim(), stderr.trim()].filter((text) => text !== '').join('\n');
        if (output === '')
          throw new Error(`\`${command}\` on ${host} ended with ${exitCode} and said nothing`);
        const ended = `(${basename(argv[0] ?? '')} ended with ${exitCode})`;
        const states = statesOf(serviceId(service.name), [hostId(host)], {
          'process_state.exit_code': exitCode,
        });
        return [
          {
            ...describe(host),
            facts: tell([{ line: ended, facts: states }], now).facts,
            window: null,
            text: `${output}\n${ended}`,
            data: { type: 'facts', facts: { exit_code: exitCode } },
            link: null,
          },
        ];
      });
    },
  };
}

function itemOf(
  service: ServiceView,
  argv: readonly string[],
  host: string,
  now: number,
): Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'> {
  return {
    kind: 'state',
    title: `Process state of ${service.name} on ${host}`,
    source: basename(argv[0] ?? ''),
    query: `${argv.join(' ')} on ${host}`,
    observedAt: now,
    witness: ownWord(service),
  };
}
