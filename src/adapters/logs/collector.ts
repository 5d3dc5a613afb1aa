import type { Collector, Finding, Inquiry } from '../../evidence/collector.ts';
import { readTail } from '../file-tail.ts';
import { keepWhatAnswered } from '../partial.ts';
import { clusterLines, mostTelling } from './cluster.ts';

const BYTES = 64 * 1024;
const LINES = 200;
const KINDS = 30;
const LINE_LENGTH = 400;
/** How far before the alert a log is read, milliseconds. */
const BEFORE = 15 * 60_000;

/** Reads the end of the service's log files, from a quarter of an hour before the first alert on. */
export function createLogCollector(): Collector {
  return {
    name: 'logs',
    kind: 'log',
    collect: (inquiry) =>
      keepWhatAnswered((inquiry.service?.logs ?? []).map(({ file }) => readLog(file, inquiry))),
  };
}

async function readLog(file: string, inquiry: Inquiry): Promise<Finding> {
  const began = Math.min(inquiry.now, ...inquiry.alerts.map(({ startsAt }) => startsAt));
  const from = began - BEFORE;
  const { lines, size, modifiedAt } = await readTail(file, BYTES);
  const recent = sinceTime(lines, from).slice(-LINES);
  const clusters = clusterLines(recent);
  const shown = mostTelling(clusters, KINDS);
  return {
    kind: 'log',
    title: `Log of ${inquiry.subject.name}`,
    source: 'file',
    query: `tail of ${file}`,
    window: { from, to: inquiry.now },
    observedAt: inquiry.now,
    text: [
      headline(file, recent.length, lines.length, size, modifiedAt),
      ...(shown.length < clusters.length
        ? [`(${clusters.length - shown.length} frequent kinds of lines left out)`]
        : []),
      ...shown.map(({ count, line }) => (count > 1 ? `${count}x like: ` : '') + clip(line)),
    ].join('\n'),
    data: { type: 'facts', facts: { lines: recent.length, kinds: clusters.length, bytes: size } },
    link: null,
    witness: `log/${file}`,
  };
}

function headline(file: string, recent: number, read: number, size: number, modifiedAt: number): string {
  const written = `last written ${new Date(modifiedAt).toISOString()}`;
  if (size === 0) return `${file} is empty, ${written}`;
  if (recent === 0) return `${file}: nothing in ${lastLines(read)} is of the time of the alert, ${written}`;
  return `${file}: ${lastLines(recent)}, ${written}; newest last`;
}

function lastLines(count: number): string {
  return count === 1 ? 'its last line' : `its last ${count} lines`;
}

/** Drops what is older. A line without a time belongs to the one before it, as in a stack trace. */
function sinceTime(lines: readonly string[], from: number): string[] {
  let time: number | null = null;
  return lines.filter((line) => {
    time = timeOf(line) ?? time;
    return time === null || time >= from;
  });
}

/** The first time that a line states, in any usual notation; null when it states none. A time without zone is local time. */
function timeOf(line: string): number | null {
  const [, iso, epoch] =
    /(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)|"(?:time|ts|timestamp)":\s?(\d{10,13}(?:\.\d+)?)/.exec(
      line.slice(0, 300),
    ) ?? [];
  if (epoch !== undefined) return Number(epoch) * (Number(epoch) < 1e11 ? 1000 : 1);
  const time = Date.parse((iso ?? '').replace(' ', 'T').replace(',', '.'));
  return Number.isNaN(time) ? null : time;
}

function clip(line: string): string {
  return line.length <= LINE_LENGTH ? line : `${line.slice(0, LINE_LENGTH).toWellFormed()}…`;
}
