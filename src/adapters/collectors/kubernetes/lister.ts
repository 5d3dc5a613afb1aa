import type { Kind, Objects, Of } from './objects.ts';

/** What the API answers about one kind. */
export type Listed<K extends Kind> =
  | {
      readonly kind: 'read';
      readonly items: readonly Of<K>[];
      /** Whether there are more than were read. */
      readonly cut: boolean;
    }
  /** Medic may not read it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** This server does not serve it. */
  | { readonly kind: 'unknown' };

/** Whoever lists objects: the client, or a recording. It throws where nobody answers. */
export interface Lister {
  /** @param namespace null for all, and for kinds that are in none */
  list<K extends Kind>(kind: K, namespace: string | null, signal: AbortSignal): Promise<Listed<K>>;
}

/** Whoever reads logs: the client, or a recording. It throws where nobody answers, or the log may not be read. */
export interface LogReader {
  /** The newest lines of a container, each with its time before it; null where there is no such log. */
  read(of: LogOf, signal: AbortSignal): Promise<string | null>;
}

export interface LogOf {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the container that ran before the one that runs now. */
  readonly previous: boolean;
}

export type LogLister = Pick<Lister, 'list'> & LogReader;

const IN_NAMESPACES = [
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Service',
  'Event',
  'PersistentVolumeClaim',
  'ResourceQuota',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'Ingress',
  'CronJob',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
] as const satisfies readonly Kind[];

const EVERYWHERE = [
  'Node',
  'PersistentVolume',
  'StorageClass',
  'IngressClass',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
] as const satisfies readonly Kind[];

/** Where Kubernetes keeps itself. */
const SYSTEM = 'kube-system';
const OF_THE_SYSTEM = ['Pod', 'DaemonSet', 'Lease'] as const satisfies readonly Kind[];

export interface Read {
  readonly objects: Objects;
  /** Why a kind was not read, or not whole, in sentences. */
  readonly gaps: readonly string[];
}

/** What tells of a node by the pods that it runs. */
const ON_NODES = ['Pod', 'Event'] as const satisfies readonly Kind[];

/**
 * Reads all that facts are made of, every kind at the same time; of the namespaces beside, only what shows how the nodes do. It throws
 * where nothing at all could be read.
 */
export async function readAll(
  lister: Lister,
  namespaces: readonly string[],
  signal: AbortSignal,
  beside: readonly string[] = [],
): Promise<Read> {
  const wanted: readonly (readonly [Kind, string | null])[] = [
    ...namespaces.flatMap((namespace) => IN_NAMESPACES.map((kind) => [kind, namespace] as const)),
    ...namespaces.map((namespace) => ['EndpointSlice', namespace] as const),
    ...beside.flatMap((namespace) => ON_NODES.map((kind) => [kind, namespace] as const)),
    ...EVERYWHERE.map((kind) => [kind, null] as const),
    ['Event', 'default'] as const,
    ['Lease', 'kube-node-lease'] as const,
    ...(namespaces.includes(SYSTEM) ? (['Lease'] as const) : OF_THE_SYSTEM).map(
      (kind) => [kind, SYSTEM] as const,
    ),
  ].filter(
    ([kind, place], index, all) => all.findIndex((one) => one[0] === kind && one[1] === place) === index,
  );
  const answers = await Promise.all(wanted.map(([kind, place]) => ask(lister, kind, place, signal)));
  if (answers.every(({ items }) => items === null))
    throw new Error(answers.find(({ gap }) => gap !== null)?.gap ?? 'it serves nothing that Medic reads');
  // Wherever a service selects pods there is a slice of it, unless the server keeps the older kind.
  const slices = answers.some(({ kind, items }) => kind === 'EndpointSlice' && (items ?? []).length > 0);
  const older = slices
    ? []
    : await Promise.all(namespaces.map((namespace) => ask(lister, 'Endpoints', namespace, signal)));
  return together([...answers, ...older], namespaces);
}

interface Answer {
  readonly kind: Kind;
  readonly place: string | null;
  readonly items: readonly object[] | null;
  readonly gap: string | null;
}

async function ask(
  lister: Lister,
  kind: Kind,
  namespace: string | null,
  signal: AbortSignal,
): Promise<Answer> {
  const what = namespace === null ? kind : `${kind} in ${namespace}`;
  try {
    const listed = await lister.list(kind, namespace, signal);
    switch (listed.kind) {
      case 'read':
        return {
          kind,
          place: namespace,
          items: listed.items,
          gap: listed.cut
            ? `${what}: there are more than ${listed.items.length}, and only those were read`
            : null,
        };
      case 'refused':
        return { kind, place: namespace, items: null, gap: `${what}: refused: ${listed.reason}` };
      case 'unknown':
        // An older server serves an older version, or none: its word on it is not to be had.
        return { kind, place: namespace, items: null, gap: null };
      default:
        return listed satisfies never;
    }
  } catch (error) {
    return { kind, place: namespace, items: null, gap: `${what}: ${wordsOf(error)}` };
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && !error.message.includes(cause.message)
    ? `${error.message}: ${cause.message}`
    : error.message;
}

/** Of these, one that is not in the list is said to be missing. */
const MISSED: ReadonlySet<Kind> = new Set([
  'Secret',
  'ConfigMap',
  'Service',
  'PersistentVolumeClaim',
  'ServiceAccount',
]);

/** A kind that was not read in one of the namespaces counts as not read at all: what is not in its list may well be there. */
function together(answers: readonly Answer[], namespaces: readonly string[]): Read {
  const partly = answers.filter(
    ({ kind, place, items, gap }) =>
      gap !== null && place !== null && namespaces.includes(place) && (items === null || MISSED.has(kind)),
  );
  const unread = new Set(partly.map(({ kind }) => kind));
  const objects: Record<string, object[]> = {};
  for (const { kind, items } of answers) {
    if (items === null || unread.has(kind)) continue;
    objects[kind] ??= [];
    objects[kind].push(...items);
  }
  return { objects, gaps: answers.flatMap(({ gap }) => gap ?? []) };
}
