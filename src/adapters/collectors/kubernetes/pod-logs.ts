import type { Collector, Finding, Present, ServiceView } from '../../../evidence/collector.ts';
import type { KubernetesArguments } from '../../../evidence/collectors/kubernetes.ts';
import { podLogs } from '../../../evidence/collectors/pod-logs.ts';
import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { serviceId } from '../../../evidence/facts/objects.ts';
import type { Recognise } from '../../../evidence/facts/signatures.ts';
import { type Writer, writerOf } from '../../../evidence/logs/facts.ts';
import { BEFORE, findingsOf, linesSince, withoutBaseline } from '../../../evidence/logs/telling.ts';
import type { TimedLine } from '../../../evidence/logs/times.ts';
import { tellUsual } from '../../../evidence/logs/usual.ts';
import { ownWord } from '../places.ts';
import { namespacesOf, placesOf, type Reading } from './collector.ts';
import { type Cluster, clusterOf, isIll } from './facts/cluster.ts';
import { idOf, nameOf } from './facts/read.ts';
import type { LogLister, LogOf, LogReader } from './lister.ts';
import type { Objects, Pod } from './objects.ts';
import { subjectsIn } from './subject.ts';

/** Of a workload the pods that tell most are read; of all of them together no more than `ALL`. */
const PODS = 3;
const ALL = 24;
/** A line that is longer says no more. */
const LONGEST = 2_000;

/** Reads the ends of the logs of pods: of those that the incident is about, and of one of each neighbour. Without a lister there are none. */
export function createPodLogCollector(
  lister: LogLister | null,
  reading: Reading & { readonly recognise: Recognise },
): Collector<KubernetesArguments> {
  return {
    declared: podLogs,
    collect: async (asked, present, signal) =>
      lister === null ? [] : readLogs(lister, asked, present, signal, reading),
  };
}

async function readLogs(
  lister: LogLister,
  asked: KubernetesArguments,
  { service, now }: Present,
  signal: AbortSignal,
  { namespaces, timeout, recognise }: Reading & { readonly recognise: Recognise },
): Promise<readonly Finding[]> {
  const places = placesOf(asked, service);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const objects = await podsIn(lister, namespacesOf(places, namespaces), limited);
  const symptom = asked.since === null ? now : Math.min(asked.since, now);
  const cluster = clusterOf(objects, now, symptom);
  const subjects = subjectsIn(objects, places, asked.about);
  const chosen = workloadsToRead(cluster, subjects);
  const read = await Promise.all(
    chosen.map(async ({ workload, pods }) => ({ workload, logs: await logsOf(lister, pods, limited) })),
  );
  const told = read.flatMap(({ workload, logs }) =>
    tellLogs(logs.lines, {
      ...{ workload, recognise, now, from: symptom - BEFORE, isSubject: subjects.has(workload) },
      ...authorOf(workload, service, cluster),
    }),
  );
  return [
    ...told,
    ...unread(
      read.flatMap(({ logs }) => logs.gaps),
      now,
    ),
  ];
}

/** However many logs could not be read, that is one thing that Medic does not know. */
function unread(gaps: readonly string[], now: number): readonly Finding[] {
  if (gaps.length === 0) return [];
  return [
    {
      kind: 'log',
      title: 'Logs of pods that could not be read',
      source: 'kubernetes',
      query: 'logs of pods',
      window: null,
      observedAt: now,
      text: gaps
        .slice(0, 20)
        .map((gap) => gap.slice(0, 300))
        .join('\n'),
      data: null,
      link: null,
      witness: 'kubernetes apiserver/logs',
      failed: true,
    },
  ];
}

async function podsIn(
  lister: LogLister,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<Objects> {
  const lists = namespaces.flatMap((namespace) =>
    (['Pod', 'ReplicaSet'] as const).map(async (kind) => {
      const listed = await lister.list(kind, namespace, signal);
      if (listed.kind === 'refused') throw new Error(`${kind} in ${namespace}: refused: ${listed.reason}`);
      return { kind, items: listed.kind === 'read' ? listed.items : [] };
    }),
  );
  const read = await Promise.all(lists);
  const all = (wanted: 'Pod' | 'ReplicaSet') =>
    read.flatMap(({ kind, items }): readonly object[] => (kind === wanted ? items : []));
  return { Pod: all('Pod'), ReplicaSet: all('ReplicaSet') };
}

interface ToRead {
  readonly workload: ObjectId;
  readonly pods: readonly Pod[];
}

/** What it is about comes first, then what is ill; a neighbour that is well shows one pod, for it may have written why others are not. */
function workloadsToRead(cluster: Cluster, subjects: ReadonlySet<ObjectId>): readonly ToRead[] {
  const byWorkload = [...Map.groupBy(cluster.pods.filter(hasRun), cluster.ownerOf)];
  const weighed = byWorkload.map(([workload, pods]) => {
    const ill = pods.filter((pod) => isIll(pod, cluster));
    const matters = subjects.has(workload) || ill.length > 0;
    const ranked = [...ill, ...pods.filter((pod) => !ill.includes(pod))];
    const rank = subjects.has(workload) ? 0 : ill.length > 0 ? 1 : 2;
    return { workload, rank, pods: ranked.slice(0, matters ? PODS : 1) };
  });
  let room = ALL;
  return weighed
    .toSorted((a, b) => a.rank - b.rank || (a.workload < b.workload ? -1 : 1))
    .flatMap(({ workload, pods }) => {
      const kept = pods.slice(0, room);
      room -= kept.length;
      return kept.length === 0 ? [] : [{ workload, pods: kept }];
    });
}

/** A pod that was never placed on a node has no log. */
function hasRun({ status }: Pod): boolean {
  return (status?.containerStatuses ?? []).some(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
}

interface Read {
  readonly lines: readonly TimedLine[];
  /** Why a log was not read. */
  readonly gaps: readonly string[];
}

async function logsOf(reader: LogReader, pods: readonly Pod[], signal: AbortSignal): Promise<Read> {
  const read = await Promise.all(
    pods.flatMap((pod) =>
      containersToRead(pod).map(async (of): Promise<Read> => {
        try {
          return { lines: timed(await reader.read(of, signal)), gaps: [] };
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          return { lines: [], gaps: [`${of.pod}, container ${of.container}: ${why}`] };
        }
      }),
    ),
  );
  const lines = read.flatMap((one) => one.lines);
  return {
    lines: lines.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0)),
    gaps: read.flatMap(({ gaps }) => gaps),
  };
}

/**
 * Of a container that waits to be started again, the log is that of its last run. Of one that runs again, the last words of the run
 * before are read too.
 */
function containersToRead(pod: Pod): readonly LogOf[] {
  const { namespace = '' } = pod.metadata ?? {};
  return (pod.status?.containerStatuses ?? []).flatMap(
    ({ name = '', restartCount = 0, state, lastState }) => {
      const of = { namespace, pod: nameOf(pod.metadata), container: name };
      const waits = state?.waiting !== undefined;
      if (waits && lastState?.terminated === undefined) return [];
      return [
        ...(waits || restartCount === 0 ? [] : [{ ...of, previous: true }]),
        { ...of, previous: false },
      ];
    },
  );
}

/** The API puts the time of writing before each line: whatever time the line itself tells is the word of the service. */
function timed(text: string | null): readonly TimedLine[] {
  return (text ?? '').split('\n').flatMap((line) => {
    const space = line.indexOf(' ');
    const at = Date.parse(line.slice(0, space));
    if (Number.isNaN(at)) return [];
    return [
      {
        at,
        line: line
          .slice(space + 1)
          .slice(0, LONGEST)
          .toWellFormed(),
      },
    ];
  });
}

/** Whose word it is: the registered service's own, or a workload's that nobody has registered. */
function authorOf(
  workload: ObjectId,
  service: ServiceView | null,
  { podsOf, aroundPod }: Cluster,
): { readonly witness: string; readonly writer: Writer } {
  const around = podsOf(workload).flatMap((pod) => [idOf('pod', pod.metadata), ...aroundPod(pod)]);
  const within = [...new Set([workload, ...around])];
  const [, ...path] = workload.split('/');
  if (service !== null && isOf(service, workload)) {
    const writer = writerOf(service, '');
    return { witness: ownWord(service), writer: { ...writer, within } };
  }
  const of = serviceId(path.join('/'));
  return { witness: `workload/${path.join('/')}`, writer: { of, within, databases: [] } };
}

function isOf({ kubernetes }: ServiceView, workload: ObjectId): boolean {
  if (kubernetes?.workload === undefined) return false;
  const [kind, name] = kubernetes.workload.split('/');
  return workload === `${kind}/${kubernetes.namespace}/${name}`;
}

interface Told {
  readonly workload: ObjectId;
  readonly recognise: Recognise;
  readonly now: number;
  /** Since when lines are evidence; epoch milliseconds. */
  readonly from: number;
  readonly isSubject: boolean;
  readonly witness: string;
  readonly writer: Writer;
}

function tellLogs(
  lines: readonly TimedLine[],
  { workload, recognise, now, from, isSubject, witness, writer }: Told,
): readonly Finding[] {
  const item = {
    kind: 'log',
    title: `Log of ${workload}`,
    source: 'kubernetes',
    query: `logs of the pods of ${workload}`,
    observedAt: now,
    witness,
  } as const;
  if (lines.length === 0) return [];
  const told = tellUsual(lines, from, now, recognise);
  // Of what is well and none of the incident's business, only what means something is worth reading.
  if (!isSubject && told.fresh.every(({ signatures }) => signatures.length === 0)) return [];
  const found = findingsOf(told, item, {
    window: { from, to: now },
    headline:
      told.lines === 0 ? 'nothing in it is from since shortly before the alert' : linesSince(told, from),
    remarks: withoutBaseline(told),
    facts: {},
    writer,
  });
  return isSubject ? found : found.slice(0, 1);
}
