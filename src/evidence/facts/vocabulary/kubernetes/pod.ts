import type { Section } from '../../word.ts';

/** What pods are, and what they miss. */
export const POD = {
  'k8s.pod.phase': {
    type: 'text',
    about: 'pod',
    instrument: 'kubelet',
    look: true,
    means: 'Pending, Running, Succeeded, Failed or Unknown',
  },
  'k8s.pod.ready': {
    type: 'flag',
    about: 'pod',
    instrument: 'kubelet',
    look: true,
    means: 'whether it may take requests',
  },
  'k8s.pod.age': {
    type: 'number',
    unit: 'seconds',
    about: 'pod',
    instrument: 'apiserver',
    look: true,
    means: 'how long ago it was created',
  },
  'k8s.pod.terminating.age': {
    type: 'number',
    unit: 'seconds',
    about: 'pod',
    instrument: 'apiserver',
    look: true,
    means: 'how long ago it should have been gone',
  },
  'k8s.pod.evicted': {
    type: 'text',
    about: 'pod',
    instrument: 'kubelet',
    look: true,
    means:
      'what its node ran short of when it was evicted: memory, disk, pids, other; none where it was not evicted',
  },
  'k8s.pod.sandbox.failed': {
    type: 'text',
    about: 'pod',
    instrument: 'kubelet',
    look: false,
    means:
      'why its sandbox cannot be made: runtime unreachable, network plugin, no address, memory limit, other; none',
  },
  'k8s.pod.mount.failed': {
    type: 'text',
    about: 'pod',
    instrument: 'kubelet',
    look: false,
    means:
      'why a volume cannot be mounted: secret missing, config map missing, key missing, claim missing, permission denied, path missing, timeout, driver missing, other; none',
  },
  'k8s.pod.attach.failed': {
    type: 'text',
    about: 'pod',
    instrument: 'controller',
    look: false,
    means: 'why a volume cannot be attached: held elsewhere, volume missing, driver missing, other; none',
  },
  'k8s.pod.node_lost': {
    type: 'flag',
    about: 'pod',
    instrument: 'controller',
    look: false,
    means: 'its node was reported as not ready while it ran there',
  },
  'k8s.pod.init.running.age': {
    type: 'number',
    unit: 'seconds',
    about: 'pod',
    instrument: 'kubelet',
    look: true,
    means: 'how long an init container has been running',
  },
  'k8s.pod.reference.secret.missing': {
    type: 'text',
    about: 'pod',
    instrument: 'apiserver',
    look: true,
    means: 'a secret that it needs and that does not exist; none',
  },
  'k8s.pod.reference.config_map.missing': {
    type: 'text',
    about: 'pod',
    instrument: 'apiserver',
    look: true,
    means: 'a config map that it needs and that does not exist; none',
  },
  'k8s.pod.reference.claim.missing': {
    type: 'text',
    about: 'pod',
    instrument: 'apiserver',
    look: true,
    means: 'a volume claim that it needs and that does not exist; none',
  },
  'k8s.pod.reference.pull_secret.missing': {
    type: 'text',
    about: 'pod',
    instrument: 'apiserver',
    look: true,
    means: 'a pull secret that it names and that does not exist; none',
  },
  'k8s.pod.pull_secrets': {
    type: 'number',
    unit: 'number',
    about: 'pod',
    instrument: 'deployer',
    look: true,
    means: 'how many pull secrets it names',
  },
  'k8s.pod.pull_secret.unread': {
    type: 'text',
    about: 'pod',
    instrument: 'kubelet',
    look: false,
    means: 'a pull secret that the kubelet could not read; none',
  },
} as const satisfies Section;
