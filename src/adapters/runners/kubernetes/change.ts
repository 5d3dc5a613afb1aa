import type { ApiRequest } from '../../kubernetes/api.ts';
import type { Node, Raw } from '../../kubernetes/objects.ts';
import { listPath, wordsOf } from '../../kubernetes/place.ts';
import type { Standing } from '../../kubernetes/read.ts';
import { annotationOf, BEFORE, FENCE, type Part, stepsTo } from './capture.ts';
import { type PatchStep, putAll } from './patch.ts';

/** What an operation comes to, on objects as they stand. */
export type Planned =
  | Change
  /** It is so already: nothing is sent, and nothing is to be undone. */
  | { readonly already: string }
  | { readonly refused: string };

export interface Change {
  /** The object that is changed, in words and as it was read. */
  readonly what: string;
  readonly before: Raw;
  /** What is done, for people: `go back to revision 3`. */
  readonly does: string;
  /** What is to be put back if it does not help; null where nothing can be. */
  readonly was: Part | null;
  /** The call, given what it leaves behind of `was`. @param set see `Capture` */
  request(set: string): ApiRequest;
  /** The call that would put it back, to be rehearsed before anything is changed; null where there is none. */
  readonly back: ApiRequest | null;
  /** Whether pods are made anew because of it, which is waited for. */
  readonly rolls: boolean;
}

export interface Given {
  readonly standing: Standing;
  /** The node that is meant, where one is. */
  readonly node: Node | null;
  /** Whether an autoscaler decides how many pods there are. */
  readonly autoscaled: boolean;
  readonly fence: number | null;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Making {
  readonly steps: readonly PatchStep[];
  readonly was: Part | null;
  readonly fence: number | null;
  readonly does: string;
}

export function change(standing: Standing, { steps, was, fence, does }: Making): Planned {
  const { place, workload } = standing;
  const path = `${listPath(place)}/${place.name}`;
  const keep = (set: string) => (was === null ? '' : annotationOf({ fence: fence ?? 0, was, set }));
  if (keep('') === null)
    return {
      refused: `the template of ${wordsOf(place)} is too large to be kept, so that there would be no way back`,
    };
  const back = was === null ? null : stepsTo(was, workload);
  return {
    what: wordsOf(place),
    before: workload,
    does,
    was,
    request: (set) => {
      const before = keep(set);
      const notes = before === null || before === '' ? {} : { [BEFORE]: before };
      return patchOf(path, workload, [...steps, ...annotated(workload, fence, notes)]);
    },
    back: back === null ? null : patchOf(path, workload, back),
    rolls: true,
  };
}

export function annotated(
  object: Raw,
  fence: number | null,
  notes: Readonly<Record<string, string>>,
): readonly PatchStep[] {
  const all = { ...(fence === null ? {} : { [FENCE]: String(fence) }), ...notes };
  return putAll(object, ['metadata', 'annotations'], all);
}

/** The version that was read goes with it: where another stands there by then, the API refuses all of it. */
export function patchOf(path: string, { metadata }: Raw, steps: readonly PatchStep[]): ApiRequest {
  const version: PatchStep = {
    op: 'replace',
    path: '/metadata/resourceVersion',
    value: metadata?.resourceVersion,
  };
  return { method: 'PATCH', path, body: [version, ...steps] };
}
