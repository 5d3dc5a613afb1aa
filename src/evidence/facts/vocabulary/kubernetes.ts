import type { Section } from '../word.ts';
import { CONTAINER } from './kubernetes/container.ts';
import { ENTRY } from './kubernetes/entry.ts';
import { NETWORK } from './kubernetes/network.ts';
import { NODE } from './kubernetes/node.ts';
import { POD } from './kubernetes/pod.ts';
import { SCHEDULING } from './kubernetes/scheduling.ts';
import { STORAGE } from './kubernetes/storage.ts';
import { USAGE } from './kubernetes/usage.ts';
import { WORKLOAD } from './kubernetes/workload.ts';

/**
 * Facts of Kubernetes objects, each by its author: the specification, a controller, the scheduler, the kubelet.
 *
 * A workload is a `deployment`, `statefulset`, `daemonset`, `replicaset` of its own, `job` or `cronjob`; objects are called by their kind in
 * small letters, `persistentvolumeclaim/shop/data`. Facts of a pod are within its workload, its node, its namespace, the services that select it
 * and the claims that it mounts. Texts of several words have blanks between them, `image not found`.
 */
export const KUBERNETES = {
  ...POD,
  ...SCHEDULING,
  ...CONTAINER,
  ...USAGE,
  ...WORKLOAD,
  ...NETWORK,
  ...ENTRY,
  ...STORAGE,
  ...NODE,
} as const satisfies Section;
