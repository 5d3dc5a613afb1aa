import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';

/** Of its time, the part that a test keeps to say what it waited for in vain, and to stop what it started. */
const KEPT = 0.1;
/** A wait that begins when that time has come, such as one for something to be stopped, still gets this long; milliseconds. */
const LATE = 2_000;

interface Allotted {
  readonly ms: number;
  /** When its first wait began, by the monotonic clock; null until then. A test may have waited for its turn before. */
  begun: number | null;
}

const allotted = new AsyncLocalStorage<Allotted>();

/** Does what a test does, which may take so long, milliseconds: every wait in it ends before that. */
export function inTime<Result>(ms: number, work: () => Result): Result {
  return allotted.run({ ms, begun: null }, work);
}

/**
 * How long a wait may go on from now, milliseconds. A test that its runner breaks off says only that it took too long: a wait that would
 * outlast its test ends before it, and says what did not come.
 */
export function timeFor(wanted: number): number {
  const test = allotted.getStore();
  // 0 is for ever, to a runner of tests.
  if (test === undefined || test.ms <= 0) return wanted;
  const now = performance.now();
  test.begun ??= now;
  const left = test.begun + test.ms * (1 - KEPT) - now;
  return Math.min(wanted, Math.max(LATE, left));
}
