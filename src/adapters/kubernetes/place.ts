import type { Selector } from './objects.ts';

const RESOURCES = {
  deployment: 'deployments',
  statefulset: 'statefulsets',
  daemonset: 'daemonsets',
} as const;
export type WorkloadKind = keyof typeof RESOURCES;

/** A workload, by where it is. */
export interface Place {
  readonly namespace: string;
  readonly kind: WorkloadKind;
  readonly name: string;
}

const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A workload by its namespace and `deployment/cart`, or null: names become part of an address, so nothing else may stand there. */
export function placeOf(namespace: string, workload: string): Place | null {
  const [kind = '', name = '', ...rest] = workload.split('/');
  if (!NAMESPACE.test(namespace) || !isName(name) || rest.length > 0 || !isKind(kind)) return null;
  return { namespace, kind, name };
}

export function isName(name: string): boolean {
  return NAME.test(name);
}

function isKind(kind: string): kind is WorkloadKind {
  return Object.hasOwn(RESOURCES, kind);
}

export function resourceOf({ kind }: Pick<Place, 'kind'>): string {
  return RESOURCES[kind];
}

/** The address of all workloads of its kind there. */
export function listPath({ namespace, kind }: Place): string {
  return `/apis/apps/v1/namespaces/${namespace}/${RESOURCES[kind]}`;
}

export function nodePath(name: string): string {
  return `/api/v1/nodes/${name}`;
}

export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

/** `deployment/cart in shop`. */
export function wordsOf({ namespace, kind, name }: Place): string {
  return `${kind}/${name} in ${namespace}`;
}

/** A selector as a query has it. */
export function queryOf({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const others = matchExpressions.map(({ key = '', operator, values = [] }) => {
    if (operator === 'In') return `${key} in (${values.join(',')})`;
    if (operator === 'NotIn') return `${key} notin (${values.join(',')})`;
    return operator === 'DoesNotExist' ? `!${key}` : key;
  });
  return [...equal, ...others].join(',');
}
