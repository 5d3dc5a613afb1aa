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

/** The queue of a lane is too long to wait in: come back after `wait` milliseconds, with newer news. */
export class LaneBusy extends Error {
  override readonly name = 'LaneBusy';
  readonly wait: number;

  constructor(lane: string, wait: number) {
    super(`${lane} is busy for another ${Math.ceil(wait / 1000)} s`);
    this.wait = wait;
  }
}

/** Gives out turns, first come first served, no faster than Slack lets anybody write. */
export interface Pacer {
  /** Resolves when it is the caller's turn. @throws LaneBusy at once when that would take longer than `patience` */
  turn(lane: string, pace: Pace): Promise<void>;
  /** Slack asked for a pause: nobody's turn comes in this lane for so many milliseconds. */
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

interface Lane {
  /** When the next turn would come if there were no burst. */
  due: number;
  tail: Promise<void>;
  waiting: number;
  heldUntil: number;
}

const realClock: PacerClock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** @param options.patience how long a caller may have to wait; milliseconds */
export function createPacer(
  options: { readonly clock?: PacerClock; readonly patience?: number } = {},
): ClosablePacer {
  const { clock = realClock, patience = 15_000 } = options;
  const lanes = new Map<string, Lane>();
  const closed = new AbortController();

  function laneOf(name: string): Lane {
    const known = lanes.get(name);
    if (known) return known;
    const fresh: Lane = { due: 0, tail: Promise.resolve(), waiting: 0, heldUntil: 0 };
    lanes.set(name, fresh);
    return fresh;
  }

  /** How long until a turn that has `before` others before it. */
  function delay(lane: Lane, pace: Pace, before: number): number {
    const interval = 1000 / pace.perSecond;
    const due = Math.max(lane.due, clock.now()) + before * interval;
    return Math.max(0, due - (pace.burst - 1) * interval - clock.now(), lane.heldUntil - clock.now());
  }

  async function comeUp(name: string, lane: Lane, pace: Pace): Promise<void> {
    for (let wait = delay(lane, pace, 0); wait > 0; wait = delay(lane, pace, 0)) {
      if (closed.signal.aborted) throw new LaneBusy(name, wait);
      await clock.wait(Math.ceil(wait), closed.signal);
    }
    lane.due = Math.max(lane.due, clock.now()) + 1000 / pace.perSecond;
  }

  return {
    async turn(name, pace) {
      const lane = laneOf(name);
      const expected = delay(lane, pace, lane.waiting);
      if (expected > patience) throw new LaneBusy(name, expected);
      lane.waiting += 1;
      const mine = lane.tail.then(() => comeUp(name, lane, pace));
      lane.tail = mine.catch(() => undefined);
      try {
        await mine;
      } finally {
        lane.waiting -= 1;
      }
    },
    hold(name, milliseconds) {
      const lane = laneOf(name);
      lane.heldUntil = Math.max(lane.heldUntil, clock.now() + milliseconds);
    },
    close: () => closed.abort(),
  };
}
