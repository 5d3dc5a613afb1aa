import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptResult, TaskLine } from '../../../execution/attempt.ts';
import { type ClusterApi, whySilent } from '../../kubernetes/api.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import { readStanding, type Standing } from '../../kubernetes/read.ts';
import { isStillThere, progressOf } from '../../kubernetes/rollout.ts';
import type { Prepared } from './prepare.ts';

interface Following {
  readonly api: ClusterApi;
  /** By the monotonic clock. */
  readonly deadline: number;
  /** Milliseconds, of the whole attempt. */
  readonly timeout: number;
  readonly report: (line: TaskLine) => void;
  readonly signal: AbortSignal;
}

/** How often it is looked how far it is, milliseconds. */
const EVERY = 500;

/** Watches the pods that a change brings about until all are there, or until time is up. What stops the watching stops no controller, and is told as that. */
export async function follow(prepared: Prepared, following: Following): Promise<AttemptResult> {
  const { place, standing, change } = prepared;
  const { deadline, timeout, report, signal, api } = following;
  const name = `rollout of ${place.kind}/${place.name}`;
  const pod = change.request('').method === 'DELETE' ? (change.before as Pod) : null;
  let said = '';
  let words = 'nothing was read of it yet';
  report({ name, status: 'running', detail: null });
  const ended = <Result extends AttemptResult>(result: Result, detail = words): Result => {
    report({ name, status: result.kind === 'succeeded' ? 'ok' : 'failed', detail: detail.slice(0, 200) });
    return result;
  };
  for (;;) {
    if (signal.aborted)
      return ended({
        kind: 'stopped',
        reason: `it is no longer watched: ${words}. What was changed stands, and Kubernetes goes on with it`,
      });
    if (performance.now() >= deadline)
      return ended({ kind: 'timed-out', reason: `its limit of ${timeout / 1000} s had passed: ${words}` });
    const now = await lookAgain(api, standing, signal);
    if ('why' in now) words = now.why;
    else {
      const progress = progressOf(place, now.workload, standing.workload);
      const waits = pod !== null && isStillThere(pod, now.pods);
      words = waits ? `${pod.metadata?.name} is not gone yet; ${progress.words}` : progress.words;
      if (progress.kind === 'stuck') return ended({ kind: 'failed', reason: words, exitCode: null });
      if (progress.kind === 'done' && !waits)
        return ended({ kind: 'succeeded', summary: `${change.what}: ${words}`, changed: 1 });
    }
    if (words !== said) report({ name, status: 'running', detail: words.slice(0, 200) });
    said = words;
    const pause = Math.max(0, Math.min(EVERY, deadline - performance.now()));
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** An API that does not answer for a while, as while it is upgraded, says nothing of the pods. */
async function lookAgain(
  api: ClusterApi,
  { place }: Standing,
  signal: AbortSignal,
): Promise<Standing | { readonly why: string }> {
  try {
    return await readStanding(api, place, signal);
  } catch (error) {
    return { why: error instanceof Error && error.name === 'Unread' ? error.message : whySilent(error) };
  }
}
