import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, remedy } from './failure.ts';

/** Whether people can be reached through Slack, read from how every call of it went. */
export interface Pulse {
  /** How a call went; null for well. */
  heard(method: string, failure: Failure | null): void;
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
/** So many messages that fail one after the other are no accident: one lost answer stops nothing. */
const MISSES = 2;
/** What failed is tried again within seconds, but perhaps by another process: after this long it says nothing any more. */
const STALE = 30_000;

/** @param every how long nothing may be heard before Slack is asked whether it is there; milliseconds */
export function createPulse(every = 15_000): Pulse {
  const stopped = new AbortController();
  let heardAt = performance.now();
  let silent = false;
  let barred: string | null = null;
  let missed = 0;
  let missedAt = 0;

  function fails(method: string): void {
    silent = true;
    if (!SPEECH.has(method)) return;
    missed += 1;
    missedAt = performance.now();
  }

  function answers(method: string, failure: Failure | null): void {
    silent = false;
    heardAt = performance.now();
    if (SPEECH.has(method)) missed = 0;
    if (failure?.kind === 'refused' && BARRED.has(failure.error)) barred = remedy(failure.error);
    else if (failure === null) barred = null;
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
    heard(method, failure) {
      if (failure?.kind === 'unknown' || failure?.kind === 'unreachable') fails(method);
      else answers(method, failure);
    },
    trouble() {
      if (barred !== null) return barred;
      if (silent) return 'Slack cannot be reached; it is tried again until it can';
      if (missed >= MISSES && performance.now() - missedAt < STALE)
        return 'Slack answers, but does not take messages; they are tried again until it does';
      return null;
    },
    start: (probe) => void listen(probe),
    stop: () => stopped.abort(),
  };
}
