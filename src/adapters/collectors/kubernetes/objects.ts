import type {
  CoreV1Event,
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1EndpointSlice,
  V1Endpoints,
  V1Ingress,
  V1IngressClass,
  V1Job,
  V1Lease,
  V1NetworkPolicy,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1ResourceQuota,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
  V1StorageClass,
  V1ValidatingWebhookConfiguration,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';

/** An object of the API of which nothing is sure to be there: servers of many versions answer, and recordings lack much. */
export type Lenient<T> = T extends Date
  ? Date | string
  : T extends readonly (infer Each)[]
    ? readonly Lenient<Each>[]
    : T extends object
      ? { readonly [Key in keyof T]?: Lenient<T[Key]> | undefined }
      : T;

interface Kinds {
  readonly Pod: V1Pod;
  readonly ReplicaSet: V1ReplicaSet;
  readonly Deployment: V1Deployment;
  readonly StatefulSet: V1StatefulSet;
  readonly DaemonSet: V1DaemonSet;
  readonly Job: V1Job;
  readonly CronJob: V1CronJob;
  readonly Service: V1Service;
  readonly Endpoints: V1Endpoints;
  readonly EndpointSlice: V1EndpointSlice;
  readonly Event: CoreV1Event;
  readonly PersistentVolumeClaim: V1PersistentVolumeClaim;
  readonly ResourceQuota: V1ResourceQuota;
  readonly HorizontalPodAutoscaler: V2HorizontalPodAutoscaler;
  readonly PodDisruptionBudget: V1PodDisruptionBudget;
  readonly NetworkPolicy: V1NetworkPolicy;
  readonly Ingress: V1Ingress;
  readonly IngressClass: V1IngressClass;
  readonly ConfigMap: V1ConfigMapKeys;
  /** Their metadata alone: what they hold is never read. */
  readonly Secret: Pick<V1Secret, 'metadata'>;
  readonly ServiceAccount: V1ServiceAccount;
  readonly Node: V1Node;
  readonly PersistentVolume: V1PersistentVolume;
  readonly StorageClass: V1StorageClass;
  readonly Lease: V1Lease;
  readonly ValidatingWebhookConfiguration: V1ValidatingWebhookConfiguration;
  readonly MutatingWebhookConfiguration: V1ValidatingWebhookConfiguration;
}

/** A config map, of which only metadata is read too: a value may be anything. */
type V1ConfigMapKeys = Pick<V1Secret, 'metadata'>;

export type Kind = keyof Kinds;
export type Of<K extends Kind> = Lenient<Kinds[K]>;

export type Pod = Of<'Pod'>;
export type Container = NonNullable<NonNullable<NonNullable<Pod['spec']>['containers']>[number]>;
export type PodSpec = NonNullable<Pod['spec']>;
export type Node = Of<'Node'>;
export type Event = Of<'Event'>;
export type Metadata = NonNullable<Pod['metadata']>;

/** What was read, by kind; a kind that could not be read is not there, which is another thing than none. */
export type Objects = { readonly [K in Kind]?: readonly Of<K>[] | undefined };

/** The objects of a `v1` List, by kind, as `kubectl get -o json` prints them. */
export function objectsOf(list: { readonly items?: readonly { readonly kind?: string }[] }): Objects {
  const byKind: Record<string, unknown[]> = Object.create(null);
  for (const item of list.items ?? []) {
    const kind = String(item.kind ?? '');
    byKind[kind] ??= [];
    byKind[kind].push(item);
  }
  return byKind;
}
