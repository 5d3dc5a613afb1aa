import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClusterApi, isGood } from '../../../src/adapters/kubernetes/api.ts';
import type { ContainerStatus, KubePod } from './kubelet.ts';

interface Deployment {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly generation?: number };
  readonly spec: { readonly replicas?: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

type Labels = Readonly<Record<string, string>>;

/** Serves what kube-state-metrics does of pods and deployments, under its names and labels, as the API server says at that moment. */
export async function startStateMetrics(api: ClusterApi) {
  const list = async <T>(path: string) => {
    const answer = await api.call({ method: 'GET', path }, AbortSignal.timeout(5_000));
    if (!isGood(answer)) throw new Error(JSON.stringify(answer.body));
    return (answer.body as { items: readonly T[] }).items;
  };
  const server = createServer(async (_, response) => {
    try {
      const [pods, deployments] = await Promise.all([
        list<KubePod>('/api/v1/pods'),
        list<Deployment>('/apis/apps/v1/deployments'),
      ]);
      const lines = [...pods.flatMap(ofPod), ...deployments.flatMap(ofDeployment)];
      // Prometheus wants the samples of a metric in one row.
      response.end(`${lines.toSorted().join('\n')}\n`);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${name}{${pairs.join(',')}} ${value}`;
}

function ofPod({ metadata, spec, status }: KubePod): string[] {
  const own = { namespace: metadata.namespace, pod: metadata.name, uid: metadata.uid };
  const [owner] = metadata.ownerReferences ?? [];
  const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].map((phase) =>
    sample('kube_pod_status_phase', { ...own, phase }, status.phase === phase ? 1 : 0),
  );
  return [
    sample('kube_pod_info', { ...own, node: spec.nodeName ?? '' }, 1),
    sample('kube_pod_owner', { ...own, owner_kind: owner?.kind ?? '', owner_name: owner?.name ?? '' }, 1),
    ...phases,
    ...(status.containerStatuses ?? []).flatMap((one) => ofContainer(one, own)),
  ];
}

function ofContainer(
  { name, ready, restartCount, state, lastState }: ContainerStatus,
  pod: Labels,
): string[] {
  const own = { ...pod, container: name };
  const waits = state.waiting?.reason;
  const ended = lastState.terminated?.reason;
  return [
    sample('kube_pod_container_status_ready', own, ready ? 1 : 0),
    sample('kube_pod_container_status_restarts_total', own, restartCount),
    ...(waits === undefined
      ? []
      : [sample('kube_pod_container_status_waiting_reason', { ...own, reason: waits }, 1)]),
    ...(ended === undefined
      ? []
      : [sample('kube_pod_container_status_last_terminated_reason', { ...own, reason: ended }, 1)]),
  ];
}

function ofDeployment({ metadata, spec, status }: Deployment): string[] {
  const own = { namespace: metadata.namespace, deployment: metadata.name };
  const figures = {
    spec_replicas: spec.replicas ?? 1,
    metadata_generation: metadata.generation ?? 0,
    status_observed_generation: status.observedGeneration ?? 0,
    status_replicas: status.replicas ?? 0,
    status_replicas_updated: status.updatedReplicas ?? 0,
    status_replicas_available: status.availableReplicas ?? 0,
  };
  const conditions = (status.conditions ?? []).flatMap(({ type, status: is }) =>
    ['true', 'false', 'unknown'].map((one) =>
      sample(
        'kube_deployment_status_condition',
        { ...own, condition: type, status: one },
        is.toLowerCase() === one ? 1 : 0,
      ),
    ),
  );
  return [
    ...Object.entries(figures).map(([name, value]) => sample(`kube_deployment_${name}`, own, value)),
    ...conditions,
  ];
}
