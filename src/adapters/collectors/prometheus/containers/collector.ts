import type { Collector, Finding, ServiceView } from '../../../../evidence/collector.ts';
import { containerVitals } from '../../../../evidence/collectors/container-vitals.ts';
import type { KubernetesArguments } from '../../../../evidence/collectors/kubernetes.ts';
import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import { LATELY, riseOf } from '../../../../evidence/facts/rise.ts';
import { statesOf, type Told, tell } from '../../../../evidence/facts/tell.ts';
import { exporterOf } from '../../../../evidence/instrument.ts';
import type { PrometheusCollectorOptions } from '../alert/alert-metric.ts';
import { type InstantValue, literalPattern, type Prometheus, quoted } from '../client.ts';
import { describeSeries, formatValue, type Track } from '../expression/format.ts';
import { keyOf } from '../expression/freshness.ts';
import { thinned } from '../expression/thin.ts';
import { graphLink, observe, presentOf } from '../observe.ts';
import { isOf, matchersOf, type Place, wholesOf } from './pods.ts';
import { kills, SIGNS, type Sign } from './signs.ts';

/** So many containers are told of each sign, the worst first. */
const MOST = 5;
const KEPT_POINTS = 241;
const MINUTE = 60_000;
const WINDOW = 120 * MINUTE;
const KILLS = 'kills for memory';

export interface ContainerVitalsOptions extends PrometheusCollectorOptions {
  /** Where it looks for what nobody has placed. */
  readonly namespaces: readonly string[];
}

interface Asked {
  readonly places: readonly Place[];
  readonly began: number | null;
  readonly now: number;
  readonly prometheus: Prometheus;
  readonly url: string;
  readonly signal: AbortSignal;
}

/** What one exporter says of one sign. */
interface Said {
  readonly by: { readonly job?: string | undefined; readonly instance?: string | undefined };
  readonly told: readonly Told[];
  readonly tracks: readonly Track[];
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
      const found = await Promise.all([
        ...SIGNS.map((sign) => look(sign, question).catch(unread(sign.name, question))),
        killed(question).catch(unread(KILLS, question)),
      ]);
      return found.flat();
    },
  };
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

/** The worst of late, and of those that are bad enough, their past. */
async function look(sign: Sign, asked: Asked): Promise<readonly Finding[]> {
  const { places, now, prometheus, signal } = asked;
  const all = sign.query(matchersOf(places));
  const worst = mine(
    await prometheus.query(`topk(${MOST}, max_over_time((${all})[${LATELY / MINUTE}m:1m]))`, signal, now),
    places,
  );
  const bad = worst.filter(({ value }) => value >= sign.worth);
  const query = bad.length === 0 ? all : sign.query(exactly(bad));
  const { tracks } = bad.length === 0 ? { tracks: [] } : await observe(prometheus, query, now, signal);
  const byKey = new Map(tracks.map((track) => [keyOf(track.labels), track]));
  const exporters = Map.groupBy(worst, ({ labels: { job, instance } }) => JSON.stringify([job, instance]));
  return [...exporters.values()].map((rows) => {
    const shown = rows.flatMap(({ labels }) => byKey.get(keyOf(labels)) ?? []);
    const told = rows.flatMap((row) => toldOf(sign, row, byKey.get(keyOf(row.labels)), asked));
    return findingOf(sign.name, query, { by: rows[0]?.labels ?? {}, told, tracks: shown }, asked);
  });
}

function toldOf(
  sign: Sign,
  { labels, value }: InstantValue,
  track: Track | undefined,
  { places, began, now }: Asked,
): readonly Told[] {
  const show = (one: number) => formatValue(one, sign.unit);
  const { title, of, within } = containerIn(labels, places);
  const rise = track === undefined ? null : riseOf(track.points, began, now);
  if (track === undefined || rise === null) {
    const line = `${title}: ${sign.name}, at most ${show(value)} within ${LATELY / MINUTE} minutes`;
    return [{ line, facts: statesOf(of, within, { [sign.fact]: value }) }];
  }
  const { peak, before, at } = rise;
  const earlier = before === null ? 'nothing known before' : `mostly under ${show(before)} before`;
  const line = `${title}: ${sign.name}, at most ${show(peak)} lately, ${earlier}`;
  const values = { [sign.fact]: peak, [sign.before]: before };
  return [
    { line, facts: statesOf(of, within, values, at) },
    ...describeSeries(track, sign.unit, began).map((more) => ({ line: `  ${more}`, facts: [] })),
  ];
}

/** Kills of late; whoever counts none says nothing. */
async function killed(asked: Asked): Promise<readonly Finding[]> {
  const { places, now, prometheus, signal } = asked;
  const query = kills(matchersOf(places));
  const rows = mine(await prometheus.query(`topk(${MOST}, ${query})`, signal, now), places);
  const exporters = Map.groupBy(rows, ({ labels: { job, instance } }) => JSON.stringify([job, instance]));
  return [...exporters.values()].map((own) => {
    const told = own.map(({ labels, value }): Told => {
      const { title, of, within } = containerIn(labels, places);
      // An increase is extrapolated to the whole hour, and a kill is a whole one.
      const count = Math.max(1, Math.round(value));
      const facts = statesOf(of, within, { 'cadvisor.oom_kills': count });
      return {
        line: `${title}: the kernel killed in it for want of memory within the hour: ${count}`,
        facts,
      };
    });
    return findingOf(KILLS, query, { by: own[0]?.labels ?? {}, told, tracks: [] }, asked);
  });
}

/** What one question does not answer takes nothing from the others. */
function unread(name: string, asked: Asked): (error: unknown) => readonly Finding[] {
  return (error) => {
    const finding = findingOf(name, matchersOf(asked.places), { by: {}, told: [], tracks: [] }, asked);
    return [{ ...finding, text: error instanceof Error ? error.message : String(error), failed: true }];
  };
}

function findingOf(
  name: string,
  query: string,
  { by, told, tracks }: Said,
  { places, now, url }: Asked,
): Finding {
  const where = [...new Set(places.map(({ namespace }) => namespace))].join(', ');
  const window = { from: now - WINDOW, to: now };
  return {
    kind: 'metric',
    title: `Containers in ${where}: ${name}`,
    source: 'prometheus',
    query,
    window,
    observedAt: now,
    ...tell(told, now),
    data:
      tracks.length === 0
        ? null
        : {
            type: 'series',
            series: tracks.map(({ labels, points }) => ({ labels, points: thinned(points, KEPT_POINTS) })),
          },
    link: graphLink(url, query, window),
    witness: exporterOf({ job: by.job ?? '', instance: by.instance ?? '' }),
  };
}

function mine(rows: readonly InstantValue[], places: readonly Place[]): readonly InstantValue[] {
  return rows.filter(
    ({ labels: { namespace = '', pod = '' }, value }) =>
      Number.isFinite(value) && pod !== '' && isOf(places, namespace, pod),
  );
}

/** Matchers for these pods and no others. */
function exactly(rows: readonly InstantValue[]): string {
  const either = (name: 'namespace' | 'pod') =>
    quoted([...new Set(rows.map(({ labels }) => literalPattern(labels[name] ?? '')))].join('|'));
  return `namespace=~${either('namespace')},pod=~${either('pod')}`;
}

/** A container, or a whole pod where the series are of pods. */
function containerIn(
  { namespace = '', pod = '', container }: InstantValue['labels'],
  places: readonly Place[],
): { readonly title: string; readonly of: ObjectId; readonly within: readonly ObjectId[] } {
  const whole: ObjectId = `pod/${namespace}/${pod}`;
  const wholes = wholesOf(places, namespace, pod);
  return container === undefined
    ? { title: pod, of: whole, within: wholes }
    : {
        title: `${pod}/${container}`,
        of: `container/${namespace}/${pod}/${container}`,
        within: [whole, ...wholes],
      };
}
