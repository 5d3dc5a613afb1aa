import type { TimelineEntry, TimelineEvent } from '../../../../../incident/model/timeline.ts';

type Kind = TimelineEvent['kind'];

/** A happening of one kind with its time. */
export type Told<K extends Kind> = Extract<TimelineEvent, { kind: K }> & { readonly at: number };

/** The entries of a timeline that make up one message of the thread. */
export interface ThreadSection {
  readonly key: string;
  readonly entries: readonly TimelineEntry[];
}

/** All happenings of these kinds, oldest first, each with its time. */
export function all<K extends Kind>(chapter: ThreadSection, ...kinds: readonly K[]): Told<K>[] {
  const wanted: readonly string[] = kinds;
  return chapter.entries
    .filter((entry) => wanted.includes(entry.happening.kind))
    .map((entry) => ({ ...(entry.happening as Extract<TimelineEvent, { kind: K }>), at: entry.at }));
}

/** The newest happening of a kind, or null. */
export function last<K extends Kind>(chapter: ThreadSection, kind: K): Told<K> | null {
  return all(chapter, kind).at(-1) ?? null;
}
