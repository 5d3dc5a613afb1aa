import type { Of } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { containersOf } from '../cluster.ts';
import { idOf, named, nameOf } from '../read.ts';
import { type Statement, sayOf } from '../statement.ts';

/** Whether there is what an autoscaler should scale, and whether it can be measured. */
export function scaledFacts(
  { metadata, spec }: Of<'HorizontalPodAutoscaler'>,
  { workloads, objects }: Cluster,
): readonly Statement[] {
  const { kind = '?', name: target } = spec?.scaleTargetRef ?? {};
  const id = named(kind, metadata?.namespace, target);
  const name = nameOf(metadata);
  const say = sayOf(idOf('horizontalpodautoscaler', metadata), [
    id,
    named('namespace', undefined, metadata?.namespace),
  ]);
  const known = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'ReplicaSet';
  const workload = workloads.find((one) => one.id === id);
  const most = spec?.maxReplicas;
  return [
    ...(most === undefined ? [] : say(`${name} may have ${most} pods`, { 'k8s.autoscaler.max': most })),
    ...(known && objects[kind] !== undefined
      ? say(
          workload === undefined
            ? `${name} should scale ${id}, which does not exist`
            : `${name} scales ${id}`,
          { 'k8s.autoscaler.target.exists': workload !== undefined },
          { weight: workload === undefined ? 'ill' : 'well' },
        )
      : []),
    ...(workload === undefined ? [] : measured(workload.template.spec, spec, name, say)),
  ];
}

function measured(
  template: Parameters<typeof containersOf>[0],
  spec: Of<'HorizontalPodAutoscaler'>['spec'],
  name: string,
  say: ReturnType<typeof sayOf>,
): readonly Statement[] {
  const resources = (spec?.metrics ?? []).flatMap(({ resource }) =>
    resource?.target?.type === 'Utilization' ? (resource.name ?? []) : [],
  );
  if (resources.length === 0) return [];
  const all = containersOf(template).every(({ resources: has }) =>
    resources.every((each) => has?.requests?.[each] !== undefined || has?.limits?.[each] !== undefined),
  );
  return say(
    all
      ? `every container that ${name} scales requests ${resources.join(' and ')}`
      : `a container that ${name} scales does not request ${resources.join(' and ')}`,
    { 'k8s.autoscaler.target.requests': all },
    { weight: all ? 'well' : 'ill' },
  );
}

/** Whether a disruption budget lets one pod go while all are well. */
export function roomFacts({ metadata, spec, status }: Of<'PodDisruptionBudget'>): readonly Statement[] {
  const name = nameOf(metadata);
  const say = sayOf(idOf('poddisruptionbudget', metadata), [
    named('namespace', undefined, metadata?.namespace),
  ]);
  const expected = status?.expectedPods;
  if (expected === undefined) return [];
  const room = roomIn(spec, expected);
  return [
    ...say(`${name} counts ${expected} pods`, { 'k8s.disruption.pods': expected }, { weight: 'well' }),
    ...(room === null
      ? []
      : say(
          room
            ? `${name} lets a pod go while all are well`
            : `${name} lets no pod go, even while all are well`,
          { 'k8s.disruption.room': room },
          { weight: room || expected === 0 ? 'well' : 'ill' },
        )),
  ];
}

/** A share is rounded up, of what must stay as of what may go. */
function roomIn(spec: Of<'PodDisruptionBudget'>['spec'], expected: number): boolean | null {
  const of = (value: string | number) =>
    typeof value === 'number' || !value.endsWith('%')
      ? Number(value)
      : Math.ceil((Number(value.slice(0, -1)) / 100) * expected);
  const { minAvailable: least, maxUnavailable: most } = spec ?? {};
  if (most !== undefined) return of(most) > 0;
  return least === undefined ? null : of(least) < expected;
}

/** A service that an admission webhook names and that is not there. Of a namespace that was not read, nothing is said. */
export function unansweredFacts({ objects }: Cluster): readonly Statement[] {
  const { ValidatingWebhookConfiguration = [], MutatingWebhookConfiguration = [], Service = [] } = objects;
  const read = new Set(Service.map(({ metadata }) => metadata?.namespace));
  return [...ValidatingWebhookConfiguration, ...MutatingWebhookConfiguration].flatMap(({ webhooks = [] }) =>
    webhooks.flatMap(({ name = '?', clientConfig, failurePolicy = 'Fail' }) => {
      const { namespace, name: behind } = clientConfig?.service ?? {};
      const there = Service.some(
        ({ metadata }) => metadata?.namespace === namespace && metadata?.name === behind,
      );
      if (behind === undefined || there || !read.has(namespace)) return [];
      const say = sayOf(named('webhook', undefined, name), [named('service', namespace, behind)]);
      return [
        ...say(
          `the service ${namespace}/${behind} of the webhook ${name} does not exist`,
          { 'k8s.webhook.service.exists': false },
          { weight: 'ill' },
        ),
        ...say(`where the webhook ${name} gets no answer: ${failurePolicy}`, {
          'k8s.webhook.failure_policy': failurePolicy,
        }),
      ];
    }),
  );
}
