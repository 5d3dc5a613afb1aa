import type { Heart } from './store/snapshot.ts';

/** The clock of record between two looks at it, carried on by the monotonic clock of this machine. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Looks at the clock of record, which also says that Medic is alive. */
  beat(): Promise<void>;
}

/** Starts from the clock of record. Rejects when the store cannot be reached. */
export async function createClock(store: Heart): Promise<Clock> {
  let offset = 0;
  const beat = async () => {
    const { now } = await store.heartbeat();
    offset = now - performance.now();
  };
  await beat();
  return { now: () => Math.round(offset + performance.now()), beat };
}
