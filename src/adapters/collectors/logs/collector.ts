import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Lines } from '../../../evidence/collectors/arguments.ts';
import { logs } from '../../../evidence/collectors/logs.ts';
import type { Recognise } from '../../../evidence/facts/signatures.ts';
import type { Hosts } from '../../../evidence/hosts.ts';
import { type Writer, writerOf } from '../../../evidence/logs/facts.ts';
import { newestLines } from '../../../evidence/logs/newest.ts';
import {
  BEFORE,
  findingsOf,
  type Item,
  iso,
  linesSince,
  withoutBaseline,
} from '../../../evidence/logs/telling.ts';
import { type TimedLine, withTimes } from '../../../evidence/logs/times.ts';
import { type Told, tellUsual } from '../../../evidence/logs/usual.ts';
import { readTails, type Tail, type Tails } from '../file-tail.ts';
import { askEach, ownWord, placesOf } from '../places.ts';

export interface LogOptions {
  readonly hosts: Hosts;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
  /** Milliseconds that reading all logs of one host may take; 7 s by default. */
  readonly timeout?: number;
  /** The messages that mean something by themselves; none where nobody says. */
  readonly recognise?: Recognise;
}

export const NOTHING_KNOWN: Recognise = () => [];

/** Of each file; of all files of one host together, no more than `ALL`. */
const BYTES = 1024 * 1024;
const ALL = 4 * 1024 * 1024;
/** Lines of a log without times: how old they are nobody knows, so only the last of them count. */
const UNDATED = 200;

/** Reads the end of the service's log files where it runs, and tells what is new since shortly before the first alert. */
export function createLogCollector({
  hosts,
  now,
  timeout = 7000,
  recognise = NOTHING_KNOWN,
}: LogOptions): Collector<Lines> {
  return {
    declared: logs,
    async collect({ since, last }, { service, now: present }, signal) {
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
            : [
                ...(last === undefined ? [] : newestLines(linesIn(tail, tails), item, last)),
                ...readLog(tail, tails, {
                  item,
                  writer: writerOf(service, host),
                  recognise,
                  window: [since ?? present, present],
                }),
              ];
        });
      });
    },
  };
}

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

/** All that was read of it, with what was there before it was rotated. */
function linesIn({ rotated, lines, modifiedAt }: Tail, { zone, ahead }: Tails): readonly TimedLine[] {
  return withTimes([...(rotated?.lines ?? []), ...lines].slice(-MOST_LINES), { zone, ahead, modifiedAt });
}

/** Of a log of more lines, the newest are read: nobody else may be kept waiting for it. */
const MOST_LINES = 20_000;

interface Reading {
  readonly item: Item;
  readonly writer: Writer;
  readonly recognise: Recognise;
  /** Since when something seems wrong, and until when is read; epoch milliseconds. */
  readonly window: readonly [number, number];
}

function readLog(
  tail: Tail,
  { zone, ahead }: Tails,
  { item, writer, recognise, window: [since, to] }: Reading,
): readonly Finding[] {
  const from = Math.min(since, to) - BEFORE;
  const rotated = tail.rotated !== null && tail.rotated.modifiedAt >= from ? tail.rotated.lines : [];
  const timed = withTimes([...rotated, ...tail.lines].slice(-MOST_LINES), {
    zone,
    ahead,
    modifiedAt: tail.modifiedAt,
  });
  const dated = timed.some(({ at }) => at !== null);
  const usable = dated ? timed : tail.modifiedAt >= from ? timed.slice(-UNDATED) : [];
  const told = tellUsual(usable, from, to, recognise);
  const remarks = [
    ...(rotated.length > 0 ? ['it was rotated meanwhile, and the file before it was read too'] : []),
    ...(dated || usable.length === 0 ? [] : ['its lines have no times, so they may be older than the alert']),
    ...(dated ? withoutBaseline(told) : []),
  ];
  return findingsOf(told, item, {
    window: { from, to },
    headline: headline(told, tail, from),
    remarks,
    facts: { bytes: tail.size },
    writer,
  });
}

/** Without the name of the file, which is no word of the log. */
function headline(told: Told, { size, modifiedAt }: Tail, from: number): string {
  const written = `last written ${iso(modifiedAt)}`;
  if (size === 0 && told.lines === 0) return `the log is empty, ${written}`;
  if (told.lines === 0) return `nothing in it is from after ${iso(from)}, ${written}`;
  return `${linesSince(told, from)}, ${written}${told.fresh.length === 0 ? '' : '; newest last'}`;
}
