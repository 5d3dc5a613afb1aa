import type { Objects, Pod } from '../objects.ts';
import { type Cluster, clusterOf, isIll, isOver } from './cluster.ts';
import { entryFacts } from './entry/all.ts';
import { claimFacts } from './infrastructure/claim.ts';
import { componentFacts } from './infrastructure/component.ts';
import { nodeFacts } from './infrastructure/node.ts';
import { quotaFacts } from './infrastructure/quota.ts';
import { policyFacts } from './network/policy.ts';
import { serviceFacts } from './network/service.ts';
import { webhookFacts } from './network/webhook.ts';
import { podFacts } from './pods/pod.ts';
import type { Statement } from './statement.ts';
import { autoscalerFacts, budgetFacts } from './workloads/scaling.ts';
import { workloadFacts } from './workloads/workload.ts';

export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** When something began to seem wrong; null where somebody asks, who may mean what has been so for long. */
  readonly symptom: number | null;
  /** Those whose objects are spoken of; what else was read is there for the nodes and for the parts of Kubernetes. Null for all. */
  readonly namespaces: readonly string[] | null;
}

/** What was so for longer than this before something seemed wrong is no reason for it. */
const WEEK = 7 * 86_400_000;

/** Everything that objects say, a line a statement. */
export function statementsOf(objects: Objects, moment: Moment): readonly Statement[] {
  const { symptom } = moment;
  return said(objects, moment).map((one) =>
    symptom !== null && one.weight === 'ill' && one.at !== null && one.at < symptom - WEEK
      ? { ...one, usual: true as const }
      : one,
  );
}

function said(objects: Objects, { now, symptom, namespaces }: Moment): readonly Statement[] {
  const cluster = clusterOf(objects, now, symptom ?? now);
  const shown = (namespace: string | undefined) =>
    namespaces === null || (namespace !== undefined && namespaces.includes(namespace));
  const within = <
    One extends { readonly metadata?: { readonly namespace?: string | undefined } | undefined },
  >(
    all: readonly One[] | undefined,
  ) => (all ?? []).filter(({ metadata }) => shown(metadata?.namespace));
  return [
    ...cluster.workloads
      .filter(({ metadata }) => shown(metadata.namespace))
      .flatMap((one) => workloadFacts(one, cluster)),
    ...[
      ...Map.groupBy(
        within(cluster.pods).filter((pod) => !isOver(pod)),
        cluster.ownerOf,
      ).values(),
    ]
      .flatMap((pods) => examplesOf(pods, cluster))
      .flatMap((one) => podFacts(one, cluster)),
    ...within(objects.Service).flatMap((one) => serviceFacts(one, cluster)),
    ...within(objects.PersistentVolumeClaim).flatMap((one) => claimFacts(one, cluster)),
    ...within(objects.ResourceQuota).flatMap((one) => quotaFacts(one, cluster)),
    ...within(objects.NetworkPolicy).flatMap((one) => policyFacts(one, cluster)),
    ...within(objects.HorizontalPodAutoscaler).flatMap((one) => autoscalerFacts(one, cluster)),
    ...within(objects.PodDisruptionBudget).flatMap((one) => budgetFacts(one, cluster)),
    ...entryFacts(cluster, shown),
    ...webhookFacts(cluster),
    ...nodeFacts(cluster),
    ...componentFacts(cluster),
  ];
}

/** Pods of one workload are much alike: of more than these, the ill ones are told first, and the others only counted. */
const MOST_PODS = 8;

function examplesOf(pods: readonly Pod[], cluster: Cluster): readonly Pod[] {
  if (pods.length <= MOST_PODS) return pods;
  const ill = pods.filter((pod) => isIll(pod, cluster));
  return [...ill, ...pods.filter((pod) => !ill.includes(pod))].slice(0, MOST_PODS);
}
