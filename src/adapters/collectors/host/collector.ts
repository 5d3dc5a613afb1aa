import { randomUUID } from 'node:crypto';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { host, hostActivity } from '../../../evidence/collectors/host.ts';
import { servedBy } from '../../../evidence/facts/objects.ts';
import { tell } from '../../../evidence/facts/tell.ts';
import type { Hosts } from '../../../evidence/hosts.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { answered, askEach } from '../places.ts';
import { type Part, type Reading, statePartsOf, workPartsOf } from './parts.ts';
import { STATE_SCRIPT, WORK_SCRIPT } from './script.ts';
import { describeVitals, failedUnits, parseVitals } from './vitals.ts';

export interface HostOptions {
  readonly hosts: Hosts;
  /** Milliseconds that the vital signs of one host may take; 7 s by default. */
  readonly timeout?: number;
}

const HOSTS = 5;
const OUTPUT = 1024 * 1024;

const HOUR = 3_600_000;
/** So long before the symptom changes of the host are told. */
const CHANGES = 3 * HOUR;

/**
 * Reads how the hosts are that a service runs on, without any monitoring and with no rights, each in one go: what they hold, their disks
 * and limits, the service's unit and those that failed. Needs Linux there.
 */
export function createHostCollector(options: HostOptions): Collector<Plain> {
  const findings = (reading: Reading, item: Item): readonly Finding[] => {
    const { vitals, place, now } = reading;
    const { lines, facts } = describeVitals(vitals, place);
    if (lines.length === 0) return [];
    return [
      { ...item, ...tell(lines, now), data: { type: 'facts', facts } },
      ...statePartsOf(reading).flatMap((part) => partOf(part, item)),
      ...unitsOf(failedUnits(vitals), place.host, item),
    ];
  };
  return { declared: host, collect: readingBy(STATE_SCRIPT, findings, options) };
}

/**
 * Reads what those hosts do, and what was done to them: what they compute between two moments, their connections, clock and kernel's log,
 * what fills a disk, and what was changed lately.
 */
export function createActivityCollector(options: HostOptions): Collector<Plain> {
  const findings = (reading: Reading, item: Item): readonly Finding[] =>
    workPartsOf(reading).flatMap((part) => partOf(part, item));
  return { declared: hostActivity, collect: readingBy(WORK_SCRIPT, findings, options) };
}

type Item = Omit<Finding, 'text' | 'data'>;

function readingBy(
  script: string,
  findings: (reading: Reading, item: Item) => readonly Finding[],
  { hosts, timeout = 7000 }: HostOptions,
): Collector<Plain>['collect'] {
  return async ({ about, since }, { service, now }, signal) => {
    const places = (await hostsOf(about, service, hosts)).slice(0, HOSTS);
    const describe = (name: string) => itemOf(name, now);
    return askEach(places, describe, async (name) => {
      const mark = randomUUID();
      const from = Math.min(now, since ?? now);
      const times = [seconds(from - HOUR), seconds(from - CHANGES)];
      const argv = ['sh', '-c', script, 'vitals', mark, ...times, unitOf(service)];
      const begun = performance.now();
      const answer = answered(await hosts.run({ host: name, argv, timeout, outputCap: OUTPUT }, signal));
      const took = performance.now() - begun;
      const place = { host: name, serves: servedBy(service) };
      const vitals = parseVitals(answer.stdout, mark);
      const found = findings(
        { vitals, place, now, from, took, service },
        { ...describe(name), window: null, link: null },
      );
      if (found.length > 0) return found;
      const why = cutWholeWords(answer.stderr.trim(), 300) || 'is it Linux?';
      throw new Error(`${name} told nothing of itself: ${why}`);
    });
  };
}

const seconds = (time: number) => String(Math.floor(time / 1000));

/** A name for systemd: no option, and no pattern, which would stand for others as well. */
function unitOf(service: ServiceView | null): string {
  return service !== null && /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}$/.test(service.unit) ? service.unit : '';
}

function partOf({ title, kind, source, instrument, lines }: Part, item: Item): readonly Finding[] {
  if (lines.length === 0) return [];
  return [{ ...item, kind, title, source, witness: instrument, ...tell(lines, item.observedAt), data: null }];
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
  name: string,
  now: number,
): Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'> {
  return {
    kind: 'state',
    title: `Host ${name}`,
    source: 'host',
    query: `load, memory, filesystems, units and processes of ${name}`,
    observedAt: now,
    witness: `kernel/${name}`,
  };
}

/** For people: that some unit has failed is no second opinion beside a look at the very unit. */
function unitsOf(names: readonly string[], host: string, item: Item): readonly Finding[] {
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
