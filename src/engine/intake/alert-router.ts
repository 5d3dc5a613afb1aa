import { performance } from 'node:perf_hooks';
import type { Alert, Subject } from '../../alerts/alert.ts';
import { subjectKey } from '../../alerts/alert.ts';
import { stormIn, subjectOf } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Dispatched, Engine } from '../engine.ts';
import type { Index } from '../store/incidents.ts';
import { createKeyedBatcher, type Keyed, type KeyedBatcher } from './keyed-batcher.ts';

/** The most alerts that one commit takes. */
const MOST_TOGETHER = 500;
/** A lane rests so long at most for a lane that has work, and for all of them; and as long as its turn took, up to so long, ms. */
const REST = { each: 1, all: 20, slow: 250 };
/** How often alerts are sorted anew because others moved what they belong to. */
const SORTINGS = 10;
/** For how long it is taken for granted that a storm goes on, milliseconds. */
const STORM_LASTS = 1_000;
/** Begins the key of the lane for what opens a storm's incident. */
const STORM = 'storm/';

export interface AlertRouterParts {
  readonly engine: Engine;
  readonly store: Index;
  readonly settings: Settings;
  readonly metrics: Metrics;
}

/** An alert on its way, with what it is about. */
interface RoutedAlert extends Keyed {
  readonly alert: Alert;
  readonly subject: Subject;
}

/** The incidents that something changed. */
type Changed = readonly string[];

/**
 * Brings alerts to their incidents and resolves with those that changed. All alerts about one subject go through one lane, so
 * that they are heard in the order in which they came and what comes together is written together: this process never races
 * itself for an incident, and a storm about one service costs few commits. Incidents have lanes as well, for a storm's takes
 * alerts about many subjects.
 */
export function createAlertRouter(parts: AlertRouterParts): (alerts: readonly Alert[]) => Promise<Changed> {
  const incidents = incidentLanes(parts.engine);
  const storm = { until: 0 };
  const subjects = createKeyedBatcher<RoutedAlert, Changed>({
    most: MOST_TOGETHER,
    rest: restAfter,
    work: (key, arrivals) => settle(parts, incidents, storm, key, arrivals),
  });
  return async (alerts) => {
    const arrivals = alerts.map((alert) => arrivalOf(alert, parts.settings));
    const lots = Map.groupBy(arrivals, ({ subject }) => subjectKey(subject));
    const changed = await Promise.all([...lots].map(([key, lot]) => subjects.add(key, lot)));
    return [...new Set(changed.flat(2))];
  };
}

/**
 * Every commit costs the same, whether it holds one alert or a hundred, and shows the incident anew. Where little is under way an alert
 * waits for nothing; the more is, the more is written together, and the longer a commit takes, the fewer of them there are.
 */
export function restAfter(busy: number, took: number): number {
  if (busy <= 1) return 0;
  return Math.max(Math.min(REST.each * busy, REST.all), Math.min(took, REST.slow));
}

function arrivalOf(alert: Alert, settings: Settings): RoutedAlert {
  const { fingerprint, status, startsAt, endsAt } = alert;
  const says = `${status} ${startsAt} ${endsAt}`;
  return { name: fingerprint, says, alert, subject: subjectOf(alert, settings) };
}

function incidentLanes(engine: Engine): KeyedBatcher<RoutedAlert, Dispatched> {
  return createKeyedBatcher({
    most: MOST_TOGETHER,
    work: (key, arrivals) =>
      key.startsWith(STORM)
        ? engine.receive(eventOf(arrivals, stormIn(key.slice(STORM.length))))
        : engine.dispatch(key, eventOf(arrivals)),
  });
}

function eventOf(arrivals: readonly RoutedAlert[], subject = arrivals[0]?.subject) {
  if (subject === undefined) throw new Error('a turn has nothing to do');
  return { type: 'alerts', subject, alerts: arrivals.map(({ alert }) => alert) } as const;
}

/** One turn of a subject's lane. What turns out to belong elsewhere is sorted anew. */
async function settle(
  parts: AlertRouterParts,
  incidents: KeyedBatcher<RoutedAlert, Dispatched>,
  storm: { until: number },
  key: string,
  arrivals: readonly RoutedAlert[],
): Promise<Changed> {
  const changed = new Set<string>();
  let left = arrivals;
  for (let sorting = 0; left.length > 0; sorting += 1) {
    if (sorting === SORTINGS) throw new Error(`${left.length} alerts about ${key} found no incident`);
    const again: RoutedAlert[] = [];
    for (const [owner, lot] of await sorted(parts, storm, key, left)) {
      const results =
        owner === null ? [await parts.engine.receive(eventOf(lot))] : await incidents.add(owner, lot);
      if (results.some(({ kind }) => kind === 'storm')) storm.until = performance.now() + STORM_LASTS;
      if (results.some(goesElsewhere)) again.push(...lot);
      const done = results.flatMap((result) => (result.kind === 'done' ? [result.incident.id] : []));
      for (const id of done) changed.add(id);
      if (done.length === 0)
        parts.metrics.alertsDeduplicated.inc({ source: lot[0]?.alert.source ?? 'unknown' }, lot.length);
    }
    left = again;
  }
  return [...changed];
}

function goesElsewhere(result: Dispatched): boolean {
  if (result.kind === 'elsewhere' || result.kind === 'storm') return true;
  // It closed while the alerts were on their way to it.
  return result.kind === 'refused' && result.incident?.phase.at === 'closed';
}

/**
 * Alerts of one subject by the lane they go to: that of the incident they are attached to, else of the one that is open about
 * their subject, else, during a storm, the storm's. Null is for alerts that may open an incident.
 */
async function sorted(
  { store }: AlertRouterParts,
  storm: { readonly until: number },
  key: string,
  arrivals: readonly RoutedAlert[],
): Promise<ReadonlyMap<string | null, RoutedAlert[]>> {
  const environment = arrivals[0]?.subject.environment ?? '';
  const [owners, [about, stormy]] = await Promise.all([
    store.attachedTo(arrivals.map(({ name }) => name)),
    store.findOpenAbout([key, subjectKey(stormIn(environment))]),
  ]);
  const isStorm = performance.now() < storm.until;
  const otherwise = about ?? (isStorm ? (stormy ?? STORM + environment) : null);
  const lots = new Map<string | null, RoutedAlert[]>();
  for (const [index, arrival] of arrivals.entries()) {
    const owner = owners[index] ?? otherwise;
    const lot = lots.get(owner);
    if (lot === undefined) lots.set(owner, [arrival]);
    else lot.push(arrival);
  }
  return lots;
}
