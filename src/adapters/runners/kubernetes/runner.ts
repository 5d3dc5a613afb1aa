import type { AttemptResult, TaskLine } from '../../../execution/attempt.ts';
import type { Order, Runner } from '../../../execution/runner.ts';
import { redactThenCut } from '../../../lib/text/cut.ts';
import { type ApiAnswer, isGood, whySilent } from '../../kubernetes/api.ts';
import type { Raw } from '../../kubernetes/objects.ts';
import { readNode, readWorkload } from '../../kubernetes/read.ts';
import { fenceIn, partWords } from './capture.ts';
import { beforeOf, compare } from './compare.ts';
import { whyDenied } from './deny.ts';
import { differences } from './diff.ts';
import { follow } from './follow.ts';
import { type Prepared, prepare, type Reach, whyNot, whyNoWayBack } from './prepare.ts';

export interface KubernetesOptions extends Reach {
  readonly redact: (text: string) => string;
}

const DIFF = 8_000;
/** For so long an API server may still carry out what it was asked and did not answer, milliseconds. */
const STILL = 60_000;

/**
 * Runs one operation of Kubernetes, by the API. What it changes goes in one call, with the version that was read and the number of the fix:
 * all of it is done, or nothing. Nothing runs here that could outlive Medic; should Medic die, Kubernetes goes on with what it was told.
 */
export function createKubernetesRunner({ redact, ...reach }: KubernetesOptions): Runner {
  return {
    async run(order, report, signal) {
      const deadline = performance.now() + order.timeout;
      const within = AbortSignal.any([signal, AbortSignal.timeout(order.timeout)]);
      const prepared = await prepare(order, reach, within);
      if ('already' in prepared) return { kind: 'succeeded', summary: redact(prepared.already), changed: 0 };
      if (signal.aborted)
        return { kind: 'stopped', reason: 'it was stopped before anything was changed', untouched: true };
      if (within.aborted)
        return {
          kind: 'timed-out',
          reason: `its limit of ${order.timeout / 1000} s had passed before anything was changed`,
          untouched: true,
        };
      if ('refused' in prepared)
        return { kind: 'failed', reason: redact(prepared.refused), exitCode: null, untouched: true };
      const telling = (line: TaskLine) =>
        report({ ...line, detail: line.detail === null ? null : redact(line.detail) });
      const failed = await carryOut(prepared, order, reach, telling);
      if (failed !== null) return told(failed, redact);
      const { change } = prepared;
      const before = change.was === null ? {} : { before: beforeOf(change.was, redact) };
      if (!change.rolls)
        return {
          kind: 'succeeded',
          summary: redact(`${change.what}: ${change.does}`),
          changed: 1,
          ...before,
        };
      const result = await follow(prepared, {
        ...{ api: reach.api, deadline, timeout: order.timeout, signal },
        report: telling,
      });
      return { ...told(result, redact), ...before };
    },
    async dryRun(order, signal) {
      if (order.dryRun !== 'check') return { kind: 'failed', reason: 'this playbook declares no dry run' };
      const within = AbortSignal.any([signal, AbortSignal.timeout(order.timeout)]);
      const prepared = await prepare(order, reach, within);
      if ('refused' in prepared) return { kind: 'failed', reason: redact(prepared.refused) };
      if ('already' in prepared) return { kind: 'diff', diff: redact(`# ${prepared.already}`), changes: 0 };
      const lines = linesOf(prepared);
      const back = await whyNoWayBack(prepared, reach, within);
      return {
        kind: 'diff',
        diff: redactThenCut(lines.join('\n'), DIFF, redact),
        changes: Math.max(1, lines.length - 2),
        ...(back === null ? {} : { noWayBack: redact(back) }),
      };
    },
    compare: (order, before, signal) => compare(order, before, { ...reach, redact }, signal),
  };
}

function linesOf({ change, after }: Prepared): readonly string[] {
  const changes = after === null ? [] : differences(change.before, after);
  return [`# ${change.what}`, `does: ${change.does}`, ...changes];
}

/**
 * Makes the one call that changes something; null where it was taken. It is not broken off once it is on its way: nobody would know then
 * what became of it.
 */
async function carryOut(
  prepared: Prepared,
  { fence }: Order,
  { api, rules }: Reach,
  report: (line: TaskLine) => void,
): Promise<AttemptResult | null> {
  const { change, own, set } = prepared;
  const request = change.request(set);
  const denied = whyDenied(request, own, rules());
  if (denied !== null) return { kind: 'failed', reason: denied, exitCode: null, untouched: true };
  const name = `${change.does} (${change.what})`;
  report({ name, status: 'running', detail: null });
  const was = change.was === null ? null : `before: ${partWords(change.was)}`;
  let answer: ApiAnswer;
  try {
    answer = await api.call(request, new AbortController().signal);
  } catch (error) {
    const arrived = await hasArrived(prepared, fence, api);
    const done = arrived === true;
    report({ name, status: done ? 'changed' : 'failed', detail: done ? was : whySilent(error) });
    return done ? null : unheard(whySilent(error), arrived, change.what);
  }
  if (isGood(answer)) {
    report({ name, status: 'changed', detail: was });
    return null;
  }
  const reason = whyNot(answer, change);
  report({ name, status: 'failed', detail: reason });
  return { kind: 'failed', reason, exitCode: null, untouched: true };
}

/** Whether a change is there of which no answer came; null where nobody can tell. */
async function hasArrived(
  { place, own, change }: Prepared,
  fence: number | null,
  api: Reach['api'],
): Promise<boolean | null> {
  if (fence === null || change.request('').method === 'DELETE') return null;
  const { signal } = new AbortController();
  const object: Promise<Raw> =
    own.node === null ? readWorkload(api, place, signal) : readNode(api, own.node, signal);
  return object.then(
    (now) =>
      fenceIn(now) === fence && now.metadata?.resourceVersion !== change.before.metadata?.resourceVersion,
    () => null,
  );
}

function unheard(why: string, arrived: boolean | null, what: string): AttemptResult {
  const known =
    arrived === false ? `nothing of it is seen at ${what} yet` : 'whether it was carried out is not known';
  return { kind: 'interrupted', reason: `${why}; ${known}`, elsewhereFor: STILL };
}

function told(result: AttemptResult, redact: (text: string) => string): AttemptResult {
  if (result.kind === 'succeeded') return { ...result, summary: redact(result.summary) };
  return typeof result.reason === 'string'
    ? ({ ...result, reason: redact(result.reason) } as AttemptResult)
    : result;
}
