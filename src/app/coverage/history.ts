import { type Prometheus, PrometheusError } from '../../adapters/collectors/prometheus/client.ts';
import type { History, Start } from '../../coverage/firings.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** What fires for less may be missed. */
const STEP = MINUTE;
/** Into so many parts the time is cut to see since when there are samples. */
const PARTS = [720, 60];
/** A shorter part that a server cannot answer is not made shorter still. */
const SHORTEST = 60 * MINUTE;

/** Each alert in the step in which it began to fire: so the answer grows with what happened, and not with how long it lasted. */
const BEGAN = `ALERTS{alertstate="firing"} unless ALERTS{alertstate="firing"} offset ${STEP / 1000}s`;

interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * What began to fire in the last `last` milliseconds by the server's own clock, a day at a time, the newest first. A part that the server
 * cannot answer at once is asked in halves; where it cannot answer even an hour, the history ends there.
 */
export async function historyOf(
  prometheus: Prometheus,
  last: number,
  { signal, onDay }: { readonly signal: AbortSignal; readonly onDay?: (done: number, of: number) => void },
): Promise<History> {
  const [answer] = await prometheus.query('time()', signal);
  const now = Math.floor((answer?.value ?? 0) * 1000);
  const from = now - last;
  const known = await firstKnown(prometheus, { from, to: now }, signal);
  const days = Math.ceil((now - known) / DAY);
  const starts: Start[] = [];
  let reached = now;
  for (let day = 0; day < days; day += 1) {
    const to = now - day * DAY;
    const window = { from: Math.max(known, to - DAY + STEP), to };
    const found = await startsIn(prometheus, window, signal);
    if (found === null) break;
    starts.push(...found);
    reached = Math.max(known, to - DAY);
    onDay?.(day + 1, days);
  }
  return { starts, asked: last, covered: now - reached, step: STEP };
}

/** Null where not even the shortest part of it is answered. */
async function startsIn(
  prometheus: Prometheus,
  window: Window,
  signal: AbortSignal,
): Promise<readonly Start[] | null> {
  try {
    const series = await prometheus.queryRange(BEGAN, { ...window, step: STEP }, signal);
    return series.flatMap(({ labels, points }) => points.map(([at]) => ({ labels, at })));
  } catch (error) {
    if (!isTooMuch(error) || signal.aborted) throw error;
    const middle = Math.floor((window.from + window.to) / 2 / STEP) * STEP;
    if (window.to - window.from <= SHORTEST) return null;
    const newer = await startsIn(prometheus, { from: middle + STEP, to: window.to }, signal);
    const older =
      newer === null ? null : await startsIn(prometheus, { from: window.from, to: middle }, signal);
    return newer === null || older === null ? null : [...newer, ...older];
  }
}

/** Whether less at a time may be answered: it took too long, or was too much. */
function isTooMuch(error: unknown): boolean {
  return error instanceof PrometheusError && (error.status === null || error.status >= 422);
}

/** Since when the server has any samples: before that, that nothing fired is not known. A large server is asked more coarsely. */
async function firstKnown(prometheus: Prometheus, window: Window, signal: AbortSignal): Promise<number> {
  for (const parts of PARTS) {
    try {
      return await firstIn(
        prometheus,
        window,
        Math.max(10 * MINUTE, (window.to - window.from) / parts),
        signal,
      );
    } catch (error) {
      if (!isTooMuch(error) || signal.aborted) throw error;
    }
  }
  return window.from;
}

async function firstIn(
  prometheus: Prometheus,
  { from, to }: Window,
  step: number,
  signal: AbortSignal,
): Promise<number> {
  const series = await prometheus.queryRange('group(up) or group(ALERTS)', { from, to, step }, signal);
  const first = Math.min(...series.map(({ points }) => points[0]?.[0] ?? to));
  // It may have begun within a step, and what is older than a step's start is at least that old.
  return Number.isFinite(first) ? Math.max(from, first - step) : to;
}
