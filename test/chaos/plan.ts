import type { Act } from './world/act.ts';
import { episodesOf } from './world/episodes.ts';
import type { AlertName } from './world/playbooks.ts';
import { chanceOf } from './world/random.ts';
import { type TroubleName, troublesOf } from './world/troubles.ts';

export interface Schedule {
  readonly seed: number;
  readonly incidents: number;
  readonly replicas: number;
  /** In order of time. */
  readonly acts: readonly Act[];
  /** When the last act is due. */
  readonly length: number;
}

export interface Wishes {
  readonly seed: number;
  readonly incidents: number;
  readonly replicas: number;
  /** Milliseconds between the beginnings of two episodes, on average. */
  readonly gap?: number;
  /** The alerts to choose from; all by default. */
  readonly alerts?: readonly [AlertName, ...AlertName[]];
  /** The services that fall ill; all by default. */
  readonly services?: readonly string[];
  /** How long a service is ill, unless something helps it: from, to, milliseconds. */
  readonly illness?: readonly [number, number];
  /** Mean times between troubles, milliseconds. */
  readonly troubles?: Partial<Record<TroubleName, number>>;
}

/** What is done, and when, for a seed: the same wishes always give the same schedule. */
export function schedule(wishes: Wishes): Schedule {
  const { seed, incidents, replicas } = wishes;
  const chance = chanceOf(seed);
  const episodes = episodesOf(wishes, chance.fork());
  const last = Math.max(0, ...episodes.map(({ at }) => at));
  const acts = [...episodes, ...troublesOf(wishes, last, chance.fork())].sort((a, b) => a.at - b.at);
  return { seed, incidents, replicas, acts, length: Math.max(0, ...acts.map(({ at }) => at)) };
}
