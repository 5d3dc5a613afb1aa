import type { Collector, Finding, Present, ServiceView } from '../../../evidence/collector.ts';
import { type KubernetesArguments, kubernetes } from '../../../evidence/collectors/kubernetes.ts';
import { statementsOf } from './facts/all.ts';
import { findingsOf } from './findings.ts';
import { type Lister, readAll } from './lister.ts';
import { type Place, subjectsIn } from './subject.ts';

export interface Reading {
  /** Where it looks for what nobody has placed. */
  readonly namespaces: readonly string[];
  /** How long all lists may take together, milliseconds. */
  readonly timeout: number;
}

/** More namespaces than these at once are too many to read. */
const MOST = 4;

/** Reads the objects of Kubernetes around a service. Without a lister, there is no Kubernetes, and it has nothing to tell. */
export function createKubernetesCollector(
  lister: Lister | null,
  reading: Reading,
): Collector<KubernetesArguments> {
  return {
    declared: kubernetes,
    collect: async (asked, present, signal) =>
      lister === null ? [] : collectFrom(lister, asked, present, signal, reading),
  };
}

/** What the objects around a subject say: those of its namespace, the nodes, and the parts of Kubernetes itself. */
export async function collectFrom(
  lister: Lister,
  asked: KubernetesArguments,
  { service, now }: Present,
  signal: AbortSignal,
  { namespaces, timeout }: Reading,
): Promise<readonly Finding[]> {
  const places = placesOf(asked, service);
  const read = namespacesOf(places, namespaces);
  const { objects, gaps } = await readAll(
    lister,
    read,
    AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    // Of a node alone nobody says whose pods it runs: those that Medic watches show how it does.
    read.length === 0 ? namespaces.slice(0, MOST) : [],
  );
  const where = read.length === 0 ? 'the nodes' : `${read.join(', ')} and the nodes`;
  const shown = { now, source: 'kubernetes', query: `GET the objects of ${where}` };
  const statements = statementsOf(objects, {
    now,
    symptom: asked.since === null ? null : Math.min(asked.since, now),
    namespaces: read.length === 0 ? [] : read,
  });
  const subjects = subjectsIn(objects, places, asked.about);
  return [...findingsOf(statements, { ...shown, subjects }), ...unread(gaps, shown)];
}

/** The namespaces that are read: those that are named, or else those where Medic looks for what nobody has placed. */
export function namespacesOf(places: readonly Place[], namespaces: readonly string[]): readonly string[] {
  const named = [...new Set(places.flatMap(({ namespace }) => namespace ?? []))];
  const read = named.length > 0 ? named : places.some(({ kind }) => kind === 'node') ? [] : namespaces;
  return read.slice(0, MOST);
}

export function placesOf({ places }: KubernetesArguments, service: ServiceView | null): readonly Place[] {
  const registered = service?.kubernetes ?? null;
  if (registered === null) return places;
  const { namespace, workload } = registered;
  const [kind = null, name = null] = workload?.split('/') ?? [];
  // A service lives where its entry says: no label of an alert leads elsewhere.
  const own = places.filter((place) => place.namespace === null || place.namespace === namespace);
  return [{ namespace, kind, name }, ...own];
}

function unread(
  gaps: readonly string[],
  { now, source, query }: { readonly now: number; readonly source: string; readonly query: string },
): readonly Finding[] {
  if (gaps.length === 0) return [];
  return [
    {
      kind: 'state',
      title: 'What Kubernetes did not let Medic read',
      source,
      query,
      window: null,
      observedAt: now,
      text: gaps
        .slice(0, 40)
        .map((gap) => gap.slice(0, 300))
        .join('\n'),
      data: null,
      link: null,
      witness: 'kubernetes apiserver/rights',
      failed: true,
    },
  ];
}
