import { randomUUID } from 'node:crypto';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { host as declared } from '../../../evidence/collectors/host.ts';
import type { Hosts } from '../../../evidence/hosts.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { answered, askEach } from '../places.ts';
import { describeVitals, failedUnits, parseVitals, SCRIPT } from './vitals.ts';

export interface HostOptions {
  readonly hosts: Hosts;
  /** Milliseconds that the vital signs of one host may take; 7 s by default. */
  readonly timeout?: number;
}

const HOSTS = 5;
const OUTPUT = 1024 * 1024;

/**
 * Vital signs of the hosts that a service runs on, without any monitoring: load, memory, filesystems, failed units and the greediest
 * processes. Needs Linux there.
 */
export function createHostCollector({ hosts, timeout = 7000 }: HostOptions): Collector<Plain> {
  return {
    declared,
    async collect({ about }, { service, now }, signal) {
      const places = (await hostsOf(about, service, hosts)).slice(0, HOSTS);
      const describe = (host: string) => itemOf(host, now);
      return askEach(places, describe, async (host) => {
        const mark = randomUUID();
        const argv = ['sh', '-c', SCRIPT, 'vitals', mark];
        const answer = answered(await hosts.run({ host, argv, timeout, outputCap: OUTPUT }, signal));
        const vitals = parseVitals(answer.stdout, mark);
        const { lines, facts } = describeVitals(vitals);
        if (lines.length === 0)
          throw new Error(
            `${host} told nothing of itself: ${cutWholeWords(answer.stderr.trim(), 300) || 'is it Linux?'}`,
          );
        const item = { ...describe(host), window: null, link: null };
        return [
          { ...item, text: lines.join('\n'), data: { type: 'facts', facts } },
          ...unitsOf(failedUnits(vitals), host, item),
        ];
      });
    },
  };
}

/** Those of the service; without one, the target itself where the inventory knows it. */
async function hostsOf(
  about: Plain['about'],
  service: ServiceView | null,
  hosts: Hosts,
): Promise<readonly string[]> {
  if (service !== null)
    return service.hosts.length > 0 ? [...new Set(service.hosts)] : hosts.group(service.group);
  if (about.kind !== 'target') return [];
  const name = about.name.replace(/:\d+$/, '');
  return 'refused' in (await hosts.facts(name)) ? [] : [name];
}

function itemOf(
  host: string,
  now: number,
): Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'> {
  return {
    kind: 'state',
    title: `Host ${host}`,
    source: 'host',
    query: `load, memory, filesystems, units and processes of ${host}`,
    observedAt: now,
    witness: `kernel/${host}`,
  };
}

/** For people: that some unit has failed is no second opinion beside a look at the very unit. */
function unitsOf(
  names: readonly string[],
  host: string,
  item: Omit<Finding, 'text' | 'data'>,
): readonly Finding[] {
  if (names.length === 0) return [];
  const text = `${names.slice(0, 20).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
  return [
    {
      ...item,
      ...{
        title: `Failed units of ${host}`,
        source: 'systemd',
        witness: `systemd/${host}`,
        text,
        data: null,
      },
      supportsNothing: 'it says nothing of why, nor whether they matter here',
    },
  ];
}
