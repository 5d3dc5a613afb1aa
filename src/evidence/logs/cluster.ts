import type { Recognise, Signature } from '../facts/signatures.ts';
import { looksBad, mask } from './mask.ts';
import { templatesOf } from './templates.ts';
import type { TimedLine } from './times.ts';

/** Lines that are the same but for their numbers, times, ids and other values. */
export interface Cluster {
  /** What is the same in all of them. */
  readonly template: string;
  readonly count: number;
  /** The newest of them, to the letter. */
  readonly line: string;
  /** Where the newest stands among the lines read. */
  readonly position: number;
  /** Epoch milliseconds; null where they have no times. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly looksBad: boolean;
  /** The messages of the table that they are. */
  readonly signatures: readonly Signature[];
}

/** A line with the cluster it belongs to, by its place in the list of templates. */
export interface Kinds {
  readonly templates: readonly Omit<Cluster, 'count' | 'line' | 'position' | 'firstAt' | 'lastAt'>[];
  /** For each line, which of them it is. */
  readonly of: readonly number[];
}

/** Tells which kind each line is of. Whatever costs time is done once for all lines that are the same after masking. */
export function kindsOf(lines: readonly TimedLine[], recognise: Recognise): Kinds {
  const places = new Map<string, number>();
  const samples: { readonly key: string; readonly line: string }[] = [];
  const masked = lines.map(({ line }) => {
    const key = mask(line);
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, samples.length);
    samples.push({ key, line });
    return samples.length - 1;
  });
  const templates = templatesOf(samples.map(({ key }) => key));
  const kinds = new Map<string, number>();
  const found: Kinds['templates'][number][] = [];
  const kindOfSample = samples.map(({ line }, place) => {
    const template = templates[place] ?? '';
    const signatures = recognise(line);
    // Lines that mean different things are of different kinds, however alike they are.
    const identity = [template, ...signatures.map(({ name }) => name)].join('\n');
    const known = kinds.get(identity);
    if (known !== undefined) return known;
    kinds.set(identity, found.length);
    found.push({ template, looksBad: looksBad(line), signatures });
    return found.length - 1;
  });
  return { templates: found, of: masked.map((sample) => kindOfSample[sample] ?? 0) };
}

/** Counts the lines of each kind that are wanted; oldest cluster first, by its newest line. */
export function clustersIn(
  lines: readonly TimedLine[],
  kinds: Kinds,
  wanted: (line: TimedLine) => boolean = () => true,
): readonly Cluster[] {
  const clusters = new Map<number, Cluster>();
  for (const [position, one] of lines.entries()) {
    const kind = kinds.of[position] ?? 0;
    const said = kinds.templates[kind];
    if (said === undefined || !wanted(one)) continue;
    const known = clusters.get(kind);
    clusters.set(kind, {
      ...said,
      count: (known?.count ?? 0) + 1,
      line: one.line,
      position,
      firstAt: outer(Math.min, known?.firstAt, one.at),
      lastAt: outer(Math.max, known?.lastAt, one.at),
    });
  }
  return [...clusters.values()].sort((a, b) => a.position - b.position);
}

function outer(of: typeof Math.min, known: number | null | undefined, at: number | null): number | null {
  return known === undefined || known === null || at === null ? (at ?? known ?? null) : of(known, at);
}

/** Keeps the clusters worth reading that find room, in their order: what is known, then what looks bad, then the rare, then the newest. */
export function mostTelling(
  clusters: readonly Cluster[],
  room: { readonly kinds: number; readonly characters: number },
  lengthOf: (cluster: Cluster) => number,
): readonly Cluster[] {
  const ranked = [...clusters].sort(
    (a, b) =>
      Number(b.signatures.length > 0) - Number(a.signatures.length > 0) ||
      Number(b.looksBad) - Number(a.looksBad) ||
      a.count - b.count ||
      b.position - a.position,
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
