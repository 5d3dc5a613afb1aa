import { say } from '../lib/text.ts';
import type { Announce } from './losses.ts';
import type { Troubles } from './troubles.ts';

/** What Medic sees and acts with, whose absence people hear of in the channel. */
const PARTS = ['prometheus', 'alertmanager', 'model', 'runner'] as const;
export type SeenPart = (typeof PARTS)[number];

/** What is known of the parts, kept where every replica finds it: each absence is owed to people once, and so is its end. */
export interface Sights {
  /** @param words what it means that the part cannot be asked, in a sentence; null where it answered */
  sight(part: SeenPart, words: string | null): Promise<void>;
  /** The memory itself was away, and people were told so under this name. Of several replicas that say so, one is heard. */
  memoryBack(id: string, since: number, back: number): Promise<void>;
}

/** The same troubles; those that are about a part are also told in the channel, when they last. */
export function sighting(troubles: Troubles, sights: Pick<Sights, 'sight'>): Troubles {
  return {
    list: troubles.list,
    async tell(about, words) {
      await troubles.tell(about, words);
      const part = PARTS.find((one) => one === about);
      if (part !== undefined) await sights.sight(part, words);
    },
  };
}

export const NO_RUNNER = 'No runner is heard of: nothing is looked at, and nothing is run.';
const NO_MEMORY =
  'Redis cannot be reached: Medic takes no alerts and starts nothing until it is back. Senders try again.';

/** The memory is away when it has not answered for this long, milliseconds. */
const AWAY = 60_000;
/** A process that was frozen has looked once: it counts only what it has seen itself, again and again. */
const LOOKS = 3;
/** Replicas that notice within this time speak of one absence, milliseconds. */
const SAME = 600_000;

export interface MemoryWatch {
  /** The memory has answered. */
  alive(): void;
  /** Tells people where it has been away for long, and that it is back. Runs regularly. */
  look(): Promise<void>;
}

/**
 * Watches the memory itself. While it is away nothing is shared: each replica looks whether another one has told it already, and they do
 * not look at the same moment.
 *
 * @param parts.patience how much longer than others this replica waits, milliseconds
 * @param parts.now the clock of record, epoch milliseconds
 */
export function createMemoryWatch(parts: {
  readonly announce: Announce;
  readonly sights: Pick<Sights, 'memoryBack'>;
  readonly mayTell: () => boolean;
  readonly now: () => number;
  readonly patience: number;
}): MemoryWatch {
  const { announce, sights, mayTell, now, patience } = parts;
  let answered = now();
  let missed = 0;
  let told: { readonly id: string; readonly since: number } | null = null;

  async function away(): Promise<void> {
    missed += 1;
    if (told !== null || missed < LOOKS || !mayTell()) return;
    const id = `memory-${Math.round(answered / SAME)}`;
    const since = answered;
    await announce(id, say`${NO_MEMORY}`, { at: since, mayStand: true });
    told = { id, since };
  }

  return {
    alive() {
      answered = now();
    },
    async look() {
      const at = now();
      if (at - answered >= AWAY + patience) return away();
      missed = 0;
      if (told === null || at - answered >= AWAY) return;
      await sights.memoryBack(told.id, told.since, answered);
      told = null;
    },
  };
}
