/** What the scheduler says of a pod that it finds no node for. */
export interface Refusals {
  /** How many nodes it looked at; null where it says nothing of nodes. */
  readonly nodes: number | null;
  readonly counts: Readonly<Record<Refusal, number>>;
  /** The first taint that people set, as `key=value`; null where there is none. */
  readonly taint: string | null;
  readonly unboundClaim: boolean;
  readonly missingClaim: string | null;
}

export const REFUSALS = [
  'cordoned',
  'taint',
  'node_condition',
  'node_affinity',
  'pod_affinity',
  'pod_anti_affinity',
  'topology_spread',
  'cpu',
  'memory',
  'ephemeral_storage',
  'pods',
  'other_resource',
  'volume_node',
  'volume_limit',
  'host_port',
  'other',
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** In words of Kubernetes 1.19 to 1.34; the first that fits counts. */
const PHRASES: readonly (readonly [RegExp, Refusal])[] = [
  [/were unschedulable/, 'cordoned'],
  [/taint \{node\.kubernetes\.io\/unschedulable/, 'cordoned'],
  [/taint \{node\.(?:cloudprovider\.)?kubernetes\.io\//, 'node_condition'],
  [/taint/, 'taint'],
  [/anti-affinity/, 'pod_anti_affinity'],
  [/pod affinity/, 'pod_affinity'],
  [/topology spread/, 'topology_spread'],
  [/Insufficient cpu/, 'cpu'],
  [/Insufficient memory/, 'memory'],
  [/Insufficient ephemeral-storage/, 'ephemeral_storage'],
  [/Insufficient pods|Too many pods/i, 'pods'],
  [/Insufficient /, 'other_resource'],
  [/volume node affinity|no available volume zone|available persistent volumes to bind/, 'volume_node'],
  [/max volume count/, 'volume_limit'],
  [/free ports/, 'host_port'],
  [/node affinity|node selector|node\(s\) didn't match Pod's node/, 'node_affinity'],
  [/were not ready|were out of disk|network unavailable/, 'node_condition'],
];

/** Reads `0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. preemption: ...`. */
export function refusalsIn(message: string): Refusals {
  const [, nodes, after] = /^\d+\/(\d+) nodes are available:?([\s\S]*)$/.exec(message) ?? [];
  const told = (after ?? message).replace(/[.,]? preemption:[\s\S]*$/, '').slice(0, 2000);
  const counts = Object.fromEntries(REFUSALS.map((each) => [each, 0])) as Record<Refusal, number>;
  for (const part of told.split(/, (?=\d+ )/)) {
    const [, count, reason = ''] = /^\s*(\d+) ([\s\S]*)$/.exec(part) ?? [];
    if (count === undefined) continue;
    const refusal = PHRASES.find(([phrase]) => phrase.test(reason))?.[1] ?? 'other';
    counts[refusal] += Number(count);
  }
  return {
    nodes: nodes === undefined ? null : Number(nodes),
    counts,
    taint: taintIn(told),
    unboundClaim: /unbound (?:immediate )?PersistentVolumeClaims/i.test(told),
    missingClaim: /persistentvolumeclaim "([^"]+)" not found/.exec(told)?.[1] ?? null,
  };
}

function taintIn(told: string): string | null {
  for (const [, key = '', value = ''] of told.matchAll(/taint \{([^:}]+):? ?([^}]*)\}/g))
    if (!/^node\.(?:cloudprovider\.)?kubernetes\.io\//.test(key))
      return value === '' ? key : `${key}=${value}`;
  return null;
}
