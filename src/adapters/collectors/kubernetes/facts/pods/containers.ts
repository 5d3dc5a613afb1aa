import { formatBytes, threeDigits } from '../../../quantity.ts';
import type { Container, Event, Pod } from '../../objects.ts';
import { type Cluster, isIll, isOver } from '../cluster.ts';
import { nameOf, quantityOf, timeOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';
import { configCause, imageCause, startCause } from './messages.ts';

type Status = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]>;

/** The containers of a pod as the kubelet sees them. */
export function containersIn(pod: Pod, say: Say, cluster: Cluster): readonly Statement[] {
  const { status, spec } = pod;
  const events = cluster.eventsOf('Pod', pod.metadata?.namespace, nameOf(pod.metadata));
  const init = (status?.initContainerStatuses ?? []).flatMap((one) =>
    // One that has done its work tells nothing.
    one.state?.terminated?.exitCode === 0 ? [] : ofContainer(pod, one, events, say, cluster),
  );
  const main = (status?.containerStatuses ?? []).flatMap((one) =>
    ofContainer(pod, one, events, say, cluster),
  );
  return [
    ...init,
    ...main,
    ...(isExample(pod, cluster)
      ? [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap((one) =>
          limits(nameOf(pod.metadata), one, say),
        )
      : []),
  ];
}

/** Pods of one workload have the same limits: of those that are well, one tells them, so that those of every workload find room. */
function isExample(pod: Pod, cluster: Cluster): boolean {
  return isIll(pod, cluster) || cluster.podsOf(cluster.ownerOf(pod)).find((one) => !isOver(one)) === pod;
}

function ofContainer(
  pod: Pod,
  status: Status,
  events: readonly Event[],
  say: Say,
  { now }: Cluster,
): readonly Statement[] {
  const at = `${nameOf(pod.metadata)}/${status.name ?? '?'}`;
  const { restartCount = 0, state, lastState } = status;
  const ends = [state?.terminated, lastState?.terminated].filter((one) => one !== undefined);
  const oom = ends.some(({ reason }) => reason === 'OOMKilled');
  const ill = restartCount > 0 || oom;
  return [
    ...waiting(at, pod, status, events, say),
    ...ended(at, state?.terminated, say),
    ...before(at, lastState?.terminated, say, now),
    ...say(
      `${at} was started again ${restartCount} times${oom ? '; it was killed over its memory limit' : ', none known to be over its memory limit'}`,
      { 'k8s.container.restarts': restartCount, 'k8s.container.oom_killed': oom },
      { weight: ill ? 'ill' : 'well' },
    ),
  ];
}

function waiting(
  at: string,
  pod: Pod,
  { state, image }: Status,
  events: readonly Event[],
  say: Say,
): readonly Statement[] {
  const held = state?.waiting;
  if (held === undefined) return [];
  const reason = held.reason ?? 'unknown';
  const said = BARE.test(held.message ?? '') ? '' : held.message;
  const message = said || messageOf(reason, events);
  const cause = message === null ? null : causeOf(reason, message);
  const starting = STARTING.has(reason) && cause === null;
  const about = { weight: starting ? 'plain' : 'ill', at: timeOf(pod.status?.startTime) } as const;
  return [
    ...say(`${at} waits: ${reason}`, { 'k8s.container.waiting.reason': reason }, about),
    ...say(`${at} does not start: ${cause}`, { 'k8s.container.waiting.cause': cause }, about),
    ...(starting ? [] : say(`${at} has the image ${image ?? '?'}`, { 'k8s.container.image': image ?? null })),
  ];
}

/** Older kubelets say no more than this of an image; why it could not be pulled is in an event. */
const BARE = /^Back-off pulling image "[^"]*"$/;
const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

/** What an event says where the state has no message. */
function messageOf(reason: string, events: readonly Event[]): string | null {
  const wanted = /Image|Inspect|Registry/.test(reason)
    ? (event: Event) =>
        /pull|image/i.test(event.message ?? '') && !/^(?:Error: |Back-off)/.test(event.message ?? '')
    : /CreateContainer|RunContainer|StartError/.test(reason)
      ? (event: Event) => /^Error: /.test(event.message ?? '')
      : null;
  if (wanted === null) return null;
  return (
    events.find((event) => event.type !== 'Normal' && event.reason === 'Failed' && wanted(event))?.message ??
    null
  );
}

function causeOf(reason: string, message: string): string | null {
  if (/InvalidImageName/.test(reason)) return 'invalid image';
  if (/Image|Inspect|Registry/.test(reason)) return imageCause(message);
  if (/CreateContainerConfig/.test(reason)) return configCause(message);
  if (/CreateContainer|RunContainer|StartError/.test(reason)) return startCause(message);
  return null;
}

type Ended = NonNullable<NonNullable<Status['state']>['terminated']>;

function ended(at: string, end: Ended | undefined, say: Say): readonly Statement[] {
  if (end === undefined) return [];
  const { reason = 'Error', exitCode = null } = end;
  const well = exitCode === 0;
  return say(
    `${at} ended: ${reason}, exit code ${exitCode ?? '?'}`,
    { 'k8s.container.terminated.reason': reason, 'k8s.container.exit_code': exitCode },
    { weight: well ? 'well' : 'ill', at: timeOf(end.finishedAt) },
  );
}

function before(at: string, end: Ended | undefined, say: Say, now: number): readonly Statement[] {
  if (end === undefined) return [];
  const { reason = 'Error', exitCode = null } = end;
  const from = timeOf(end.startedAt);
  const to = timeOf(end.finishedAt);
  const ran = from === null || to === null ? null : Math.max(0, (to - from) / 1000);
  const age = to === null ? null : Math.max(0, (now - to) / 1000);
  const about = { weight: 'ill', at: to } as const;
  return [
    ...say(
      `${at} ended before: ${reason}, exit code ${exitCode ?? '?'}`,
      { 'k8s.container.last.reason': reason, 'k8s.container.last.exit_code': exitCode },
      about,
    ),
    ...say(`${at} had run for ${Math.round(ran ?? 0)} s then`, { 'k8s.container.last.ran': ran }, about),
    ...say(`${at} ended so ${Math.round(age ?? 0)} s ago`, { 'k8s.container.last.age': age }, about),
  ];
}

function limits(pod: string, { name, resources }: Container, say: Say): readonly Statement[] {
  const memory = quantityOf(resources?.limits?.memory);
  const cpu = quantityOf(resources?.limits?.cpu);
  const shown = [
    memory === null ? 'no memory limit' : `a memory limit of ${formatBytes(memory)}`,
    cpu === null ? 'no CPU limit' : `a CPU limit of ${threeDigits(cpu)} cores`,
  ];
  return say(`${pod}/${name ?? '?'} has ${shown.join(' and ')}`, {
    'k8s.container.limit.memory': memory,
    'k8s.container.limit.cpu': cpu,
  });
}
