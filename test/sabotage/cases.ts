import { type Chance, chanceOf } from '../chaos/world/random.ts';
import type { Family } from './families.ts';
import { HONEST, type Honest } from './honest.ts';
import { KINDS, type Kind } from './kinds.ts';
import type { Admission } from './stage.ts';

/** One service, and what is played with it. */
export interface Case extends Admission {
  readonly kind: Kind | Honest;
  readonly family: Family;
  readonly chance: Chance;
}

export const isHonest = (kind: Kind | Honest): kind is Honest => 'must' in kind;

export interface Mixture {
  readonly seed: number;
  readonly sabotaged: number;
  readonly honest: number;
  /** Names of the kinds that are sabotaged, all by default. */
  readonly kinds?: readonly string[];
}

/** So many sabotaged recoveries, all kinds in turn, and so many honest ones among them. The same seed gives the same cases. */
export function casesOf({ seed, sabotaged, honest, kinds: wanted }: Mixture): readonly Case[] {
  const chance = chanceOf(seed);
  const played = KINDS.filter(({ name }) => wanted?.includes(name) ?? true);
  const kinds = [
    ...Array.from({ length: sabotaged }, (_, place) => played[place % played.length]),
    ...Array.from({ length: honest }, (_, place) => HONEST[place % HONEST.length]),
  ].filter((kind) => kind !== undefined);
  return shuffled(kinds, chance).map((kind, place) => {
    const own = chance.fork();
    return {
      kind,
      service: `${kind.prefix ?? slug(kind.name)}-${place}`,
      alone: kind.alone === true,
      probed: own.odds(0.4),
      family: own.pick(kind.families),
      chance: own,
    };
  });
}

function slug(name: string): string {
  return name.replace(/[^a-z]+/gi, '-').slice(0, 40);
}

function shuffled<T>(items: readonly T[], chance: Chance): readonly T[] {
  return items
    .map((item) => ({ item, at: chance.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
