import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import { instrumentOf } from '../../../../evidence/instrument.ts';
import { selector } from '../client.ts';
import type { Asked, Measure, Owner } from './look.ts';
import { inNamespaces, isOf, type Place, wholesOf } from './pods.ts';
import { THROTTLED } from './signs.ts';

/**
 * Names of gauges that say how far CPU limits hold back, whoever computes them: where cAdvisor's own counters are not kept, recording rules
 * are, under names of their authors' choice.
 */
const NAMED = '.*(?:cpu.*throttl|throttl.*cpu|cpu_cfs).*';
/** Counters and settings have such names too. */
const OTHERS = '.*(?:_total|_count|_sum|_bucket|_created|quota|periods?|limits?)';
const MOST_NAMES = 3;
/** One high sample is none: it is a mean over this. */
const MEAN = '1m';

/** Labels that say of what a gauge is, the most telling first. */
const OWNERS = ['pod', 'deployment', 'statefulset', 'daemonset', 'workload', 'service'] as const;

/** What such gauges say of these places, each name for itself. */
export async function gaugesIn({ places, prometheus, signal, now }: Asked): Promise<readonly Measure[]> {
  const series = `{__name__=~"${NAMED}",__name__!~"${OTHERS}",${inNamespaces(places)}}`;
  const names = await prometheus.query(`count by (__name__) (${series})`, signal, now);
  return names
    .flatMap(({ labels: { __name__: name } }) => name ?? [])
    .toSorted()
    .slice(0, MOST_NAMES)
    .map((name) => measureOf(name, places));
}

function measureOf(metric: string, places: readonly Place[]): Measure {
  const mean = (series: string) => `avg_over_time(${series}[${MEAN}])`;
  return {
    sign: THROTTLED,
    all: mean(`${metric}{${inNamespaces(places)}}`),
    only: (rows) => rows.map(({ labels }) => mean(selector(labels, metric))).join(' or '),
    ownerOf: (labels) => ownerIn(labels, places),
    witnessOf: (labels) => instrumentOf(metric, labels, null),
  };
}

function ownerIn(labels: Readonly<Record<string, string>>, places: readonly Place[]): Owner | null {
  const { namespace = '' } = labels;
  const label = OWNERS.find((name) => labels[name]);
  const name = label === undefined ? undefined : labels[label];
  if (label === undefined || name === undefined) return null;
  const isPod = label === 'pod';
  const here = places.filter((place) => place.namespace === namespace);
  if (isPod ? !isOf(here, namespace, name) : !here.some((place) => isNamed(place, name))) return null;
  const kind = label === 'workload' ? (labels.workload_type ?? 'deployment').toLowerCase() : label;
  const of: ObjectId = `${kind}/${namespace}/${name}`;
  return { title: name, of, within: isPod ? wholesOf(places, namespace, name) : [`namespace/${namespace}`] };
}

/** Whether something has the name that a place says: a service and its workload mostly share theirs. */
function isNamed(place: Place, name: string): boolean {
  return place.kind === null || place.name === null || place.name === name;
}
