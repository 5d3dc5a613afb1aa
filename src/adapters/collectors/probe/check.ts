import type { Check } from '../../../playbooks/manifest.ts';
import type { Reading, SignalScope } from '../../../verification/reading.ts';
import { askProbe } from '../http-probe.ts';

/** Whether every probe of the service answers 2xx, as of when they were asked: epoch milliseconds by `now`. */
export async function readProbes(
  check: Check,
  scope: SignalScope,
  now: () => number,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Reading> {
  if (scope.probes.length === 0) return missing(check, 'the service has no probe');
  const at = now();
  const answers = await Promise.all(scope.probes.map((probe) => askProbe(probe, fetch, signal)));
  signal.throwIfAborted();
  const bad = answers.filter(({ kind }) => kind === 'unhealthy');
  const unasked = answers.find(({ kind }) => kind === 'unasked');
  if (bad.length === 0 && unasked) return missing(check, unasked.words);
  const detail = (bad.length > 0 ? bad : answers).map(({ words }) => words).join('; ');
  return { check, kind: 'probe', healthy: bad.length === 0, detail, at };
}

function missing(check: Check, reason: string): Reading {
  return { check, kind: 'missing', reason };
}
