import { performance } from 'node:perf_hooks';
import { failureOf } from './failure.ts';
import type { Pacer } from './pacer.ts';

/** Counts what is asked of Slack. `seconds` is how long it took to answer. */
export type Meter = (
  method: string,
  result: 'ok' | 'rate-limited' | 'failed' | 'unknown',
  seconds: number,
) => void;

/** One call of Slack, counted. Where Slack asks for a pause, the lane that it was made in is held. Throws what the client throws. */
export type Call = <Answer>(
  method: string,
  lane: string | null,
  call: () => Promise<Answer>,
) => Promise<Answer>;

export function countedCalls(pacer: Pick<Pacer, 'hold'>, meter: Meter = () => undefined): Call {
  return async (method, lane, call) => {
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      const answer = await call();
      meter(method, 'ok', seconds());
      return answer;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'rate-limited' && lane !== null) pacer.hold(lane, failure.retryAfter);
      const result = failure.kind === 'rate-limited' || failure.kind === 'unknown' ? failure.kind : 'failed';
      meter(method, result, seconds());
      throw error;
    }
  };
}
