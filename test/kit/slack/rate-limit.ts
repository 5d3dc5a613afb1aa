import { performance } from 'node:perf_hooks';

interface Bucket {
  tokens: number;
  at: number;
}

interface Pace {
  /** How many may come at once. */
  burst: number;
  perSecond: number;
}

export interface Limiter {
  /** Takes one token of the bucket `key`; answers 0, or the whole seconds to wait. */
  take(key: string, pace: Pace): number;
}

/** Token buckets on the monotonic clock, one per key. */
export function newLimiter(): Limiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(key, pace) {
      const now = performance.now();
      const bucket = buckets.get(key) ?? { tokens: pace.burst, at: now };
      const tokens = Math.min(pace.burst, bucket.tokens + ((now - bucket.at) / 1000) * pace.perSecond);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
      return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / pace.perSecond));
    },
  };
}

/** Slack's tiers in calls a minute. Posting has its own: several hundred a minute, and a pace for each channel. */
const TIERS = { 1: 1, 2: 20, 3: 50, 4: 100, posting: 300 } as const;
export type Tier = keyof typeof TIERS;

/** The pace of one method on a tier: a minute's worth at once, refilled evenly. */
export function paceOf(tier: Tier): Pace {
  return { burst: TIERS[tier], perSecond: TIERS[tier] / 60 };
}
