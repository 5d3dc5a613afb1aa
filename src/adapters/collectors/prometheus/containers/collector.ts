import type { Collector, Finding, ServiceView } from '../../../../evidence/collector.ts';
import { containerVitals } from '../../../../evidence/collectors/container-vitals.ts';
import type { KubernetesArguments } from '../../../../evidence/collectors/kubernetes.ts';
import { statesOf, type Told } from '../../../../evidence/facts/tell.ts';
import { exporterOf } from '../../../../evidence/instrument.ts';
import type { PrometheusCollectorOptions } from '../alert/alert-metric.ts';
import { type InstantValue, literalPattern, quoted } from '../client.ts';
import { presentOf } from '../observe.ts';
import { gaugesIn } from './gauges.ts';
import { type Asked, findingOf, look, type Measure, MOST, type Owner, owned } from './look.ts';
import { isOf, matchersOf, type Place, wholesOf } from './pods.ts';
import { kills, SIGNS, type Sign } from './signs.ts';

const KILLS = 'kills for memory';

export interface ContainerVitalsOptions extends PrometheusCollectorOptions {
  /** Where it looks for what nobody has placed. */
  readonly namespaces: readonly string[];
}

/**
 * Shows how far the containers are held back by their limits, lose packets, and are killed for memory, as cAdvisor has it. Clusters
 * without it have nothing to tell.
 */
export function createContainerVitalsCollector({
  prometheus,
  publicUrl: url = prometheus.url,
  namespaces,
}: ContainerVitalsOptions): Collector<KubernetesArguments> {
  return {
    declared: containerVitals,
    async collect(asked, { service }, signal) {
      const places = placesOf(asked, service, namespaces);
      if (places.length === 0) return [];
      const now = await presentOf(prometheus, signal);
      const question: Asked = { places, began: asked.since, now, prometheus, url, signal };
      const [cpu, ...others] = SIGNS;
      const found = await Promise.all([
        throttled(cpu, question).catch(unread(cpu.name, question)),
        ...others.map((sign) => look(measureOf(sign, places), question).catch(unread(sign.name, question))),
        killed(question).catch(unread(KILLS, question)),
      ]);
      return found.flat();
    },
  };
}

/** By cAdvisor's own counters; where there are none, by what others have made of them. */
async function throttled(cpu: Sign, asked: Asked): Promise<readonly Finding[]> {
  const counted = await look(measureOf(cpu, asked.places), asked);
  if (counted.length > 0) return counted;
  const gauges = await gaugesIn(asked);
  return (await Promise.all(gauges.map((gauge) => look(gauge, asked)))).flat();
}

/** Where the service lives, and what the alerts name there; else the namespaces that Medic watches. */
function placesOf(
  { places }: KubernetesArguments,
  service: ServiceView | null,
  namespaces: readonly string[],
): readonly Place[] {
  const registered = service?.kubernetes ?? null;
  const named = places.flatMap(({ namespace, ...rest }) =>
    namespace === null ? [] : [{ namespace, ...rest }],
  );
  if (registered !== null) {
    const { namespace, workload } = registered;
    const [kind = null, name = null] = workload?.split('/') ?? [];
    return [
      { namespace, kind, name },
      ...named.filter((place) => place.namespace === namespace && place.kind !== null),
    ];
  }
  if (places.length > 0) return named;
  return namespaces.map((namespace) => ({ namespace, kind: null, name: null }));
}

/** What cAdvisor and kube-state-metrics say of pods. */
function measureOf(sign: Sign, places: readonly Place[]): Measure {
  return {
    sign,
    all: sign.query(matchersOf(places)),
    only: (rows) => sign.query(exactly(rows)),
    ownerOf: (labels) => ownerIn(labels, places),
    witnessOf,
  };
}

function witnessOf({ job = '', instance = '' }: InstantValue['labels']): string {
  return exporterOf({ job, instance });
}

/** Kills of late; whoever counts none says nothing. */
async function killed(asked: Asked): Promise<readonly Finding[]> {
  const { places, now, prometheus, signal } = asked;
  const query = kills(matchersOf(places));
  const answer = await prometheus.query(`topk(${MOST}, ${query})`, signal, now);
  const rows = owned(answer, (labels) => ownerIn(labels, places));
  return [...Map.groupBy(rows, ({ labels }) => witnessOf(labels))].map(([witness, own]) => {
    const told = own.map(({ owner: { title, of, within }, value }): Told => {
      // An increase is extrapolated to the whole hour, and a kill is a whole one.
      const count = Math.max(1, Math.round(value));
      return {
        line: `${title}: the kernel killed in it for want of memory within the hour: ${count}`,
        facts: statesOf(of, within, { 'cadvisor.oom_kills': count }),
      };
    });
    return findingOf({ name: KILLS, query, witness, told, tracks: [] }, asked);
  });
}

/** What one question does not answer takes nothing from the others. */
function unread(name: string, asked: Asked): (error: unknown) => readonly Finding[] {
  return (error) => {
    const query = matchersOf(asked.places);
    const finding = findingOf({ name, query, witness: witnessOf({}), told: [], tracks: [] }, asked);
    return [{ ...finding, text: error instanceof Error ? error.message : String(error), failed: true }];
  };
}

/** Matchers for these pods and no others. */
function exactly(rows: readonly InstantValue[]): string {
  const either = (name: 'namespace' | 'pod') =>
    quoted([...new Set(rows.map(({ labels }) => literalPattern(labels[name] ?? '')))].join('|'));
  return `namespace=~${either('namespace')},pod=~${either('pod')}`;
}

/** A container, or a whole pod where the series are of pods. */
function ownerIn(
  { namespace = '', pod = '', container }: InstantValue['labels'],
  places: readonly Place[],
): Owner | null {
  if (pod === '' || !isOf(places, namespace, pod)) return null;
  const whole = `pod/${namespace}/${pod}` as const;
  const wholes = wholesOf(places, namespace, pod);
  return container === undefined
    ? { title: pod, of: whole, within: wholes }
    : {
        title: `${pod}/${container}`,
        of: `container/${namespace}/${pod}/${container}`,
        within: [whole, ...wholes],
      };
}
