import type { ObjectId } from '../../../../../evidence/facts/fact.ts';
import type { Container, Of, Pod, PodSpec } from '../../objects.ts';
import { type Cluster, LATELY, type Workload } from '../cluster.ts';
import { conditionOf, idOf, nameOf, timeOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';

/** How far a deployment's newest template has come, and what in it is new. */
export function rolloutOf({ id, metadata }: Workload, say: Say, cluster: Cluster): readonly Statement[] {
  const { objects } = cluster;
  const deployment = objects.Deployment?.find((one) => idOf('deployment', one.metadata) === id);
  const name = nameOf(metadata);
  const progressing = conditionOf(deployment?.status?.conditions, 'Progressing');
  const { replicas: desired = 1, paused = false } = deployment?.spec ?? {};
  const {
    updatedReplicas: updated = 0,
    availableReplicas: available = 0,
    replicas: total = 0,
  } = deployment?.status ?? {};
  const complete = updated >= desired && available >= desired && total <= updated;
  const stuck = progressing?.status === 'False';
  return [
    ...say(
      `${name}: Progressing is ${progressing?.status ?? '?'}, ${progressing?.reason ?? '?'}`,
      { 'k8s.workload.progressing': progressing?.reason },
      { weight: stuck ? 'ill' : 'well', at: timeOf(progressing?.lastUpdateTime) },
    ),
    ...say(
      complete ? `${name}: its rollout is complete` : `${name}: its rollout is not complete`,
      { 'k8s.workload.rollout.complete': complete },
      { weight: complete ? 'well' : 'plain' },
    ),
    ...say(
      paused ? `${name}: its rollout is paused` : `${name}: its rollout is not paused`,
      { 'k8s.workload.paused': paused },
      { weight: paused ? 'plain' : 'well' },
    ),
    ...(objects.ReplicaSet === undefined ? [] : newest(id, name, say, objects.ReplicaSet, cluster)),
  ];
}

function newest(
  id: ObjectId,
  name: string,
  say: Say,
  all: readonly Of<'ReplicaSet'>[],
  { now, podsOf }: Cluster,
): readonly Statement[] {
  const sets = all
    .filter(({ metadata }) =>
      (metadata?.ownerReferences ?? []).some(
        (owner) => `${(owner.kind ?? '').toLowerCase()}/${metadata?.namespace}/${owner.name}` === id,
      ),
    )
    .toSorted((a, b) => revisionOf(b) - revisionOf(a) || madeAt(b) - madeAt(a));
  const [latest, before] = sets;
  if (latest === undefined) return [];
  const revision = revisionOf(latest);
  const at = timeOf(latest.metadata?.creationTimestamp);
  const age = at === null ? null : Math.max(0, (now - at) / 1000);
  const still = sets.slice(1).reduce((sum, { status }) => sum + (status?.readyReplicas ?? 0), 0);
  return [
    // A template that is rolled back to is older than its rollout, and nobody says when that was.
    ...(before !== undefined && madeAt(before) > madeAt(latest)
      ? []
      : say(
          `${name}: its newest template is ${Math.round(age ?? 0)} s old`,
          { 'k8s.workload.rollout.age': age },
          { at },
        )),
    ...say(`${name} is at revision ${revision}`, { 'k8s.workload.revision': revision }, { weight: 'well' }),
    ...say(`${still} pods of earlier templates of ${name} are ready`, {
      'k8s.workload.previous.ready': still,
    }),
    ...endedBefore(name, sets.slice(1), podsOf(id), say, now),
    ...(before === undefined ? [] : changes(name, before, latest, say)),
  ];
}

/** Pods from before a change that end as well: whatever ails them, the change is not it. */
function endedBefore(
  name: string,
  earlier: readonly Of<'ReplicaSet'>[],
  pods: readonly Pod[],
  say: Say,
  now: number,
): readonly Statement[] {
  const sets = new Set(earlier.map(({ metadata }) => metadata?.name));
  const own = pods.filter(({ metadata }) =>
    (metadata?.ownerReferences ?? []).some(({ kind, name: set }) => kind === 'ReplicaSet' && sets.has(set)),
  );
  if (own.length === 0) return [];
  const broken = own.filter((pod) => endsAgain(pod, now)).length;
  return say(
    `${broken} of ${own.length} pods of earlier templates of ${name} ended in the last ten minutes`,
    { 'k8s.workload.previous.broken': broken },
    { weight: broken > 0 ? 'ill' : 'well' },
  );
}

function endsAgain({ status }: Pod, now: number): boolean {
  return (status?.containerStatuses ?? []).some(({ state, lastState, restartCount = 0 }) => {
    if (state?.waiting?.reason === 'CrashLoopBackOff') return true;
    const ended = timeOf((state?.terminated ?? lastState?.terminated)?.finishedAt);
    return restartCount > 0 && ended !== null && now - ended <= LATELY;
  });
}

function revisionOf({ metadata }: Of<'ReplicaSet'>): number {
  const written = metadata?.annotations?.['deployment.kubernetes.io/revision'];
  return written === undefined || !/^\d+$/.test(written) ? 0 : Number(written);
}

function madeAt({ metadata }: Of<'ReplicaSet'>): number {
  return timeOf(metadata?.creationTimestamp) ?? 0;
}

const PARTS = [
  'image',
  'command',
  'env',
  'probes',
  'resources',
  'scheduling',
  'references',
  'ports',
  'other',
] as const;
type Part = (typeof PARTS)[number];

const NAMES: Readonly<Record<Part, string>> = {
  image: 'its images',
  command: 'its commands',
  env: 'its environment variables',
  probes: 'its probes',
  resources: 'its requests or limits',
  scheduling: 'where it may run',
  references: 'its volumes, service account or pull secrets',
  ports: 'its ports',
  other: 'anything else',
};

function changes(
  name: string,
  before: Of<'ReplicaSet'>,
  latest: Of<'ReplicaSet'>,
  say: Say,
): readonly Statement[] {
  const [old, young] = [before, latest].map(({ spec }) => partsOf(spec?.template?.spec ?? {}));
  const at = timeOf(latest.metadata?.creationTimestamp);
  const changed = PARTS.filter((part) => JSON.stringify(old?.[part]) !== JSON.stringify(young?.[part]));
  const same = PARTS.filter((part) => !changed.includes(part));
  const facts = (parts: readonly Part[], value: boolean) =>
    Object.fromEntries(parts.map((part) => [`k8s.workload.changed.${part}`, value]));
  return [
    ...changed.flatMap((part) =>
      say(`${name}: its newest template changed ${NAMES[part]}`, facts([part], true), { weight: 'ill', at }),
    ),
    ...say(
      `${name}: its newest template did not change ${same.map((part) => NAMES[part]).join(', ')}`,
      facts(same, false),
      { at },
    ),
  ];
}

/** A template by its parts, to be compared. */
function partsOf(spec: PodSpec): Readonly<Record<Part, unknown>> {
  const { nodeSelector, affinity, tolerations, topologySpreadConstraints, volumes } = spec;
  const { serviceAccountName, imagePullSecrets, containers, initContainers, ...rest } = spec;
  const all = [...(initContainers ?? []), ...(containers ?? [])];
  const of = (part: (container: Container) => unknown) => all.map(part);
  const {
    nodeSelector: _n,
    affinity: _a,
    tolerations: _t,
    topologySpreadConstraints: _s,
    volumes: _v,
    serviceAccount: _d,
    ...others
  } = rest;
  return {
    image: of(({ image }) => image),
    command: of(({ command, args }) => [command, args]),
    env: of(({ env, envFrom }) => [env, envFrom]),
    probes: of(({ livenessProbe, readinessProbe, startupProbe }) => [
      livenessProbe,
      readinessProbe,
      startupProbe,
    ]),
    resources: of(({ resources }) => resources),
    scheduling: [nodeSelector, affinity, tolerations, topologySpreadConstraints],
    references: [volumes, serviceAccountName, imagePullSecrets, of(({ volumeMounts }) => volumeMounts)],
    ports: of(({ ports }) => ports),
    other: [
      others,
      of(({ name, lifecycle, securityContext, workingDir }) => [
        name,
        lifecycle,
        securityContext,
        workingDir,
      ]),
    ],
  };
}
