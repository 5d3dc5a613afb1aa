import type { Declaration } from '../collector.ts';
import { type KubernetesArguments, kubernetes } from './kubernetes.ts';

/** Where pods are looked for is where Kubernetes is. */
export const podLogs = {
  name: 'logs of pods',
  kind: 'log',
  reads: 'the end of the logs of its pods in Kubernetes',
  instrument: 'each workload itself, whatever its pods write',
  arguments: kubernetes.arguments,
  lacks: kubernetes.lacks,
  ask: kubernetes.ask,
} as const satisfies Declaration<KubernetesArguments>;
