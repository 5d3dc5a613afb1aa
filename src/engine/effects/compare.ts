import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptResult, Before, Comparison } from '../../execution/attempt.ts';
import type { Order, Runner } from '../../execution/runner.ts';
import type { Incident } from '../../incident/model/incident.ts';
import { currentPlan } from '../../incident/model/phases.ts';

/** For so long it is tried to read what stands there after an undoing, milliseconds: nobody is called in the meantime. */
const COMPARING = 15_000;
/** How long a runner may take to say why it has read nothing, once its time is up; milliseconds. */
const GRACE = 2_000;

interface Undoing {
  readonly runner: Runner;
  readonly order: Order;
  readonly incident: Incident;
  /** Aborted when a person stops it, or this process ends. */
  readonly signal: AbortSignal;
}

/**
 * How an undoing ended, and what stands there now beside what its fix had found. It is read by the runner anew, whatever the undoing said of
 * itself; one that was broken off, or may still act, leaves nothing that could be compared.
 */
export async function withComparison(
  result: AttemptResult,
  { runner, order, incident, signal }: Undoing,
): Promise<AttemptResult> {
  if (!cameToItsEnd(result)) return result;
  const within = AbortSignal.any([signal, AbortSignal.timeout(COMPARING)]);
  const reading = runner
    .compare({ ...order, reportTo: null }, foundByItsFix(incident), within)
    .catch((): Comparison => ({ kind: 'unknown', why: 'it could not be read' }));
  return { ...result, compared: await Promise.race([reading, tooLate(within)]) };
}

/** A runner that does not heed its signal holds up nobody: the undoing has ended, and its locks are waited for. */
async function tooLate(signal: AbortSignal): Promise<Comparison> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  await delay(GRACE, undefined, { ref: false });
  return { kind: 'unknown', why: 'no answer came in time' };
}

function cameToItsEnd(result: AttemptResult): boolean {
  if (result.kind === 'stopped' || result.kind === 'interrupted') return false;
  return !('untouched' in result) && !('elsewhereFor' in result);
}

/** By the record of the incident, which nobody else writes; null where the fix left no word of it. */
function foundByItsFix(incident: Incident): Before | null {
  const plan = currentPlan(incident)?.plan.id;
  const fix = incident.attempts.findLast((one) => one.purpose === 'fix' && one.plan === plan);
  return fix?.result?.before ?? null;
}
