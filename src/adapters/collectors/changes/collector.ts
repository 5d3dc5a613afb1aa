import { z } from 'zod';
import type { ChangeReader } from '../../../changes/change.ts';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { changes } from '../../../evidence/collectors/changes.ts';
import { runsOn, serviceId } from '../../../evidence/facts/objects.ts';
import { type Stated, statesOf, tell } from '../../../evidence/facts/tell.ts';
import type { Hosts } from '../../../evidence/hosts.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { readTails } from '../file-tail.ts';
import { askEach, ownWord, placesOf } from '../places.ts';
import { toldChanges } from './told.ts';
import { distance, iso } from './when.ts';

export interface ChangeOptions {
  readonly hosts: Hosts;
  /** Milliseconds that reading the file on one host may take; 7 s by default. */
  readonly timeout?: number;
  /** What Medic was told. */
  readonly told: ChangeReader;
}

const BYTES = 256 * 1024;
const SHOWN = 10;
/** A deploy longer ago than this before the alert is told apart from a recent one. */
const RECENT = 24 * 3_600_000;

const Deploy = z.object({
  time: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  service: z.string(),
  version: z.coerce.string().min(1),
  previous: z.coerce.string().nullish(),
  who: z.coerce.string().nullish(),
  message: z.coerce.string().nullish(),
});
type Deploy = z.infer<typeof Deploy>;

/**
 * Tells what Medic was told of changes, and reads the service's deploys where it runs, from a file with one JSON object per line: `{time, service, version, previous, who,
 * message}`. The newest gives the facts `current_version`, `previous_version`,
 * `deployed_at` and `deployed_by`. Hosts that say the same are one item.
 */
export function createChangeCollector({ hosts, timeout = 7000, told }: ChangeOptions): Collector<Plain> {
  return {
    declared: changes,
    async collect({ since }, { service, now }, signal) {
      if (service === null) return [];
      const written = writtenChanges(service, since, now, signal);
      return [...(await toldChanges(told, service, since, now)), ...(await written)];
    },
  };

  async function writtenChanges(
    service: ServiceView,
    since: number | null,
    now: number,
    signal: AbortSignal,
  ): Promise<readonly Finding[]> {
    const file = service.changes?.file;
    if (file === undefined) return [];
    const item = (host: string) => itemOf(service, file, host, now);
    const found = await askEach(await placesOf(service, hosts), item, async (host) => {
      const wanted = { host, files: [file], bytes: BYTES, timeout, now: () => now };
      const [tail] = (await readTails(hosts, wanted, signal)).files;
      if (tail === undefined || 'reason' in tail) throw new Error(tail?.reason ?? `${file} was not read`);
      return [{ ...item(host), ...readChanges(tail.lines, service, since, now) }];
    });
    return together(found);
  }
}

function itemOf(
  service: ServiceView,
  file: string,
  host: string,
  now: number,
): Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'> {
  return {
    kind: 'change',
    title: `Deploys of ${service.name} on ${host}`,
    source: 'file',
    query: `deploys of ${service.name} in ${file} on ${host}`,
    observedAt: now,
    witness: ownWord(service),
  };
}

/** One item for all hosts that say the same. */
function together(found: readonly Finding[]): readonly Finding[] {
  const items = new Map<string, Finding>();
  for (const item of found) {
    const known = items.get(item.text);
    const host = item.title.split(' on ').at(-1);
    items.set(item.text, known === undefined ? item : { ...known, title: `${known.title}, ${host}` });
  }
  return [...items.values()];
}

function readChanges(
  lines: readonly string[],
  service: ServiceView,
  since: number | null,
  now: number,
): Pick<Finding, 'window' | 'text' | 'data' | 'link' | 'facts'> {
  const read = lines.filter((line) => line.trim() !== '').map(parse);
  const broken = read.filter((deploy) => deploy === null).length;
  const deploys = read
    .filter((deploy) => deploy !== null)
    .filter((deploy) => deploy.service === service.name)
    .sort((a, b) => b.time - a.time);
  const described = describe(deploys, service.name, since, now);
  return {
    window: null,
    facts: tell([{ line: described[0] ?? '', facts: statedOf(deploys, service, since) }], now).facts,
    text: [
      ...described,
      ...(broken > 0 ? [`(${broken} of ${read.length} lines could not be read and were skipped)`] : []),
    ].join('\n'),
    data: { type: 'facts', facts: factsOf(deploys) },
    link: null,
  };
}

function parse(line: string): Deploy | null {
  try {
    return Deploy.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function describe(deploys: readonly Deploy[], service: string, began: number | null, now: number): string[] {
  const recent = deploys.filter(({ time }) => time >= (began ?? now) - RECENT);
  const [newest] = deploys;
  if (newest === undefined) return [`no deploy of ${service} is recorded`];
  if (recent.length === 0) {
    return [
      `no change for a day; ${service} runs version ${oneLine(newest.version)} since ${iso(newest.time)}`,
    ];
  }
  return recent.slice(0, SHOWN).map((deploy) => {
    const previous = previousOf(deploy, deploys);
    const when = began === null ? '' : `, ${distance(deploy.time - began)} the alert began`;
    const by = ` by ${oneLine(deploy.who ?? 'an unknown person')}`;
    const note = deploy.message ? `: ${oneLine(deploy.message)}` : '';
    return `${iso(deploy.time)} version ${oneLine(deploy.version)} deployed${by} (previous ${previous ?? 'unknown'}${when})${note}`;
  });
}

function factsOf(deploys: readonly Deploy[]): Record<string, string> {
  const [newest] = deploys;
  if (newest === undefined) return {};
  const previous = previousOf(newest, deploys);
  return {
    current_version: newest.version,
    ...(previous === null ? {} : { previous_version: previous }),
    deployed_at: iso(newest.time),
    ...(newest.who ? { deployed_by: oneLine(newest.who) } : {}),
  };
}

/** The newest deploy, as of when it was made; its line is the first. */
function statedOf(deploys: readonly Deploy[], service: ServiceView, began: number | null): readonly Stated[] {
  const [newest] = deploys;
  if (newest === undefined) return [];
  const values = {
    'deployment.version': oneLine(newest.version),
    'deployment.age': began === null ? null : (began - newest.time) / 1000,
    'deployment.by': newest.who ? oneLine(newest.who) : null,
  };
  return statesOf(serviceId(service.name), runsOn(service), values, newest.time);
}

/** What the deploy says of itself, else the version of the one before it. */
function previousOf(deploy: Deploy, deploys: readonly Deploy[]): string | null {
  return deploy.previous ?? deploys[deploys.indexOf(deploy) + 1]?.version ?? null;
}

const oneLine = (text: string) => cutWholeWords(text.replace(/\s+/g, ' ').trim(), 300);
