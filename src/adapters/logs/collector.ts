import type { Collector, Finding, ServiceView } from '../../evidence/collector.ts';
import type { Plain } from '../../evidence/collectors/arguments.ts';
import { logs } from '../../evidence/collectors/logs.ts';
import type { Hosts } from '../../evidence/hosts.ts';
import { cutWholeWords } from '../../lib/cut.ts';
import { readTails, type Tail, type Tails } from '../file-tail.ts';
import { askEach, ownWord, placesOf } from '../places.ts';
import { type Cluster, mostTelling } from './cluster.ts';
import { withTimes } from './times.ts';
import { type Told, tellUsual } from './usual.ts';

export interface LogOptions {
  readonly hosts: Hosts;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
  /** Milliseconds that reading all logs of one host may take; 7 s by default. */
  readonly timeout?: number;
}

/** Of each file; of all files of one host together, no more than `ALL`. */
const BYTES = 256 * 1024;
const ALL = 4 * 1024 * 1024;
/** Lines of a log without times: how old they are nobody knows, so only the last of them count. */
const UNDATED = 200;
const ROOM = { kinds: 30, characters: 3500 };
const LINE_LENGTH = 400;
/** How far before the alert a log is evidence, milliseconds; what is older is what it is compared with. */
const BEFORE = 5 * 60_000;

/** Reads the end of the service's log files where it runs, and tells what is new since shortly before the first alert. */
export function createLogCollector({ hosts, now, timeout = 7000 }: LogOptions): Collector<Plain> {
  return {
    declared: logs,
    async collect({ since }, { service, now: present }, signal) {
      if (service === null || service.logs.length === 0) return [];
      const files = service.logs.map(({ file }) => file);
      const bytes = Math.min(BYTES, Math.floor(ALL / files.length));
      const places = await placesOf(service, hosts);
      const describe = (host: string) =>
        itemOf(service, host, `tail of ${files.join(', ')} on ${host}`, present);
      return askEach(places, describe, async (host) => {
        const tails = await readTails(hosts, { host, files, bytes, timeout, now }, signal);
        return tails.files.flatMap((tail) => {
          const item = itemOf(service, host, `tail of ${tail.file} on ${host}`, present);
          return 'reason' in tail
            ? [{ ...item, window: null, text: tail.reason, data: null, link: null, failed: true as const }]
            : readLog(tail, tails, item, [since ?? present, present]);
        });
      });
    },
  };
}

type Item = Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'>;

function itemOf(service: ServiceView, host: string, query: string, now: number): Item {
  return {
    kind: 'log',
    title: `Log of ${service.name} on ${host}`,
    source: 'file',
    query,
    observedAt: now,
    witness: ownWord(service),
  };
}

function readLog(
  tail: Tail,
  { zone, ahead }: Tails,
  item: Item,
  [since, to]: readonly [number, number],
): readonly Finding[] {
  const from = Math.min(since, to) - BEFORE;
  const rotated = tail.rotated !== null && tail.rotated.modifiedAt >= from ? tail.rotated.lines : [];
  const timed = withTimes([...rotated, ...tail.lines], { zone, ahead, modifiedAt: tail.modifiedAt });
  const dated = timed.some(({ at }) => at !== null);
  const usable = dated ? timed : tail.modifiedAt >= from ? timed.slice(-UNDATED) : [];
  const told = tellUsual(usable, from, to);
  const remarks = [
    ...(rotated.length > 0 ? ['it was rotated meanwhile, and the file before it was read too'] : []),
    ...(dated || usable.length === 0 ? [] : ['its lines have no times, so they may be older than the alert']),
    ...(dated && told.lines > 0 && told.baseline === null
      ? ['what was read holds no line from before to compare with']
      : []),
  ];
  const facts = {
    lines: told.lines,
    kinds: told.fresh.length,
    usual_kinds: told.usual.length,
    bytes: tail.size,
  };
  const common = { ...item, window: { from, to }, data: { type: 'facts', facts }, link: null } as const;
  const usual = usualText(told);
  return [
    {
      ...common,
      text: [
        headline(told, tail, from),
        ...remarks.map((remark) => `(${remark})`),
        ...shownLines(told.fresh),
      ].join('\n'),
      ...(told.fresh.length === 0 ? { supportsNothing: 'nothing new was logged around the alert' } : {}),
    },
    ...(usual === null
      ? []
      : [
          {
            ...common,
            title: item.title.replace('Log of', 'Usual log lines of'),
            text: usual,
            supportsNothing: 'it was logged in the same measure before the alert',
          },
        ]),
  ];
}

/** Without the name of the file, which is no word of the log. */
function headline(told: Told, { size, modifiedAt }: Tail, from: number): string {
  const written = `last written ${iso(modifiedAt)}`;
  if (size === 0 && told.lines === 0) return `the log is empty, ${written}`;
  if (told.lines === 0) return `nothing in it is from after ${iso(from)}, ${written}`;
  const lines = told.lines === 1 ? 'one line' : `${told.lines} lines`;
  if (told.fresh.length === 0) return `${lines} since ${iso(from)}, of none but usual kinds, ${written}`;
  return `${lines} since ${iso(from)}, ${written}; newest last`;
}

function shownLines(clusters: readonly Cluster[]): readonly string[] {
  const shown = mostTelling(clusters, ROOM, (cluster) => show(cluster).length + 1);
  const left = clusters.length - shown.length;
  return [...(left > 0 ? [`(${left} frequent kinds of lines left out)`] : []), ...shown.map(show)];
}

function show({ count, line, firstAt, lastAt }: Cluster): string {
  if (count === 1) return cutWholeWords(line, LINE_LENGTH);
  const when = firstAt === null || lastAt === null ? '' : ` from ${iso(firstAt)} to ${iso(lastAt)}`;
  return `${count}x${when} like: ${cutWholeWords(line, LINE_LENGTH)}`;
}

function usualText({ usual, baseline }: Told): string | null {
  if (usual.length === 0 || baseline === null) return null;
  const before = new Map(usual.map((one) => [one.cluster, one.before]));
  const say = (cluster: Cluster) =>
    `${before.get(cluster)}x before, ${cluster.count}x since, like: ${cutWholeWords(cluster.line, LINE_LENGTH)}`;
  const shown = mostTelling(
    usual.map(({ cluster }) => cluster),
    ROOM,
    (cluster) => say(cluster).length + 1,
  );
  return [`compared with the lines since ${iso(baseline)}`, ...shown.map(say)].join('\n');
}

const iso = (time: number) => new Date(time).toISOString();
