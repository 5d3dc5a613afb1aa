import type { Objects } from '../objects.ts';
import { clusterOf, isOver } from './cluster.ts';
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
  /** When something began to seem wrong. */
  readonly symptom: number;
  /** Those whose objects are spoken of; what else was read is there for the nodes and for the parts of Kubernetes. Null for all. */
  readonly namespaces: readonly string[] | null;
}

/** Everything that objects say, a line a statement. */
export function statementsOf(objects: Objects, { now, symptom, namespaces }: Moment): readonly Statement[] {
  const cluster = clusterOf(objects, now, symptom);
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
    ...within(cluster.pods)
      .filter((pod) => !isOver(pod))
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
