import type { Container, Event, Pod } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { named, nameOf, timeOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';
import { probeFailure } from './messages.ts';

const PROBES = ['liveness', 'readiness', 'startup'] as const;
type ProbeName = (typeof PROBES)[number];
type Probe = NonNullable<Container['livenessProbe']>;

/** How the probes of a pod that is ill ask, and how they fail. */
export function probesOf(pod: Pod, say: Say, cluster: Cluster): readonly Statement[] {
  const name = nameOf(pod.metadata);
  const events = cluster.eventsOf('Pod', pod.metadata?.namespace, name);
  const containers = pod.spec?.containers ?? [];
  const asked = containers.flatMap((container) => [
    ...PROBES.flatMap((which) => how(name, container, which, say)),
    ...difference(name, container, say),
  ]);
  return [
    ...(cluster.objects.Event === undefined
      ? []
      : PROBES.flatMap((which) => failures(name, which, containers, events, say))),
    ...(cluster.objects.Event === undefined
      ? []
      : [...kills(name, events, say), ...unanswered(pod, name, events, say, cluster)]),
    ...asked,
  ];
}

function probeOf(container: Container, which: ProbeName): Probe | undefined {
  return container[`${which}Probe`];
}

function how(pod: string, container: Container, which: ProbeName, say: Say): readonly Statement[] {
  const probe = probeOf(container, which);
  const at = `${pod}/${container.name ?? '?'}`;
  const p = `k8s.probe.${which}` as const;
  if (probe === undefined) return say(`${at} has no ${which} probe`, { [`${p}.kind` as const]: 'none' });
  const kind = kindOfProbe(probe);
  const port = portOf(probe, container);
  const {
    initialDelaySeconds: delay = 0,
    periodSeconds = 10,
    failureThreshold = 3,
    timeoutSeconds = 1,
  } = probe;
  const { ports = [] } = container;
  // Containers need not declare ports: where one declares none, nothing can be said.
  const declared =
    port === null || ports.length === 0 ? null : ports.some(({ containerPort }) => containerPort === port);
  return say(
    `${at}: ${which} probe by ${kind}${probe.httpGet?.path ? ` ${probe.httpGet.path}` : ''}${port === null ? '' : ` on port ${port}${declared === false ? ', which it does not declare' : ''}`}, ` +
      `from ${delay} s on, every ${periodSeconds} s, for ${timeoutSeconds} s, ${failureThreshold} times`,
    {
      [`${p}.kind` as const]: kind,
      [`${p}.port` as const]: port,
      [`${p}.declared` as const]: declared,
      [`${p}.delay` as const]: delay,
      [`${p}.timeout` as const]: timeoutSeconds,
      [`${p}.patience` as const]: delay + periodSeconds * failureThreshold,
    },
  );
}

function kindOfProbe(probe: Probe): 'http' | 'tcp' | 'grpc' | 'exec' {
  if (probe.httpGet !== undefined) return 'http';
  if (probe.tcpSocket !== undefined) return 'tcp';
  return probe.grpc === undefined ? 'exec' : 'grpc';
}

/** The port that is asked, by its number; null where none is, or it has a name that the container does not know. */
function portOf(probe: Probe, { ports = [] }: Container): number | null {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  if (typeof port === 'number') return port;
  if (typeof port !== 'string') return null;
  return /^\d+$/.test(port) ? Number(port) : (ports.find(({ name }) => name === port)?.containerPort ?? null);
}

/** Two probes of one container mostly ask the same: where they differ, one of them may be wrong. */
function difference(pod: string, container: Container, say: Say): readonly Statement[] {
  const liveness = probeOf(container, 'liveness');
  const readiness = probeOf(container, 'readiness');
  const at = `${pod}/${container.name ?? '?'}`;
  const one = liveness === undefined || readiness === undefined;
  const differ = one ? 'one only' : differenceOf(liveness, readiness, container);
  return say(
    one
      ? `${at} has not both a liveness and a readiness probe`
      : differ === 'none'
        ? `${at}: its liveness and readiness probes ask the same`
        : `${at}: its liveness and readiness probes differ in their ${differ}`,
    { 'k8s.probe.difference': differ },
  );
}

function differenceOf(liveness: Probe, readiness: Probe, container: Container): string {
  if (kindOfProbe(liveness) !== kindOfProbe(readiness)) return 'kind';
  if (portOf(liveness, container) !== portOf(readiness, container)) return 'port';
  return liveness.httpGet?.path === readiness.httpGet?.path ? 'none' : 'path';
}

function failures(
  pod: string,
  which: ProbeName,
  containers: readonly Container[],
  events: readonly Event[],
  say: Say,
): readonly Statement[] {
  const failed = failedOf(which, events);
  const p = `k8s.probe.${which}` as const;
  if (failed === undefined)
    return containers.some((each) => probeOf(each, which) !== undefined)
      ? say(`${pod}: no ${which} probe is reported as failed`, { [`${p}.failed` as const]: 'none' })
      : [];
  const message = failed.message ?? '';
  const byCommand = containers.some((each) => probeOf(each, which)?.exec !== undefined);
  const read = probeFailure(message);
  const how = read === 'other' && byCommand ? 'command' : read;
  const status = how === 'status' ? Number(/statuscode: (\d+)/i.exec(message)?.[1]) : null;
  return say(
    `${pod}: its ${which} probe fails: ${how}${status === null ? '' : ` ${status}`}${failed.count === undefined ? '' : `, ${failed.count} times`}`,
    { [`${p}.failed` as const]: how, [`${p}.status` as const]: status },
    { weight: 'ill' },
  );
}

function failedOf(which: ProbeName, events: readonly Event[]): Event | undefined {
  return events.find(
    ({ reason, message }) =>
      (reason === 'Unhealthy' || reason === 'ProbeError') &&
      (message ?? '').toLowerCase().startsWith(`${which} probe`),
  );
}

const NO_ANSWER: readonly string[] = ['refused', 'no connection', 'timeout'];

/**
 * Whether its process answers none of its probes. Where the newest template has moved one of them to another port, that alone starts a
 * process again and again, and the other probe fails each time until it has come up: then nothing is said of the process.
 */
function unanswered(
  pod: Pod,
  name: string,
  events: readonly Event[],
  say: Say,
  cluster: Cluster,
): readonly Statement[] {
  const silent = (['liveness', 'readiness'] as const).every((which) =>
    NO_ANSWER.includes(probeFailure(failedOf(which, events)?.message ?? '')),
  );
  const both = silent && !wasMoved(pod, cluster);
  return say(
    both
      ? `${name} answers neither its liveness nor its readiness probe`
      : `${name} answers one of its probes, or a template moved one`,
    { 'k8s.probe.unanswered': both },
    { weight: both ? 'ill' : 'plain' },
  );
}

/** What is older than this, it has lived with. */
const NEW = 24 * 3_600_000;

/** Whether the newest template asks one of two probes at another port than the template before did, and no longer at the port of the other. */
function wasMoved(pod: Pod, { ownerOf, objects, symptom }: Cluster): boolean {
  const owner = ownerOf(pod);
  const [latest, before] = (objects.ReplicaSet ?? [])
    .filter(({ metadata }) =>
      (metadata?.ownerReferences ?? []).some(
        ({ kind = '?', name }) => named(kind, metadata?.namespace, name) === owner,
      ),
    )
    .toSorted(
      (a, b) => (timeOf(b.metadata?.creationTimestamp) ?? 0) - (timeOf(a.metadata?.creationTimestamp) ?? 0),
    );
  const made = timeOf(latest?.metadata?.creationTimestamp);
  if (before === undefined || made === null || made < symptom - NEW) return false;
  const earlier = before.spec?.template?.spec?.containers ?? [];
  return (latest?.spec?.template?.spec?.containers ?? []).some((container) => {
    const old = earlier.find(({ name }) => name === container.name);
    const asks = (which: ProbeName, of: Container | undefined) => {
      const probe = of && probeOf(of, which);
      return of === undefined || probe === undefined ? null : portOf(probe, of);
    };
    return (
      asks('liveness', container) !== asks('readiness', container) &&
      (['liveness', 'readiness'] as const).some((which) => asks(which, container) !== asks(which, old))
    );
  });
}

function kills(pod: string, events: readonly Event[], say: Say): readonly Statement[] {
  const killed = events.some(
    ({ reason, message }) => reason === 'Killing' && /failed (?:liveness|startup) probe/i.test(message ?? ''),
  );
  return say(
    killed
      ? `${pod}: a container was killed because its probe failed`
      : `${pod}: no container is reported as killed because of a probe`,
    { 'k8s.probe.killed': killed },
    { weight: killed ? 'ill' : 'plain' },
  );
}
