import { listed } from '../../../lib/text/words.ts';
import type { KubernetesOperation } from '../../../playbooks/manifest.ts';
import { type ClusterApi, isGood, messageOf } from '../../kubernetes/api.ts';
import { type Place, resourceOf } from '../../kubernetes/place.ts';

/** One thing that Medic must be allowed. */
export interface Right {
  readonly verb: 'list' | 'patch' | 'delete';
  readonly group: '' | 'apps' | 'autoscaling';
  readonly resource: string;
  /** Null for what is in no namespace. */
  readonly namespace: string | null;
  /** The only one that is meant; null for all of them. */
  readonly name: string | null;
}

/** Everything that an operation asks of the API. Pure. */
export function rightsFor(operation: KubernetesOperation, place: Place): readonly Right[] {
  const { namespace, kind, name } = place;
  const all = (group: Right['group'], resource: string): Right => ({
    verb: 'list',
    group,
    resource,
    namespace,
    name: null,
  });
  const reads = [
    all('apps', resourceOf(place)),
    all('', 'pods'),
    all('apps', kind === 'deployment' ? 'replicasets' : 'controllerrevisions'),
  ];
  const change: Right = { verb: 'patch', group: 'apps', resource: resourceOf(place), namespace, name };
  if (typeof operation === 'string' || 'memory' in operation) return [...reads, change];
  if ('scale' in operation) return [...reads, all('autoscaling', 'horizontalpodautoscalers'), change];
  if ('delete_pod' in operation)
    return [...reads, { verb: 'delete', group: '', resource: 'pods', namespace, name: operation.delete_pod }];
  const node = 'cordon' in operation ? operation.cordon : operation.uncordon;
  const nodes = { group: '', resource: 'nodes', namespace: null } as const;
  return [...reads, { ...nodes, verb: 'list', name: null }, { ...nodes, verb: 'patch', name: node }];
}

/** What Medic lacks of these, in words, and who can give it; null where it lacks nothing. Whoever may do a thing is asked, and not what a role says. */
export async function whatIsMissing(
  api: ClusterApi,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<string | null> {
  const asked = await Promise.all(
    rights.map(async (right) => ({ right, may: await isAllowed(api, right, signal) })),
  );
  const lacking = asked.filter(({ may }) => !may).map(({ right }) => wordsFor(right));
  if (lacking.length === 0) return null;
  return `Medic may not ${listed(lacking, 'and')}. Whoever administers the cluster can give it that: see deploy/kubernetes-fixes.yml`;
}

async function isAllowed(
  api: ClusterApi,
  { verb, group, resource, namespace, name }: Right,
  signal: AbortSignal,
): Promise<boolean> {
  const resourceAttributes = {
    ...{ verb, group, resource },
    ...(namespace === null ? {} : { namespace }),
    ...(name === null ? {} : { name }),
  };
  const answer = await api.call(
    {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    },
    signal,
  );
  if (!isGood(answer)) throw new Error(`what Medic may do cannot be asked: ${messageOf(answer)}`);
  const { status } = answer.body as { readonly status?: { readonly allowed?: boolean } };
  return status?.allowed === true;
}

function wordsFor({ verb, resource, namespace, name }: Right): string {
  const what = name === null ? resource : `${resource}/${name}`;
  return namespace === null ? `${verb} ${what}` : `${verb} ${what} in ${namespace}`;
}
