import type { Section } from '../word.ts';

/** Facts of Kubernetes objects, each by its author: the specification, a controller, the scheduler, the kubelet. */
export const KUBERNETES = {
  'k8s.container.waiting.reason': {
    type: 'text',
    about: 'pod',
    instrument: 'kubelet',
    look: true,
    means: 'why a container does not start, such as ImagePullBackOff',
  },
  'k8s.workload.replicas.available': {
    type: 'number',
    unit: 'number',
    about: 'workload',
    instrument: 'controller',
    look: true,
    means: 'how many of its pods are ready for as long as they have to be',
  },
} as const satisfies Section;
