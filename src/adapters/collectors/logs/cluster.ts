import { type TimedLine, withoutTimes } from './times.ts';

/** Lines that are the same but for their numbers, times and ids. */
export interface Cluster {
  /** What is the same in all of them. */
  readonly key: string;
  readonly count: number;
  /** The newest of them, to the letter. */
  readonly line: string;
  /** Where the newest stands among the lines read. */
  readonly position: number;
  /** Epoch milliseconds; null where they have no times. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly looksBad: boolean;
}

const LOOKS_BAD =
  /\b(?:error|err|exception|fatal|panic|critical|fail(?:ed|ure|s)?|traceback|segfault|oom|out of memory|killed|refused|timed? ?out|unhandled|denied|cannot|no space left|E[A-Z]{4,}|SIG[A-Z]{3,})\b|"level":(?:"(?:error|fatal)"|[56]0)|\b5\d\d\b/i;

/** Groups lines after masking what differs from one to the next; oldest cluster first, by its newest line. */
export function clusterLines(lines: readonly TimedLine[]): readonly Cluster[] {
  const clusters = new Map<string, Cluster>();
  for (const [position, { line, at }] of lines.entries()) {
    const key = mask(line);
    const known = clusters.get(key);
    clusters.set(key, {
      key,
      count: (known?.count ?? 0) + 1,
      line,
      position,
      firstAt: known === undefined ? at : known.firstAt,
      lastAt: at,
      looksBad: LOOKS_BAD.test(line),
    });
  }
  return [...clusters.values()].sort((a, b) => a.position - b.position);
}

/** Keeps the clusters worth reading that find room, in their order: those that look bad, then the rare, then the newest. */
export function mostTelling(
  clusters: readonly Cluster[],
  room: { readonly kinds: number; readonly characters: number },
  lengthOf: (cluster: Cluster) => number,
): readonly Cluster[] {
  const ranked = [...clusters].sort(
    (a, b) => Number(b.looksBad) - Number(a.looksBad) || a.count - b.count || b.position - a.position,
  );
  const kept = new Set<Cluster>();
  let left = room.characters;
  for (const cluster of ranked) {
    const length = lengthOf(cluster);
    if (kept.size >= room.kinds) break;
    if (length > left) continue;
    kept.add(cluster);
    left -= length;
  }
  return clusters.filter((cluster) => kept.has(cluster));
}

/** An HTTP status code where one may stand: as a word of its own, or behind the name of such a field; never with a unit. */
const STATUS =
  /(?:(?<=[\s"])|(?<=(?:status|code)"?[:=]\s?))(?:20[0-6]|30[0-8]|4[0-3]\d|451|50[0-8])(?![\w.%]|\s(?:ms|s|[kMG]?B)\b)/;
const STATUS_OR_NUMBER = new RegExp(`(${STATUS.source})|\\d+(?:\\.\\d+)*`, 'gi');

/** Masks what differs between lines of one kind. Status codes stay: 200 and 500 are different lines. */
export function mask(line: string): string {
  return withoutTimes(line.slice(0, 2000))
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b/gi, '<id>')
    .replace(STATUS_OR_NUMBER, (_, status?: string) => status ?? '<n>');
}
