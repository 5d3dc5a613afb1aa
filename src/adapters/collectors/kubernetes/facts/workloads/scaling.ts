import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { conditionOf, idOf, named, nameOf, quantityOf, selects, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';

/** Whether an autoscaler has come to its end, and whether it sees anything. */
export function autoscalerFacts(
  scaler: Of<'HorizontalPodAutoscaler'>,
  cluster: Cluster,
): readonly Statement[] {
  const { now } = cluster;
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
    ...say(`${name} may have ${most} pods`, { 'k8s.autoscaler.max': most }, { weight: 'well' }),
    ...targetOf(scaler, name, say, cluster),
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

/** Whether what it should scale is there, and requests what it scales by. */
function targetOf(
  { spec, metadata }: Of<'HorizontalPodAutoscaler'>,
  name: string,
  say: Say,
  { workloads, objects }: Cluster,
): readonly Statement[] {
  const { kind, name: wanted } = spec?.scaleTargetRef ?? {};
  // Of other kinds than these, nobody here knows whether they exist.
  if ((kind !== 'Deployment' && kind !== 'StatefulSet') || objects[kind] === undefined) return [];
  const target = workloads.find(
    (one) =>
      one.kind === kind && one.metadata.namespace === metadata?.namespace && one.metadata.name === wanted,
  );
  const by = (spec?.metrics ?? []).flatMap(({ resource }) =>
    resource?.target?.type === 'Utilization' && resource.name !== undefined ? [resource.name] : [],
  );
  const requests = target?.template.spec?.containers?.every(({ resources }) =>
    by.every((each) => (resources?.requests?.[each] ?? resources?.limits?.[each]) !== undefined),
  );
  return [
    ...say(
      target === undefined
        ? `${name} should scale ${kind} ${wanted}, which does not exist`
        : `${name} scales ${wanted}, which exists`,
      { 'k8s.autoscaler.target.exists': target !== undefined },
      { weight: target === undefined ? 'ill' : 'well' },
    ),
    ...say(
      requests
        ? `${name}: every container that it scales requests what it scales by`
        : `${name}: a container that it scales does not request what it scales by`,
      { 'k8s.autoscaler.target.requests': by.length === 0 ? undefined : requests },
      { weight: requests ? 'well' : 'ill' },
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
  const expected = status?.expectedPods ?? 0;
  const room = expected - (status?.desiredHealthy ?? 0) > 0;
  const name = nameOf(metadata);
  const say = sayOf(idOf('poddisruptionbudget', metadata), [
    ...owners,
    named('namespace', undefined, metadata?.namespace),
  ]);
  return [
    ...say(
      `${name} lets ${allowed} pods be evicted now, of ${expected}`,
      { 'k8s.disruption.allowed': allowed, 'k8s.disruption.pods': expected },
      { weight: allowed === 0 ? 'plain' : 'well' },
    ),
    ...say(
      room ? `${name} lets a pod go while all are well` : `${name} lets no pod go even while all are well`,
      { 'k8s.disruption.room': room },
      { weight: room ? 'well' : 'plain' },
    ),
  ];
}
