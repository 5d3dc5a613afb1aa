import type { KubernetesOperation } from '../../../playbooks/manifest.ts';
import type { Raw, Template } from '../../kubernetes/objects.ts';
import { wordsOf } from '../../kubernetes/place.ts';
import type { Standing } from '../../kubernetes/read.ts';
import { memory, scale } from './amounts.ts';
import { cordon, deletePod } from './beside.ts';
import { canonical, captureIn, fenceIn, hashOfPart, partNow, partWords, stepsTo } from './capture.ts';
import { change, type Given, type Planned } from './change.ts';
import { put, putAll } from './patch.ts';

export const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

/** What is to be called, or why nothing may be. Pure. */
export function plan(operation: KubernetesOperation, given: Given): Planned {
  const { standing, fence, node } = given;
  const late = laterFix(node ?? standing.workload, fence);
  if (late !== null) return { refused: late };
  if (operation === 'restart') return restart(given);
  if (operation === 'undo') return undo(given);
  if (operation === 'put_back') return putBack(given);
  if ('scale' in operation) return scale(operation.scale, given);
  if ('memory' in operation) return memory(operation.memory, given);
  if ('delete_pod' in operation) return deletePod(operation.delete_pod, given);
  return 'cordon' in operation ? cordon(true, given) : cordon(false, given);
}

function laterFix(object: Raw, fence: number | null): string | null {
  const known = fenceIn(object);
  return known !== null && fence !== null && known > fence
    ? `a later fix, number ${known}, has acted on it: this one has number ${fence} and comes too late`
    : null;
}

function restart({ standing, fence, now }: Given): Planned {
  const { workload } = standing;
  const still = whyStill(standing);
  if (still !== null) return { refused: still };
  const at = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const steps = putAll(workload, ['spec', 'template', 'metadata', 'annotations'], { [RESTARTED]: at });
  return change(standing, { steps, was: null, fence, does: 'restart its pods, one after the other' });
}

function undo({ standing, fence }: Given): Planned {
  const { workload, revisions, place } = standing;
  const still = whyStill(standing);
  if (still !== null) return { refused: still };
  const now = essence(workload.spec?.template ?? {});
  const target = revisions.find(({ template }) => essence(template) !== now);
  if (target === undefined) return { refused: `${wordsOf(place)} has no other template to go back to` };
  const template = target.template as Record<string, unknown>;
  return change(standing, {
    steps: [put(workload, ['spec', 'template'], template)],
    was: partNow({ template }, workload),
    fence,
    does: `go back to revision ${target.number}`,
  });
}

/** What makes a template another: a restart writes its time into it, and changes nothing. */
export function essence({ metadata, spec }: Template): string {
  const { [RESTARTED]: _, ...annotations } = metadata?.annotations ?? {};
  return canonical({ labels: metadata?.labels ?? {}, annotations, spec });
}

function putBack({ standing, fence }: Given): Planned {
  const { workload, place } = standing;
  const capture = captureIn(workload);
  if (capture === null || fence === null || capture.fence !== fence)
    return { refused: `${wordsOf(place)} holds nothing that this fix has found there` };
  const now = partNow(capture.was, workload);
  if (hashOfPart(now) !== capture.set)
    return { refused: `somebody else has changed ${wordsOf(place)} since: it has ${partWords(now)} now` };
  const steps = stepsTo(capture.was, workload);
  if (steps === null)
    return { refused: `${wordsOf(place)} has no place any more for ${partWords(capture.was)}` };
  const does = `put back ${partWords(capture.was)}`;
  // What was found stays written there: what differs from it afterwards can be told value by value. Nobody puts it back twice, see `set`.
  return change(standing, { steps, was: null, fence, does });
}

/** Why no new pods would come of a new template; null where they would. */
function whyStill({ place, workload: { spec } }: Standing): string | null {
  if (spec?.paused === true)
    return `the rollout of ${wordsOf(place)} is paused: somebody has stopped it on purpose`;
  if (spec?.updateStrategy?.type === 'OnDelete')
    return `${wordsOf(place)} makes new pods only where somebody deletes the old ones (OnDelete)`;
  if (place.kind !== 'daemonset' && spec?.replicas === 0)
    return `${wordsOf(place)} is scaled to zero and has no pods`;
  return null;
}
