import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, remedy } from './failure.ts';

/** Whether people can be reached through Slack, read from how every call of it went. */
export interface ConnectionHealth {
  /** How a call went; null for well. `message` names the message that it was to say, which stays the same when it is tried again. */
  heard(method: string, failure: Failure | null, message: string): void;
  /** Why people cannot be reached now, in words; null while they can. */
  trouble(): string | null;
  /** Begins to ask whenever nothing has been heard for a while, or what was heard last was bad. Never rejects. */
  start(probe: () => Promise<unknown>): void;
  stop(): void;
}

/** By these Medic speaks; a Slack that answers all but these reaches nobody. */
const SPEECH = new Set(['chat.postMessage', 'chat.update']);
/** The token is good for nothing any more, whatever is asked with it. */
const BARRED = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'user_removed_from_team',
  'team_access_not_granted',
]);

/** How soon a silent Slack is asked again; milliseconds. */
const AGAIN = 1_000;
/**
 * So many messages that fail, with none taken since, are no accident. One that fails again and again says something about
 * itself: Slack may choke on what is in it, and people can be reached all the same.
 */
const MISSES = 2;
/** What failed is tried again within seconds, but perhaps by another process: after this long it says nothing any more. */
const STALE = 30_000;
/** A message that failed within this time is known to fail; milliseconds. */
const KNOWN = 600_000;

/** @param every how long nothing may be heard before Slack is asked whether it is there; milliseconds */
export function createConnectionHealth(every = 15_000): ConnectionHealth {
  const stopped = new AbortController();
  let heardAt = performance.now();
  let silent = false;
  let barred: string | null = null;
  /** When each message that was not taken failed last. */
  const failing = new Map<string, number>();
  let takenAt = Number.NEGATIVE_INFINITY;

  function fails(method: string, kind: 'unknown' | 'unreachable', message: string): void {
    const again = SPEECH.has(method) && failing.has(message);
    if (SPEECH.has(method)) misses(message);
    // What failed before is no news of Slack: it is asked at once, and its answer decides.
    if (again && kind === 'unknown') heardAt = Number.NEGATIVE_INFINITY;
    else silent = true;
  }

  function misses(message: string): void {
    const now = performance.now();
    for (const [other, at] of failing) if (now - at > KNOWN) failing.delete(other);
    failing.set(message, now);
  }

  function answers(method: string, failure: Failure | null, message: string): void {
    silent = false;
    heardAt = performance.now();
    if (SPEECH.has(method)) {
      failing.delete(message);
      takenAt = heardAt;
    }
    if (failure?.kind === 'refused' && BARRED.has(failure.error)) barred = remedy(failure.error);
    else if (failure === null) barred = null;
  }

  /** How many messages failed since one was last taken. */
  function missed(): number {
    const since = Math.max(takenAt, performance.now() - STALE);
    return [...failing.values()].filter((at) => at > since).length;
  }

  async function listen(probe: () => Promise<unknown>): Promise<void> {
    while (!stopped.signal.aborted) {
      const bad = silent || barred !== null;
      // How the probe goes is heard like every other call.
      if (bad || performance.now() - heardAt >= every) await probe().catch(() => undefined);
      await sleep(Math.min(AGAIN, every), undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    heard(method, failure, message) {
      if (failure?.kind === 'unknown' || failure?.kind === 'unreachable')
        fails(method, failure.kind, message);
      else answers(method, failure, message);
    },
    trouble() {
      if (barred !== null) return barred;
      if (silent) return 'Slack cannot be reached; it is tried again until it can';
      if (missed() >= MISSES)
        return 'Slack answers, but does not take messages; they are tried again until it does';
      return null;
    },
    start: (probe) => void listen(probe),
    stop: () => stopped.abort(),
  };
}
