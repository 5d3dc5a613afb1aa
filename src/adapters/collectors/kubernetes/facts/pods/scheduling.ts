import { formatBytes, threeDigits } from '../../../quantity.ts';
import type { Node, Pod, PodSpec } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf, meets, nameOf, quantityOf, selects, timeOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';
import { REFUSALS, type Refusal, refusalsIn } from './scheduler-message.ts';

/** Why a pod has no node, in the scheduler's words and by its own specification. A pod that has one is only said to have it. */
export function schedulingOf(pod: Pod, say: Say, cluster: Cluster): readonly Statement[] {
  const name = nameOf(pod.metadata);
  if (pod.spec?.nodeName)
    return say(`${name} runs on ${pod.spec.nodeName}`, { 'k8s.pod.scheduled': true }, { weight: 'well' });
  const condition = conditionOf(pod.status?.conditions, 'PodScheduled');
  const since = timeOf(condition?.lastTransitionTime) ?? timeOf(pod.metadata?.creationTimestamp);
  const about = { weight: 'ill', at: since } as const;
  const waiting = since === null ? null : Math.max(0, (cluster.now - since) / 1000);
  return [
    ...say(`${name} has no node`, { 'k8s.pod.scheduled': false }, about),
    ...said(pod, name, say, cluster, condition?.message),
    ...say(
      `${name} has waited ${Math.round(waiting ?? 0)} s for a node`,
      { 'k8s.pod.scheduling.waiting.age': waiting },
      about,
    ),
    ...(cluster.objects.Node === undefined ? [] : asked(pod, name, say, cluster)),
  ];
}

function said(
  pod: Pod,
  name: string,
  say: Say,
  cluster: Cluster,
  inCondition: string | undefined,
): readonly Statement[] {
  const { namespace } = pod.metadata ?? {};
  const event = cluster
    .eventsOf('Pod', namespace, name)
    .find(({ reason, message }) => reason === 'FailedScheduling' && !/^skip schedule/.test(message ?? ''));
  const message = inCondition || event?.message || '';
  if (message === '')
    // Where events could not be read, nobody knows whether it was explained.
    return cluster.objects.Event === undefined
      ? []
      : say(
          `the scheduler has not said why ${name} has no node`,
          { 'k8s.pod.scheduling.explained': false },
          { weight: 'ill' },
        );
  const { nodes, counts, taint, unboundClaim, missingClaim } = refusalsIn(message);
  const given = REFUSALS.filter((each) => counts[each] > 0);
  const none = REFUSALS.filter((each) => counts[each] === 0);
  const of = nodes === null ? 'nodes' : `of ${nodes} nodes`;
  return [
    ...say(
      nodes === null
        ? `the scheduler finds no node for ${name}`
        : `the scheduler finds no node for ${name} among ${nodes}`,
      { 'k8s.pod.scheduling.explained': true, 'k8s.pod.unschedulable.nodes': nodes },
      { weight: 'ill' },
    ),
    ...given.flatMap((each) =>
      say(
        `${name}: ${counts[each]} ${of} ${WORDS[each]}${each === 'taint' && taint !== null ? ` (${taint})` : ''}`,
        { [`k8s.pod.unschedulable.${each}` as const]: counts[each] },
        { weight: 'ill' },
      ),
    ),
    ...say(
      `${name} ${unboundClaim ? 'waits' : 'does not wait'} for a volume claim that is not bound`,
      { 'k8s.pod.unschedulable.claim.unbound': unboundClaim },
      { weight: unboundClaim ? 'ill' : 'plain' },
    ),
    ...say(
      missingClaim === null
        ? `${name} misses no volume claim`
        : `${name} misses the volume claim ${missingClaim}`,
      { 'k8s.pod.unschedulable.claim.missing': missingClaim ?? 'none' },
      { weight: missingClaim === null ? 'plain' : 'ill' },
    ),
    ...say(
      `${name}: the scheduler does not refuse any node for its ${none.map((each) => each.replaceAll('_', ' ')).join(', ')}`,
      {
        ...Object.fromEntries(none.map((each) => [`k8s.pod.unschedulable.${each}`, 0])),
        'k8s.pod.unschedulable.taint.key': taint ?? 'none',
      },
    ),
  ];
}

const WORDS: Readonly<Record<Refusal, string>> = {
  cordoned: 'are cordoned',
  taint: 'have a taint that it does not tolerate',
  node_condition: 'have a taint because of their condition',
  node_affinity: 'do not match its node selector or affinity',
  pod_affinity: 'do not match its pod affinity',
  pod_anti_affinity: 'hold pods that it has to be apart from',
  topology_spread: 'would break its topology spread',
  cpu: 'have too little CPU left',
  memory: 'have too little memory left',
  ephemeral_storage: 'have too little ephemeral storage left',
  pods: 'hold as many pods as they may',
  other_resource: 'have too little of another resource left',
  volume_node: 'cannot reach its volume',
  volume_limit: 'hold as many volumes as they may',
  host_port: 'have its host port taken',
  other: 'are refused for another reason',
};

/** What its specification asks of nodes, compared with those that there are. */
function asked(pod: Pod, name: string, say: Say, { nodes }: Cluster): readonly Statement[] {
  const spec = pod.spec ?? {};
  const selected = nodes.filter(({ metadata }) =>
    selects({ matchLabels: spec.nodeSelector }, metadata?.labels),
  );
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const affine = nodes.filter((node) => isAffine(required, node));
  const tolerated = nodes.filter((node) => tolerates(spec, node));
  // A large node that it may not use is no room for it.
  const meant = nodes.filter((node) => selected.includes(node) && affine.includes(node));
  const apart =
    (spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).length > 0;
  const selector = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  const of = (some: readonly Node[]) => `${some.length} of ${nodes.length} nodes`;
  return [
    ...say(
      selector.length === 0
        ? `${name} has no node selector`
        : `${name} selects nodes by ${selector.join(', ')}: ${of(selected)} match`,
      { 'k8s.pod.node_selector': selector.length > 0, 'k8s.pod.node_selector.nodes': selected.length },
    ),
    ...say(
      required === undefined
        ? `${name} requires no node affinity`
        : `${name} requires a node affinity that ${of(affine)} match`,
      { 'k8s.pod.node_affinity': required !== undefined, 'k8s.pod.node_affinity.nodes': affine.length },
    ),
    ...say(
      apart ? `${name} requires to be apart from other pods` : `${name} need not be apart from other pods`,
      { 'k8s.pod.pod_anti_affinity': apart },
    ),
    ...say(`${name} tolerates the taints that people set on ${of(tolerated)}`, {
      'k8s.pod.tolerated.nodes': tolerated.length,
    }),
    ...requests(spec, name, say, meant.length > 0 ? meant : nodes),
  ];
}

function requests(spec: PodSpec, name: string, say: Say, nodes: readonly Node[]): readonly Statement[] {
  const open = nodes.filter(({ spec: node }) => node?.unschedulable !== true);
  return (['cpu', 'memory'] as const).flatMap((resource) => {
    const wanted = requestOf(spec, resource);
    const largest = Math.max(
      0,
      ...open.map(({ status }) => quantityOf(status?.allocatable?.[resource]) ?? 0),
    );
    const shown = resource === 'cpu' ? (value: number) => `${threeDigits(value)} cores` : formatBytes;
    return say(
      `${name} requests ${shown(wanted)}${resource === 'cpu' ? '' : ' of memory'}; the largest node that takes pods like it has ${shown(largest)}`,
      {
        [`k8s.pod.request.${resource}` as const]: wanted,
        [`k8s.pod.request.${resource}.ratio` as const]: largest > 0 ? wanted / largest : null,
      },
    );
  });
}

/** What a pod requests of a resource: all its containers together, or its greediest init container. */
function requestOf(spec: PodSpec, resource: 'cpu' | 'memory'): number {
  const of = (some: PodSpec['containers']) =>
    (some ?? []).map(
      ({ resources }) => quantityOf(resources?.requests?.[resource] ?? resources?.limits?.[resource]) ?? 0,
    );
  const together = of(spec.containers).reduce((sum, one) => sum + one, 0);
  return Math.max(together, 0, ...of(spec.initContainers)) + (quantityOf(spec.overhead?.[resource]) ?? 0);
}

type Required = NonNullable<
  NonNullable<PodSpec['affinity']>['nodeAffinity']
>['requiredDuringSchedulingIgnoredDuringExecution'];

export function isAffine(required: Required, { metadata }: Node): boolean {
  const terms = required?.nodeSelectorTerms;
  if (terms === undefined) return true;
  return terms.some(({ matchExpressions = [], matchFields = [] }) => {
    const labels = metadata?.labels ?? {};
    const labelled = matchExpressions.every((one) =>
      meets(one, Object.hasOwn(labels, one.key ?? '') ? labels[one.key ?? ''] : undefined),
    );
    return (
      labelled &&
      matchFields.every((one) => meets(one, metadata?.name)) &&
      matchExpressions.length + matchFields.length > 0
    );
  });
}

/** Whether it tolerates every taint of people on a node that keeps pods away; those of Kubernetes tell of the node, not of the pod. */
export function tolerates({ tolerations = [] }: PodSpec, { spec }: Node): boolean {
  return taintsOfPeople(spec).every((taint) =>
    tolerations.some(
      ({ key, operator = 'Equal', value = '', effect }) =>
        (effect === undefined || effect === '' || effect === taint.effect) &&
        (key === undefined || key === '' ? operator === 'Exists' : key === taint.key) &&
        (operator === 'Exists' || value === (taint.value ?? '')),
    ),
  );
}

export function taintsOfPeople(spec: Node['spec']) {
  return (spec?.taints ?? []).filter(
    ({ key = '', effect }) =>
      effect !== 'PreferNoSchedule' && !/^node\.(?:cloudprovider\.)?kubernetes\.io\//.test(key),
  );
}
