import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf, idOf, named, nameOf, quantityOf, selects, timeOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';

/** Whether an autoscaler has come to its end, and whether it sees anything. */
export function autoscalerFacts(
  scaler: Of<'HorizontalPodAutoscaler'>,
  { now }: Cluster,
): readonly Statement[] {
  const { metadata, spec, status } = scaler;
  const name = nameOf(metadata);
  const { kind = '?', name: target } = spec?.scaleTargetRef ?? {};
  const say = sayOf(idOf('horizontalpodautoscaler', metadata), [
    named(kind, metadata?.namespace, target),
    named('namespace', undefined, metadata?.namespace),
  ]);
  const most = spec?.maxReplicas ?? 0;
  const desired = status?.desiredReplicas ?? 0;
  const limited = conditionOf(status?.conditions, 'ScalingLimited');
  const active = conditionOf(status?.conditions, 'ScalingActive');
  const atMost =
    most > 0 && desired >= most && (limited === undefined || limited.status === 'True' || desired > most);
  const since = timeOf(limited?.lastTransitionTime);
  const above = aboveTarget(scaler);
  const inactive = active?.status === 'False' ? (active.reason ?? 'unknown') : 'none';
  return [
    ...say(
      `${name} wants ${desired} pods of at most ${most}${atMost ? ', and would want more' : ''}`,
      { 'k8s.autoscaler.at_max': atMost },
      { weight: atMost ? 'ill' : 'well', at: since },
    ),
    ...(atMost && since !== null
      ? say(
          `${name} has been at its most for ${Math.round((now - since) / 1000)} s`,
          { 'k8s.autoscaler.at_max.age': Math.max(0, now - since) / 1000 },
          { weight: 'ill', at: since },
        )
      : []),
    ...(above === null
      ? []
      : say(
          above ? `${name}: a metric is above its target` : `${name}: no metric is above its target`,
          { 'k8s.autoscaler.above_target': above },
          { weight: above ? 'plain' : 'well' },
        )),
    ...say(
      inactive === 'none' ? `${name} can scale` : `${name} cannot scale: ${inactive}`,
      { 'k8s.autoscaler.inactive': inactive },
      { weight: inactive === 'none' ? 'well' : 'ill', at: timeOf(active?.lastTransitionTime) },
    ),
  ];
}

/** Whether a resource is used more than it should be; null where nobody says. */
function aboveTarget({ spec, status }: Of<'HorizontalPodAutoscaler'>): boolean | null {
  const compared = (spec?.metrics ?? []).flatMap(({ resource }) => {
    const current = (status?.currentMetrics ?? []).find((one) => one.resource?.name === resource?.name)
      ?.resource?.current;
    const used = current?.averageUtilization;
    const target = resource?.target?.averageUtilization;
    if (used !== undefined && target !== undefined) return [used > target];
    const value = quantityOf(current?.averageValue);
    const wanted = quantityOf(resource?.target?.averageValue);
    return value === null || wanted === null ? [] : [value > wanted];
  });
  return compared.length === 0 ? null : compared.some((each) => each);
}

/** How many pods may be evicted, by a disruption budget. */
export function budgetFacts(
  budget: Of<'PodDisruptionBudget'>,
  { pods, ownerOf }: Cluster,
): readonly Statement[] {
  const { metadata, spec, status } = budget;
  const owners = new Set(
    pods
      .filter(
        (pod) =>
          pod.metadata?.namespace === metadata?.namespace && selects(spec?.selector, pod.metadata?.labels),
      )
      .map(ownerOf),
  );
  const allowed = status?.disruptionsAllowed ?? 0;
  return sayOf(idOf('poddisruptionbudget', metadata), [
    ...owners,
    named('namespace', undefined, metadata?.namespace),
  ])(
    `${nameOf(metadata)} lets ${allowed} pods be evicted now`,
    { 'k8s.disruption.allowed': allowed },
    { weight: allowed === 0 ? 'plain' : 'well' },
  );
}
