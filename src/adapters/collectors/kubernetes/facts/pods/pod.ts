import type { Event, Pod } from '../../objects.ts';
import type { Cluster } from '../cluster.ts';
import { isIll, isReady } from '../cluster.ts';
import { idOf, nameOf, timeOf } from '../read.ts';
import { type Say, type Statement, sayOf } from '../statement.ts';
import { candidatesOf } from './candidates.ts';
import { containersIn } from './containers.ts';
import { attachCause, mountCause, sandboxCause } from './messages.ts';
import { probesOf } from './probes.ts';
import { referencesOf } from './references.ts';
import { schedulingOf } from './scheduling.ts';

/** All that is known of one pod. One that is well is told in few words. */
export function podFacts(pod: Pod, cluster: Cluster): readonly Statement[] {
  const owner = cluster.ownerOf(pod);
  const say = sayOf(idOf('pod', pod.metadata), cluster.aroundPod(pod), owner);
  const ill = isIll(pod, cluster);
  return [
    ...state(pod, say, ill, cluster),
    ...schedulingOf(pod, say, cluster),
    ...candidatesOf(pod, say, cluster),
    ...containersIn(pod, say, cluster),
    ...(ill
      ? [...troubles(pod, say, cluster), ...probesOf(pod, say, cluster), ...referencesOf(pod, say, cluster)]
      : []),
  ];
}

function state(pod: Pod, say: Say, ill: boolean, { now }: Cluster): readonly Statement[] {
  const name = nameOf(pod.metadata);
  const phase = pod.status?.phase ?? 'Unknown';
  const ready = isReady(pod);
  const created = timeOf(pod.metadata?.creationTimestamp);
  const age = created === null ? null : Math.max(0, (now - created) / 1000);
  const deletion = timeOf(pod.metadata?.deletionTimestamp);
  const weight = ill ? ('ill' as const) : ('well' as const);
  return [
    ...say(
      `${name} is ${phase} and ${ready ? 'ready' : 'not ready'}`,
      { 'k8s.pod.phase': phase, 'k8s.pod.ready': ready },
      { weight },
    ),
    ...(deletion === null
      ? []
      : say(
          `${name} should be gone since ${Math.round((now - deletion) / 1000)} s`,
          { 'k8s.pod.terminating.age': Math.max(0, (now - deletion) / 1000) },
          { weight: 'ill', at: deletion },
        )),
    ...(ill
      ? say(`${name} was created ${Math.round(age ?? 0)} s ago`, { 'k8s.pod.age': age }, { at: created })
      : []),
    ...(ill ? evicted(pod, name, say) : []),
  ];
}

function evicted({ status }: Pod, name: string, say: Say): readonly Statement[] {
  const out = status?.reason === 'Evicted' ? resourceIn(status.message ?? '') : 'none';
  return say(
    out === 'none' ? `${name} was not evicted` : `${name} was evicted: its node ran short of ${out}`,
    { 'k8s.pod.evicted': out },
    { weight: out === 'none' ? 'plain' : 'ill' },
  );
}

function resourceIn(message: string): string {
  if (/memory/i.test(message)) return 'memory';
  if (/ephemeral-storage|nodefs|imagefs|disk|inodes/i.test(message)) return 'disk';
  return /\bpids?\b/i.test(message) ? 'pids' : 'other';
}

/** What keeps its containers from being made at all, by the kubelet and by the controller that attaches volumes. */
function troubles(pod: Pod, say: Say, cluster: Cluster): readonly Statement[] {
  if (cluster.objects.Event === undefined) return [];
  const name = nameOf(pod.metadata);
  const events = cluster.eventsOf('Pod', pod.metadata?.namespace, name);
  const last = (reason: string): Event | undefined => events.find((each) => each.reason === reason);
  const sandbox = hasSandbox(pod) ? undefined : last('FailedCreatePodSandBox');
  const mount = isReady(pod) ? undefined : last('FailedMount');
  const attach = isReady(pod) ? undefined : last('FailedAttachVolume');
  const unread = last('FailedToRetrieveImagePullSecret');
  const lost = last('NodeNotReady');
  const unreadName = unread && (/\(([^)]*)\)/.exec(unread.message ?? '')?.[1] ?? '?');
  const told = (
    text: string,
    fact: 'k8s.pod.sandbox.failed' | 'k8s.pod.mount.failed' | 'k8s.pod.attach.failed',
    cause: string | undefined,
  ) =>
    say(
      cause === undefined ? `${name}: no failed ${text} is reported` : `${name}: its ${text} fails: ${cause}`,
      { [fact]: cause ?? 'none' },
      { weight: cause === undefined ? 'plain' : 'ill' },
    );
  return [
    ...told('sandbox', 'k8s.pod.sandbox.failed', sandbox && sandboxCause(sandbox.message ?? '')),
    ...told('mount', 'k8s.pod.mount.failed', mount && mountCause(mount.message ?? '')),
    ...told('attachment of a volume', 'k8s.pod.attach.failed', attach && attachCause(attach.message ?? '')),
    ...say(
      unreadName === undefined
        ? `${name}: no pull secret is reported as unreadable`
        : `${name}: the kubelet could not read the pull secret ${unreadName}`,
      { 'k8s.pod.pull_secret.unread': unreadName ?? 'none' },
      { weight: unread === undefined ? 'plain' : 'ill' },
    ),
    ...say(
      lost === undefined
        ? `${name}: its node is not reported as lost`
        : `${name}: its node was reported as not ready`,
      { 'k8s.pod.node_lost': lost !== undefined },
      { weight: lost === undefined ? 'plain' : 'ill' },
    ),
    ...initialising(pod, name, say, cluster.now),
  ];
}

/** Once a container of it has been made, it has a sandbox. */
function hasSandbox({ status }: Pod): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'PodReadyToStartContainers');
  if (ready?.status === 'True') return true;
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
    ({ state }) => state?.running !== undefined || state?.terminated !== undefined,
  );
}

function initialising({ status }: Pod, name: string, say: Say, now: number): readonly Statement[] {
  return (status?.initContainerStatuses ?? []).flatMap((one) => {
    const since = timeOf(one.state?.running?.startedAt);
    // A sidecar is an init container that goes on running, and is said to be ready.
    if (since === null || one.started === true) return [];
    const age = Math.max(0, (now - since) / 1000);
    return say(
      `${name}: its init container ${one.name ?? '?'} has been running for ${Math.round(age)} s`,
      { 'k8s.pod.init.running.age': age },
      { weight: 'ill', at: since },
    );
  });
}
