import type { ApiRequest } from '../../kubernetes/api.ts';
import { placeOf } from '../../kubernetes/place.ts';
import { BEFORE, FENCE } from './capture.ts';
import { type PatchStep, routeOf } from './patch.ts';

export interface Rules {
  /** Namespaces in which nothing is ever changed. */
  readonly protectedNamespaces: readonly string[];
  /** The workloads of the service registry: nothing else is. */
  readonly registered: readonly { readonly namespace: string; readonly workload: string }[];
}

/** What the order is about: the workload that it names, and the pods of it, as their owners say. */
export interface Own {
  readonly namespace: string;
  readonly workload: string;
  readonly pods: readonly string[];
  readonly node: string | null;
}

/**
 * Why a call must not be made, or null where it may be. It is asked of the very call that goes out, rehearsals included, and believes
 * nothing of how that came about.
 */
export function whyDenied({ method, path, body }: ApiRequest, own: Own, rules: Rules): string | null {
  const { namespace, workload } = own;
  const foreign = whyNotOurs(own, rules);
  if (foreign !== null) return foreign;
  const place = placeOf(namespace, workload);
  if (place === null) return `${workload} in ${namespace} is no name of a workload`;
  if (method === 'DELETE')
    return own.pods.some((name) => path === `/api/v1/namespaces/${namespace}/pods/${name}`)
      ? null
      : `what would be deleted is no pod of ${workload} in ${namespace}`;
  if (method !== 'PATCH' || !Array.isArray(body)) return 'only changes and deletions are ever asked for';
  const target = `/apis/apps/v1/namespaces/${namespace}/${place.kind}s/${place.name}`;
  const isNode = own.node !== null && path === `/api/v1/nodes/${own.node}`;
  if (path !== target && !isNode) return `what would be changed is not ${workload} in ${namespace}`;
  const allowed = isNode ? ON_NODES : ON_WORKLOADS;
  const other = (body as readonly PatchStep[]).find((step) => !allowed.some((may) => may(step)));
  return other === undefined ? null : `no operation changes ${other.path}`;
}

/** Why a workload is none that may be touched, whatever is to be done to it. */
export function whyNotOurs(
  { namespace, workload }: Pick<Own, 'namespace' | 'workload'>,
  { protectedNamespaces, registered }: Rules,
): string | null {
  if (protectedNamespaces.includes(namespace)) return `${namespace} is protected: nothing in it is changed`;
  if (registered.some((one) => one.namespace === namespace && one.workload === workload)) return null;
  return `${workload} in ${namespace} is no workload of a service in medic.yml`;
}

type May = (step: PatchStep) => boolean;

const at =
  (pattern: RegExp): May =>
  ({ path }) =>
    pattern.test(path);

/** Names of Medic's own alone, be they given one by one or all at once. */
const notes: May = ({ op, path, value }) => {
  const [metadata, annotations, name, ...rest] = routeOf(path);
  if (metadata !== 'metadata' || annotations !== 'annotations' || rest.length > 0) return false;
  const own = [FENCE, BEFORE];
  if (name !== undefined) return own.includes(name);
  return (
    op === 'add' &&
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((one) => own.includes(one))
  );
};

const version: May = ({ op, path }) => op === 'replace' && path === '/metadata/resourceVersion';

const ON_WORKLOADS: readonly May[] = [
  version,
  notes,
  at(/^\/spec\/replicas$/),
  at(/^\/spec\/template$/),
  at(/^\/spec\/template\/metadata(?:\/annotations(?:\/kubectl\.kubernetes\.io~1restartedAt)?)?$/),
  at(/^\/spec\/template\/spec\/containers\/\d+\/resources\/(?:limits|requests)\/memory$/),
];
const ON_NODES: readonly May[] = [version, notes, at(/^\/spec\/unschedulable$/)];
