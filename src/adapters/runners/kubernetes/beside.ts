import type { ApiRequest } from '../../kubernetes/api.ts';
import { isName, nodePath, podPath, wordsOf } from '../../kubernetes/place.ts';
import { annotated, type Given, type Planned, patchOf } from './change.ts';
import { put } from './patch.ts';

export function deletePod(name: string, { standing }: Given): Planned {
  const { place, pods } = standing;
  const pod = pods.find(({ metadata }) => metadata?.name === name);
  if (pod === undefined || !isName(name)) return { refused: `${name} is no pod of ${wordsOf(place)}` };
  const { uid, resourceVersion, deletionTimestamp } = pod.metadata ?? {};
  if (deletionTimestamp !== undefined) return { already: `${name} is being deleted already` };
  const request: ApiRequest = {
    method: 'DELETE',
    path: podPath(place.namespace, name),
    body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid, resourceVersion } },
  };
  return {
    what: `pod/${name} in ${place.namespace}`,
    before: pod,
    does: `delete it, so that ${place.kind}/${place.name} makes another`,
    was: null,
    request: () => request,
    back: null,
    rolls: true,
  };
}

export function cordon(wanted: boolean, { node, standing, fence }: Given): Planned {
  const name = node?.metadata?.name ?? '';
  if (node === null || !isName(name)) return { refused: 'there is no such node' };
  const concerns = standing.pods.some(({ spec, status }) =>
    wanted
      ? spec?.nodeName === name
      : status?.conditions?.some((one) => one.type === 'PodScheduled' && one.status === 'False'),
  );
  if (!concerns)
    return {
      refused: wanted
        ? `no pod of ${wordsOf(standing.place)} runs on ${name}`
        : `no pod of ${wordsOf(standing.place)} waits for a node`,
    };
  if ((node.spec?.unschedulable === true) === wanted)
    return { already: `${name} ${wanted ? 'takes no pods' : 'takes pods'} already` };
  const steps = [put(node, ['spec', 'unschedulable'], wanted), ...annotated(node, fence, {})];
  return {
    what: `node/${name}`,
    before: node,
    does: wanted ? 'let no more pods come to it' : 'let pods come to it again',
    was: null,
    request: () => patchOf(nodePath(name), node, steps),
    back: null,
    rolls: false,
  };
}
