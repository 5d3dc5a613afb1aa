import type { Cluster } from '../cluster.ts';
import type { Statement } from '../statement.ts';
import { cronFacts } from './cron.ts';
import { ingressFacts } from './ingress.ts';
import { roomFacts, scaledFacts, unansweredFacts } from './targets.ts';

/** What leads into the cluster or acts by a plan of its own, and may point at nothing. */
export function entryFacts(
  cluster: Cluster,
  shown: (namespace: string | undefined) => boolean,
): readonly Statement[] {
  const {
    Ingress = [],
    CronJob = [],
    HorizontalPodAutoscaler = [],
    PodDisruptionBudget = [],
  } = cluster.objects;
  const here = <One extends { readonly metadata?: { readonly namespace?: string | undefined } | undefined }>(
    all: readonly One[],
  ) => all.filter(({ metadata }) => shown(metadata?.namespace));
  return [
    ...here(Ingress).flatMap((one) => ingressFacts(one, cluster)),
    ...here(CronJob).flatMap(cronFacts),
    ...here(HorizontalPodAutoscaler).flatMap((one) => scaledFacts(one, cluster)),
    ...here(PodDisruptionBudget).flatMap(roomFacts),
    ...unansweredFacts(cluster),
  ];
}
