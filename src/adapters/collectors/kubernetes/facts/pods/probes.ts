import type { Container, Event, Pod } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { nameOf } from '../read.ts';
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
    ...(cluster.objects.Event === undefined ? [] : kills(name, events, say)),
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
export function portOf(probe: Probe, { ports = [] }: Container): number | null {
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
  const failed = events.find(
    ({ reason, message }) =>
      (reason === 'Unhealthy' || reason === 'ProbeError') &&
      (message ?? '').toLowerCase().startsWith(`${which} probe`),
  );
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
