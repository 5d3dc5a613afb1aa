import type { ApiException, ConfigurationOptions, KubeConfig } from '@kubernetes/client-node';
import { type Client, type ClusterOptions, configOf } from '../../kubernetes/config.ts';
import type { Listed, LogLister, LogOf } from './lister.ts';
import type { Kind, Of } from './objects.ts';

const PAGE = 500;
/** More objects of a kind than these are not read. */
const MOST = 2_000;

/** Lists objects by the official client. It is loaded when the first list is asked for: whoever has no Kubernetes need not carry it. */
export function createClientLister(options: ClusterOptions): LogLister {
  let opened: Promise<Apis> | null = null;
  const open = () => {
    opened ??= import('@kubernetes/client-node').then((client) => apisOf(client, configOf(client, options)));
    // A kubeconfig that is mended is read again.
    opened.catch(() => {
      opened = null;
    });
    return opened;
  };
  return {
    list: async (kind, namespace, signal) => listAll(await open(), kind, namespace, signal),
    read: async (of, signal) => readLog(await open(), of, signal),
  };
}

function apisOf(client: Client, config: KubeConfig) {
  const of = <Api>(api: Parameters<typeof config.makeApiClient<Api & object>>[0]) =>
    config.makeApiClient(api);
  return {
    client,
    core: of(client.CoreV1Api),
    apps: of(client.AppsV1Api),
    batch: of(client.BatchV1Api),
    discovery: of(client.DiscoveryV1Api),
    scaling: of(client.AutoscalingV2Api),
    policy: of(client.PolicyV1Api),
    networking: of(client.NetworkingV1Api),
    storage: of(client.StorageV1Api),
    coordination: of(client.CoordinationV1Api),
    admission: of(client.AdmissionregistrationV1Api),
  };
}
type Apis = ReturnType<typeof apisOf>;

interface Page {
  readonly limit: number;
  readonly _continue?: string;
}
interface List {
  readonly items: readonly object[];
  /** The client calls `continue` by another name where it knows the type. */
  readonly metadata?: { readonly _continue?: string; readonly continue?: string };
}
type Call<Where> = (apis: Apis, where: Where, options: ConfigurationOptions) => Promise<List>;

const IN_NAMESPACE = {
  Pod: ({ core }, where, options) => core.listNamespacedPod(where, options),
  Service: ({ core }, where, options) => core.listNamespacedService(where, options),
  Endpoints: ({ core }, where, options) => core.listNamespacedEndpoints(where, options),
  Event: ({ core }, where, options) => core.listNamespacedEvent(where, options),
  PersistentVolumeClaim: ({ core }, where, options) =>
    core.listNamespacedPersistentVolumeClaim(where, options),
  ResourceQuota: ({ core }, where, options) => core.listNamespacedResourceQuota(where, options),
  ConfigMap: ({ core }, where, options) => core.listNamespacedConfigMap(where, options),
  Secret: ({ core }, where, options) => core.listNamespacedSecret(where, options),
  ServiceAccount: ({ core }, where, options) => core.listNamespacedServiceAccount(where, options),
  ReplicaSet: ({ apps }, where, options) => apps.listNamespacedReplicaSet(where, options),
  Deployment: ({ apps }, where, options) => apps.listNamespacedDeployment(where, options),
  StatefulSet: ({ apps }, where, options) => apps.listNamespacedStatefulSet(where, options),
  DaemonSet: ({ apps }, where, options) => apps.listNamespacedDaemonSet(where, options),
  Job: ({ batch }, where, options) => batch.listNamespacedJob(where, options),
  EndpointSlice: ({ discovery }, where, options) => discovery.listNamespacedEndpointSlice(where, options),
  HorizontalPodAutoscaler: ({ scaling }, where, options) =>
    scaling.listNamespacedHorizontalPodAutoscaler(where, options),
  PodDisruptionBudget: ({ policy }, where, options) =>
    policy.listNamespacedPodDisruptionBudget(where, options),
  NetworkPolicy: ({ networking }, where, options) => networking.listNamespacedNetworkPolicy(where, options),
  Ingress: ({ networking }, where, options) => networking.listNamespacedIngress(where, options),
  CronJob: ({ batch }, where, options) => batch.listNamespacedCronJob(where, options),
  Lease: ({ coordination }, where, options) => coordination.listNamespacedLease(where, options),
} as const satisfies Partial<Readonly<Record<Kind, Call<Page & { readonly namespace: string }>>>>;

const EVERYWHERE = {
  Node: ({ core }, where, options) => core.listNode(where, options),
  PersistentVolume: ({ core }, where, options) => core.listPersistentVolume(where, options),
  IngressClass: ({ networking }, where, options) => networking.listIngressClass(where, options),
  StorageClass: ({ storage }, where, options) => storage.listStorageClass(where, options),
  ValidatingWebhookConfiguration: ({ admission }, where, options) =>
    admission.listValidatingWebhookConfiguration(where, options),
  MutatingWebhookConfiguration: ({ admission }, where, options) =>
    admission.listMutatingWebhookConfiguration(where, options),
} as const satisfies Readonly<Record<Exclude<Kind, keyof typeof IN_NAMESPACE>, Call<Page>>>;

async function listAll<K extends Kind>(
  apis: Apis,
  kind: K,
  namespace: string | null,
  signal: AbortSignal,
): Promise<Listed<K>> {
  const options = optionsOf(apis.client, kind, signal);
  const items: object[] = [];
  let next: string | undefined;
  try {
    do {
      const page = { limit: PAGE, ...(next === undefined ? {} : { _continue: next }) };
      const list = await call(apis, kind, namespace, page, options);
      items.push(...(NAMES_ALONE.has(kind) ? list.items.map(nameOf) : list.items));
      next = list.metadata?._continue || list.metadata?.continue || undefined;
    } while (next !== undefined && items.length < MOST);
  } catch (error) {
    return without(apis.client, error);
  }
  // The client reads them by their schemas; nothing more is trusted than that they are objects.
  return { kind: 'read', items: items as unknown as readonly Of<K>[], cut: next !== undefined };
}

/** Of a log the newest lines, and no more than this: where they are cut, the newest are what is missing. Characters. */
const LINES = 1_000;
const MOST_OF_A_LOG = 2 * 1024 * 1024;

async function readLog({ core, client }: Apis, of: LogOf, signal: AbortSignal): Promise<string | null> {
  const { namespace, pod, container, previous } = of;
  const where = { namespace, name: pod, container, previous, timestamps: true };
  const read = (tailLines: number) =>
    core.readNamespacedPodLog(
      { ...where, tailLines, limitBytes: MOST_OF_A_LOG },
      withSignal(client.setHeaderOptions('Accept', '*/*'), signal),
    );
  try {
    const text = await read(LINES);
    return text.length < MOST_OF_A_LOG ? text : await read(LINES / 20);
  } catch (error) {
    const refusal = without(client, error);
    if (refusal.kind === 'unknown') return null;
    throw new Error(`its log may not be read: ${refusal.reason}`);
  }
}

function call(
  apis: Apis,
  kind: Kind,
  namespace: string | null,
  page: Page,
  options: ConfigurationOptions,
): Promise<List> {
  if (kind in EVERYWHERE) return EVERYWHERE[kind as keyof typeof EVERYWHERE](apis, page, options);
  if (namespace === null) throw new Error(`${kind} is read in a namespace`);
  return IN_NAMESPACE[kind as keyof typeof IN_NAMESPACE](apis, { ...page, namespace }, options);
}

/** Of these, the server is asked for names alone: a server that cannot do so refuses, and never sends what they hold. */
const NAMES_ALONE: ReadonlySet<Kind> = new Set(['Secret', 'ConfigMap']);
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** What was applied last may stand among the metadata, with all that a secret holds. */
function nameOf({ metadata: { name, namespace } = {} }: Named): object {
  return { metadata: { name, namespace } };
}

interface Named {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

function optionsOf({ setHeaderOptions }: Client, kind: Kind, signal: AbortSignal): ConfigurationOptions {
  return withSignal(
    setHeaderOptions('Accept', NAMES_ALONE.has(kind) ? METADATA : 'application/json'),
    signal,
  );
}

function withSignal(given: ConfigurationOptions, signal: AbortSignal): ConfigurationOptions {
  const middleware = (given.middleware ?? []).map(({ pre, post }) => ({
    pre: (context: Parameters<typeof pre>[0]) => {
      context.setSignal(signal);
      return pre(context);
    },
    post,
  }));
  return { ...given, middleware };
}

/** What a refusal means; anything else is thrown on. */
function without(client: Client, error: unknown): Exclude<Listed<never>, { readonly kind: 'read' }> {
  if (!(error instanceof client.ApiException)) throw error;
  switch (error.code) {
    case 403:
      return { kind: 'refused', reason: messageIn(error) };
    case 404:
    case 406:
      return { kind: 'unknown' };
    default:
      throw new Error(`the API server answered ${error.code}: ${messageIn(error)}`);
  }
}

function messageIn({ body }: ApiException<unknown>): string {
  const status: unknown = typeof body === 'string' ? parsed(body) : body;
  const message =
    typeof status === 'object' && status !== null && 'message' in status ? status.message : status;
  return typeof message === 'string' && message !== '' ? message.slice(0, 300) : 'it gave no reason';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
