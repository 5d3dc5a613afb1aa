import type { Finding } from '../../../../evidence/collector.ts';
import type { ObjectId } from '../../../../evidence/facts/fact.ts';
import { LATELY, riseOf } from '../../../../evidence/facts/rise.ts';
import { statesOf, type Told, tell } from '../../../../evidence/facts/tell.ts';
import type { InstantValue, Prometheus } from '../client.ts';
import { describeSeries, formatValue, type Track } from '../expression/format.ts';
import { keyOf } from '../expression/freshness.ts';
import { thinned } from '../expression/thin.ts';
import { graphLink, observe } from '../observe.ts';
import type { Place } from './pods.ts';
import type { Sign } from './signs.ts';

/** So many containers are told of each sign, the worst first. */
export const MOST = 5;
const KEPT_POINTS = 241;
const MINUTE = 60_000;
const WINDOW = 120 * MINUTE;

export interface Asked {
  readonly places: readonly Place[];
  readonly began: number | null;
  readonly now: number;
  readonly prometheus: Prometheus;
  readonly url: string;
  readonly signal: AbortSignal;
}

type Labels = InstantValue['labels'];

/** What series are of. */
export interface Owner {
  readonly title: string;
  readonly of: ObjectId;
  readonly within: readonly ObjectId[];
}

/** One thing that is measured in some places. */
export interface Measure {
  readonly sign: Omit<Sign, 'query'>;
  /** The expression for all of them. */
  readonly all: string;
  /** The expression for these few. */
  readonly only: (rows: readonly InstantValue[]) => string;
  /** What a series is of; null for one of another place. */
  readonly ownerOf: (labels: Labels) => Owner | null;
  readonly witnessOf: (labels: Labels) => string;
}

/** A series that was found, with what it is of. */
export interface Row extends InstantValue {
  readonly owner: Owner;
}

/** The worst of late, and of those that are bad enough, their past: an item for each that measured them. */
export async function look(measure: Measure, asked: Asked): Promise<readonly Finding[]> {
  const { sign, all, only, ownerOf, witnessOf } = measure;
  const { now, prometheus, signal } = asked;
  const asking = `topk(${MOST}, max_over_time((${all})[${LATELY / MINUTE}m:1m]))`;
  const worst = owned(await prometheus.query(asking, signal, now), ownerOf);
  const bad = worst.filter(({ value }) => value >= sign.worth);
  const query = bad.length === 0 ? all : only(bad);
  const { tracks } = bad.length === 0 ? { tracks: [] } : await observe(prometheus, query, now, signal);
  const byKey = new Map(tracks.map((track) => [keyOf(track.labels), track]));
  return [...Map.groupBy(worst, ({ labels }) => witnessOf(labels))].map(([witness, rows]) =>
    findingOf(
      {
        name: sign.name,
        query,
        witness,
        told: rows.flatMap((row) => toldOf(sign, row, byKey.get(keyOf(row.labels)), asked)),
        tracks: rows.flatMap(({ labels }) => byKey.get(keyOf(labels)) ?? []),
      },
      asked,
    ),
  );
}

/** The rows that are numbers, each with what it is of. */
export function owned(rows: readonly InstantValue[], ownerOf: Measure['ownerOf']): readonly Row[] {
  return rows.flatMap((row) => {
    const owner = Number.isFinite(row.value) ? ownerOf(row.labels) : null;
    return owner === null ? [] : [{ ...row, owner }];
  });
}

function toldOf(
  sign: Measure['sign'],
  { owner: { title, of, within }, value }: Row,
  track: Track | undefined,
  { began, now }: Asked,
): readonly Told[] {
  const show = (one: number) => formatValue(one, sign.unit);
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

/** What one instrument says of one sign. */
interface Said {
  readonly name: string;
  readonly query: string;
  readonly witness: string;
  readonly told: readonly Told[];
  readonly tracks: readonly Track[];
}

export function findingOf(
  { name, query, witness, told, tracks }: Said,
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
    witness,
  };
}
