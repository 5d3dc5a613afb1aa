import { type NamedObject, objectFrom } from '../read/scenario.ts';

/** What one deployment consists of, as far as it carries its name. */
const WORKLOADS: readonly string[] = [
  'app',
  'workload',
  'deployment',
  'statefulset',
  'daemonset',
  'replicaset',
  'job',
  'cronjob',
  'pod',
  'container',
];
/** What stands around a workload under its own name. */
const AROUND: readonly string[] = [
  'service',
  'endpoints',
  'endpointslice',
  'horizontalpodautoscaler',
  'ingress',
];
const MACHINES: readonly string[] = ['node', 'host'];
/** How Kubernetes ends the names of what it makes: of replica sets, of their pods, of those of a stateful set. */
const GENERATED = /^(?:-[a-z0-9]{5,10})?(?:-[a-z0-9]{5})?$|^-\d{1,4}$/;

/**
 * Whether an object that was named is the one that is meant. An `app` is a workload with its pods and its service; a workload is meant by
 * its pods and replica sets as well; a machine is a node and a host. A namespace counts where both say one.
 */
export function isMeant(expected: string, named: string): boolean {
  return same(objectFrom(expected), objectFrom(named));
}

function same(expected: NamedObject, named: NamedObject): boolean {
  if (expected.namespace !== null && named.namespace !== null && expected.namespace !== named.namespace)
    return false;
  // Who is asked for a namespace is answered by what stands in it for all of it.
  if (expected.kind === 'namespace')
    return named.kind === 'namespace' ? named.name === expected.name : isOfNamespace(expected, named);
  const [wanted, found] = [groupOf(expected), groupOf(named)];
  if (wanted !== null && found !== null && wanted !== found) {
    const isAround = expected.kind === 'app' && found === 'around';
    if (!isAround) return false;
  }
  if (named.name === expected.name)
    return wanted !== null || expected.kind === null || expected.kind === named.kind;
  const made = named.kind === 'pod' || named.kind === 'replicaset' || named.kind === 'job';
  return (
    made &&
    wanted === 'workload' &&
    named.name.startsWith(expected.name) &&
    GENERATED.test(named.name.slice(expected.name.length))
  );
}

const OF_NAMESPACE: readonly string[] = ['resourcequota', 'limitrange', 'networkpolicy'];

function isOfNamespace({ name }: NamedObject, { kind, namespace }: NamedObject): boolean {
  return namespace === name && kind !== null && OF_NAMESPACE.includes(kind);
}

function groupOf({ kind }: NamedObject): string | null {
  if (kind === null) return null;
  if (WORKLOADS.includes(kind)) return 'workload';
  if (AROUND.includes(kind)) return 'around';
  return MACHINES.includes(kind) ? 'machine' : kind;
}
