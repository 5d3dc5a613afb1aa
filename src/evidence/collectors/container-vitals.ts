import type { Declaration } from '../collector.ts';
import { A_PROMETHEUS } from './arguments.ts';
import { type KubernetesArguments, kubernetes } from './kubernetes.ts';

/** What Prometheus has of the containers that Kubernetes is asked about as well. */
export const containerVitals = {
  name: 'container vital signs',
  kind: 'metric',
  reads: 'CPU throttling, memory and network errors of its containers, as Prometheus has them',
  instrument: 'cAdvisor, in the kubelet of each node',
  arguments: kubernetes.arguments,
  lacks: (service, sources) => (sources.prometheus ? kubernetes.lacks(service, sources) : A_PROMETHEUS),
  ask: kubernetes.ask,
} as const satisfies Declaration<KubernetesArguments>;
