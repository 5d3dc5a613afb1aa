import { day, type Said, say } from '../../lib/text/text.ts';
import type { Sights } from './blindness.ts';
import type { Announce } from './losses.ts';

/** The memory is away when it has not answered for this long, milliseconds. */
const AWAY = 60_000;
/** A process that was frozen has looked once: it counts only what it has seen itself, again and again. */
const LOOKS = 3;
/** How much longer each replica waits than the one before it: by then it finds what that one has told. Milliseconds. */
const PATIENCE = 20_000;
/** So old may what another replica told of an absence be that goes on, milliseconds: they notice it seconds apart. */
const SAME = 600_000;
/** For so long an absence may have lasted whose end is still told, milliseconds: a weekend, on which nobody started Medic again. */
const LONGEST = 4 * 24 * 3_600_000;

/** A name that says of itself when the absence began, for while the memory is away nothing but the channel remembers it. */
const nameOf = (since: number) => `memory-${since}`;
const sinceOf = (name: string) => Number(name.slice('memory-'.length));
const NAME = /^memory-\d+$/;

/** The names of what was told in the channel since a moment (epoch milliseconds) and is about no incident, oldest first. */
export type Told = (since: number) => Promise<readonly string[]>;

/** Who among the replicas this one is, in the order in which they came; and how many there are. The first is 0. */
export interface Place {
  readonly place: number;
  readonly replicas: number;
}

interface MemoryWatchParts {
  readonly announce: Announce;
  readonly told: Told;
  readonly sights: Pick<Sights, 'memoryBack'>;
  readonly mayTell: () => boolean;
  /** The clock of record, epoch milliseconds. */
  readonly now: () => number;
  /** Since when Medic has lived without a gap. Rejects where the memory is away. */
  readonly aliveSince: () => Promise<number>;
  /** Rejects where the memory is away. */
  readonly place: () => Promise<Place>;
}

export interface MemoryWatch {
  /** The memory has answered. */
  alive(): void;
  /** Tells people where it has been away for long, and that it is back. Runs regularly. */
  look(): Promise<void>;
}

/**
 * Watches the memory itself. While it is away nothing is shared but the channel: the replicas look there one after the other, in an order
 * that they agreed upon before, and the first that finds nothing tells it. Whoever finds there what nobody has told the end of, tells that:
 * the one that began may have died meanwhile.
 */
export function createMemoryWatch(parts: MemoryWatchParts): MemoryWatch {
  const { announce, told, mayTell, now } = parts;
  let answered = now();
  let missed = 0;
  /** Since when this replica could tell that it is away, were it the first. */
  let couldTell: number | null = null;
  let mine: Place = { place: 0, replicas: 1 };
  /** Under which name people know of the absence that goes on. */
  let known: string | null = null;
  /** The life of Medic before whose beginning every absence has its end. */
  let settled: number | null = null;

  async function away(): Promise<void> {
    if (known !== null || missed < LOOKS) return;
    if (!mayTell()) {
      couldTell = null;
      return;
    }
    couldTell ??= now();
    if (now() - couldTell < mine.place * PATIENCE) return;
    const since = answered;
    const [standing] = unended(await told(since - SAME));
    if (standing === undefined)
      await announce(nameOf(since), awayWords(since, mine), { at: now(), mayStand: false });
    known = standing ?? nameOf(since);
  }

  async function back(): Promise<void> {
    if (known !== null) await parts.sights.memoryBack(known, sinceOf(known), { at: answered, seen: true });
    known = null;
    mine = await parts.place();
    const aliveSince = await parts.aliveSince();
    if (settled === aliveSince || !mayTell()) return;
    const open = unended(await told(aliveSince - LONGEST));
    // One that began within this life is not over for all: it is that of a replica that alone cannot reach the memory.
    for (const name of open.filter((one) => sinceOf(one) < aliveSince))
      await parts.sights.memoryBack(name, sinceOf(name), { at: aliveSince, seen: false });
    settled = aliveSince;
  }

  return {
    alive() {
      answered = now();
    },
    async look() {
      const silence = now() - answered;
      if (silence < AWAY / 2) {
        missed = 0;
        couldTell = null;
        return back();
      }
      missed += 1;
      if (silence >= AWAY) return away();
    },
  };
}

/** Absences that were told and have not been told to be over, oldest first. */
function unended(told: readonly string[]): readonly string[] {
  return told.filter((name) => NAME.test(name) && !told.includes(`sighted-${name}`));
}

/** What people are told while it is away. Nobody knows then whether the other replicas reach it. */
function awayWords(since: number, { replicas }: Place): Said {
  const [whom, who] =
    replicas === 1
      ? ['Medic', 'Until it does, Medic']
      : [`at least one of Medic’s ${replicas} replicas`, 'Until it does, such a replica'];
  return say`Redis has given ${whom} no usable answer since ${day(since)}. ${who} takes no alerts, clicks or commands and starts nothing; a fix that runs goes on. Alertmanager sends its alerts again; look after urgent ones by hand. Check that Redis runs and that Medic reaches it.`;
}
