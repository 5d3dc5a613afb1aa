import { performance } from 'node:perf_hooks';

/** How many sources are remembered. One that is forgotten starts afresh, which only ever lets more through. */
const MOST_SOURCES = 1_000;

/** Alerts a second that one source may send in the long run, and how many at once. */
export interface Rate {
  readonly per_second: number;
  readonly burst: number;
}

/** A token bucket for each source. It may be overdrawn by one webhook, so that none is too large ever to pass. */
export interface Limiter {
  /** Seconds until the source may send again; 0 when it may now. */
  wait(source: string): number;
  /** Takes so many tokens. */
  take(source: string, alerts: number): void;
}

/** @param now monotonic milliseconds */
export function createLimiter({ per_second, burst }: Rate, now = () => performance.now()): Limiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const bucketOf = (source: string) => {
    const at = now();
    const { tokens, at: before } = buckets.get(source) ?? { tokens: burst, at };
    return { tokens: Math.min(burst, tokens + ((at - before) / 1000) * per_second), at };
  };
  return {
    wait(source) {
      const { tokens } = bucketOf(source);
      return tokens > 0 ? 0 : Math.ceil((1 - tokens) / per_second);
    },
    take(source, alerts) {
      const bucket = bucketOf(source);
      buckets.delete(source);
      buckets.set(source, { ...bucket, tokens: bucket.tokens - alerts });
      const [oldest] = buckets.keys();
      if (buckets.size > MOST_SOURCES && oldest !== undefined) buckets.delete(oldest);
    },
  };
}

/** The bytes of bodies that are being read and stored. */
export interface Room {
  /** Takes room, and gives the way to give it back, which may be called more than once; null when there is none left. */
  enter(bytes: number): (() => void) | null;
}

/** A body that is larger than all the room may enter when nobody else is in. */
export function createRoom(size: number): Room {
  let taken = 0;
  return {
    enter(bytes) {
      if (taken > 0 && taken + bytes > size) return null;
      taken += bytes;
      let left = false;
      return () => {
        if (!left) taken -= bytes;
        left = true;
      };
    },
  };
}
