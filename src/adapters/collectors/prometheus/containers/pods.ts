import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import { literalPattern, quoted } from '../client.ts';

/** What somebody says it is about; all of the namespace where no kind is named. */
export interface Place {
  readonly namespace: string;
  readonly kind: string | null;
  readonly name: string | null;
}

/** Kubernetes makes names up of these letters, so that no words come of it. */
const MADE_UP = '[bcdfghjklmnpqrstvwxz2456789]';
const TAIL = `${MADE_UP}{5}`;
const OF_DEPLOYMENT = new RegExp(`^(.+)-${MADE_UP}{5,10}-${TAIL}$`);
const OF_DAEMON_SET = new RegExp(`^(.+)-${TAIL}$`);
const OF_STATEFUL_SET = /^(.+)-[0-9]+$/;

/** The pods of these places as label matchers; braces and a matcher for the container are the caller's. */
export function matchersOf(places: readonly Place[]): string {
  const pods = places.map(patternOf);
  const isWhole = pods.includes(null);
  return `${inNamespaces(places)}${isWhole ? '' : `,pod=~${either([...new Set(pods.flatMap((one) => one ?? []))])}`}`;
}

/** Everything in the namespaces of these places, as a label matcher. */
export function inNamespaces(places: readonly Pick<Place, 'namespace'>[]): string {
  return `namespace=~${either([...new Set(places.map(({ namespace }) => literalPattern(namespace)))])}`;
}

/** Whether a pod is one of a place: a pattern for several places lets in others too. */
export function isOf(places: readonly Place[], namespace: string, pod: string): boolean {
  return places.some((place) => {
    const pattern = patternOf(place);
    return place.namespace === namespace && (pattern === null || new RegExp(`^(?:${pattern})$`).test(pod));
  });
}

/**
 * What a pod is part of, by the places and by how Kubernetes names pods. A name that is read wrongly leads to a workload that is not there, of
 * which nobody states anything.
 */
export function wholesOf(places: readonly Place[], namespace: string, pod: string): readonly ObjectId[] {
  const named = places.find(
    (place) => place.kind !== null && WORKLOADS.includes(place.kind) && isOf([place], namespace, pod),
  );
  const [kind, name] = named === undefined ? readName(pod) : [named.kind, named.name];
  return [...(kind === null ? [] : [`${kind}/${namespace}/${name}` as const]), `namespace/${namespace}`];
}

function readName(pod: string): readonly [string | null, string] {
  const patterns = { deployment: OF_DEPLOYMENT, statefulset: OF_STATEFUL_SET, daemonset: OF_DAEMON_SET };
  for (const [kind, pattern] of Object.entries(patterns)) {
    const name = pattern.exec(pod)?.[1];
    if (name !== undefined) return [kind, name];
  }
  return [null, pod];
}
const WORKLOADS: readonly string[] = ['deployment', 'statefulset', 'daemonset', 'job'];

/** A regular expression for the pods of a place; null for all of them. */
function patternOf({ kind, name }: Place): string | null {
  if (kind === null || name === null) return null;
  const base = literalPattern(name);
  switch (kind) {
    case 'deployment':
      return `${base}-${MADE_UP}{1,10}-${TAIL}`;
    case 'statefulset':
      return `${base}-[0-9]+`;
    case 'daemonset':
    case 'replicaset':
    case 'job':
      return `${base}-${TAIL}`;
    case 'pod': {
      const deployment = OF_DEPLOYMENT.exec(name)?.[1];
      return deployment === undefined
        ? base
        : (patternOf({ ...ANY, kind: 'deployment', name: deployment }) ?? base);
    }
    // Only Kubernetes knows which pods a service has; most are named after it.
    default:
      return `${base}(?:-.*)?`;
  }
}
const ANY = { namespace: '', kind: null, name: null } as const;

function either(patterns: readonly string[]): string {
  return quoted(patterns.join('|'));
}
