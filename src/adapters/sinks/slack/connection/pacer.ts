import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time as the pacer sees it; monotonic milliseconds. */
export interface PacerClock {
  now(): number;
  /** Resolves early when the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** How fast one lane goes: so many at once, and then so many a second. */
export interface Pace {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Whose turn comes before whose, whoever came first: what a person has ordered for many cards at once, the card of a new incident, what
 * needs a person, and the rest.
 */
export type Rank = 'order' | 'card' | 'person' | 'story';
const RANKS: readonly Rank[] = ['order', 'card', 'person', 'story'];

/** The queue of a lane is too long to wait in: come back after `wait` milliseconds, with newer news. */
export class LaneBusy extends Error {
  override readonly name = 'LaneBusy';
  readonly wait: number;

  constructor(lane: string, wait: number) {
    super(`${lane} is busy for another ${Math.ceil(wait / 1000)} s`);
    this.wait = wait;
  }
}

/** Gives out turns by rank, first come first served within one, no faster than Slack lets anybody write. */
export interface Pacer {
  /** Resolves when it is the caller's turn. @throws LaneBusy when that takes longer than its rank has patience for */
  turn(lane: string, pace: Pace, rank: Rank): Promise<void>;
  /** Slack asked for a pause: nobody's turn comes in this lane for so many milliseconds, and from then on they come slower. */
  hold(lane: string, milliseconds: number): void;
}

/** A pacer that its owner can end. */
export interface ClosablePacer extends Pacer {
  /** From now on nobody waits: whoever would have to is refused with LaneBusy, those who wait already too. */
  close(): void;
}

/** One message a second and channel, with a short burst for the opening of an incident. */
export const POSTS: Pace = { burst: 4, perSecond: 1 };
/** Edits count by method over the whole workspace, about fifty a minute. */
export const EDITS: Pace = { burst: 12, perSecond: 0.8 };
/** What is left of a minute's edits beyond that burst is kept for orders: a pause has to stand on every card at once. */
export const ORDERED_EDITS: Pace = { ...EDITS, burst: 40 };

/**
 * How long each rank waits before it goes away; milliseconds. Who waits occupies a worker and knows only the news of when it
 * began to wait, so the less it matters the sooner it goes.
 */
const PATIENCE: Readonly<Record<Rank, number>> = {
  order: 15_000,
  card: 15_000,
  person: 8_000,
  story: 4_000,
};
/** Nobody is told to come back later than this; milliseconds. */
const LATEST = 60_000;

/** Each pause that Slack asks for slows a lane down by this factor, and each turn speeds it up again a little. */
const STRAINING = 1.5;
const EASING = 0.97;
const EASY = 1.05;
const MOST_STRAIN = 8;

interface Waiter {
  readonly rank: Rank;
  readonly pace: Pace;
  readonly since: number;
  admit(): void;
  refuse(busy: LaneBusy): void;
}

interface Lane {
  readonly name: string;
  /** When the next turn would come if there were no burst. */
  due: number;
  heldUntil: number;
  /** How many times slower than its pace it goes, since others seem to write there as well, other replicas for a start. */
  strain: number;
  /** In the order in which their turns come. */
  waiting: Waiter[];
  serving: boolean;
  /** Ends the wait for a turn, since somebody came whose turn comes before. */
  overtaken: AbortController;
  /** The time that the last one who was sent away was told to come back at. */
  promised: number;
}

const realClock: PacerClock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** Milliseconds between two turns. */
function intervalOf({ strain }: Lane, { perSecond }: Pace): number {
  return (strain * 1000) / perSecond;
}

/** @param options.patience how long a caller of each rank may have to wait; milliseconds */
export function createPacer(
  options: { readonly clock?: PacerClock; readonly patience?: Readonly<Record<Rank, number>> } = {},
): ClosablePacer {
  const { clock = realClock, patience = PATIENCE } = options;
  const lanes = new Map<string, Lane>();
  const closed = new AbortController();

  function laneOf(name: string): Lane {
    const known = lanes.get(name);
    if (known) return known;
    const fresh: Lane = {
      name,
      due: 0,
      heldUntil: 0,
      strain: 1,
      waiting: [],
      serving: false,
      overtaken: new AbortController(),
      promised: 0,
    };
    lanes.set(name, fresh);
    return fresh;
  }

  /** How long until a turn that has `before` others before it. */
  function delay(lane: Lane, pace: Pace, before: number): number {
    const interval = intervalOf(lane, pace);
    const due = Math.max(lane.due, clock.now()) + before * interval;
    const burst = lane.strain > 1 ? 1 : pace.burst;
    return Math.max(0, due - (burst - 1) * interval - clock.now(), lane.heldUntil - clock.now());
  }

  /** Those who are sent away come back one after the other, as their turns would have come, and not all at once. */
  function sendAway(lane: Lane, pace: Pace, expected: number): LaneBusy {
    const now = clock.now();
    lane.promised = Math.min(Math.max(lane.promised + intervalOf(lane, pace), now + expected), now + LATEST);
    return new LaneBusy(lane.name, lane.promised - now);
  }

  /** Lets those who wait go one by one, and sends away whom others overtook for too long. */
  async function serve(lane: Lane): Promise<void> {
    lane.serving = true;
    for (let next = lane.waiting[0]; next; next = lane.waiting[0]) {
      const wait = delay(lane, next.pace, 0);
      if (wait > 0 && closed.signal.aborted) {
        for (const waiter of lane.waiting.splice(0)) waiter.refuse(new LaneBusy(lane.name, wait));
        break;
      }
      if (wait > 0) {
        lane.overtaken = new AbortController();
        await clock.wait(Math.ceil(wait), AbortSignal.any([closed.signal, lane.overtaken.signal]));
        dismiss(lane);
        continue;
      }
      lane.due = Math.max(lane.due, clock.now()) + intervalOf(lane, next.pace);
      lane.strain = lane.strain < EASY ? 1 : lane.strain * EASING;
      lane.waiting.shift();
      next.admit();
    }
    lane.serving = false;
  }

  function dismiss(lane: Lane): void {
    const overdue = lane.waiting.slice(1).filter(({ since, rank }) => clock.now() - since > patience[rank]);
    lane.waiting = lane.waiting.filter((waiter) => !overdue.includes(waiter));
    for (const waiter of overdue) waiter.refuse(sendAway(lane, waiter.pace, 0));
  }

  /** Whoever an order has overtaken for longer than they wait goes away at once: they keep the order from a card of their own. */
  function giveWay(lane: Lane): void {
    const outrun = lane.waiting.filter(
      (one, index) => one.rank !== 'order' && delay(lane, one.pace, index) > patience[one.rank],
    );
    lane.waiting = lane.waiting.filter((one) => !outrun.includes(one));
    for (const { pace, refuse } of outrun) refuse(sendAway(lane, pace, 0));
  }

  return {
    async turn(name, pace, rank) {
      const lane = laneOf(name);
      const before = lane.waiting.filter((one) => RANKS.indexOf(one.rank) <= RANKS.indexOf(rank)).length;
      const expected = delay(lane, pace, before);
      if (expected > patience[rank]) throw sendAway(lane, pace, expected);
      await new Promise<void>((admit, refuse) => {
        lane.waiting.splice(before, 0, { rank, pace, since: clock.now(), admit, refuse });
        if (rank === 'order') giveWay(lane);
        if (!lane.serving) void serve(lane);
        else if (before === 0) lane.overtaken.abort();
      });
    },
    hold(name, milliseconds) {
      const lane = laneOf(name);
      lane.heldUntil = Math.max(lane.heldUntil, clock.now() + milliseconds);
      lane.strain = Math.min(lane.strain * STRAINING, MOST_STRAIN);
    },
    close: () => closed.abort(),
  };
}
