import { type Chart, chartAgain, emptyChart, isAbout, type MetricReader } from '../../evidence/chart.ts';
import type { Series } from '../../evidence/evidence.ts';
import { marksOf } from '../../incident/evidence/chart.ts';
import type { Incident } from '../../incident/model/incident.ts';
import type { RetryAfter } from '../job-queue.ts';
import type { PerformParts } from './perform.ts';

/** How long a sample from after the end is waited for, and how often it is asked for; milliseconds. */
const PATIENCE = 30_000;
const AGAIN = 2_000;
/** How long Prometheus may take to answer; milliseconds. */
const TIMEOUT = 5_000;
/** How much of the time after the end a picture shows at least; milliseconds. */
const AFTER = 5_000;

/**
 * Reads the alert's metric again once all is well, for a picture of how it came out. Where no metric is known, or none can be
 * read, nothing is told.
 */
export async function chartRecovery(
  parts: PerformParts,
  incident: Incident,
  owed: string,
): Promise<RetryAfter> {
  const { store, engine, world, signal } = parts;
  const [before, { now }] = await Promise.all([earlier(parts, incident), store.heartbeat()]);
  const { closed } = incident.milestones;
  if (before === null || world.metricReader === null || closed === null) {
    await store.ack(owed);
    return null;
  }
  // Where nobody was there to read it at once, the picture is still of the end, and not of all the time since.
  const to = Math.min(now, closed + PATIENCE);
  const window = { from: before.window.from, to };
  const series = await read(world.metricReader, before.query, window, signal);
  if (signal.aborted) return null;
  if (!reaches(series, closed + AFTER) && now < closed + PATIENCE) return AGAIN;
  const link = world.metricReader.link(before.query, window);
  const chart = chartAgain(before, series, to, { marks: marksOf(incident), link });
  await engine.dispatch(incident.id, { type: 'charted', chart }, { answers: owed });
  return null;
}

/**
 * The last picture that went with the diagnosis, where it is of an alert that the last evidence is about; where there was nothing to draw
 * of that yet, what it would have been about. A new kind of alert may have joined since the older one was drawn.
 */
async function earlier({ store }: PerformParts, { id, round, alerts }: Incident): Promise<Chart | null> {
  const drawn = (await store.timeline(id)).flatMap(({ happening }) =>
    happening.kind === 'charted' && happening.moment === 'diagnosis' ? [happening.chart] : [],
  );
  const all = Object.values(alerts).map(({ alert }) => alert);
  const evidence = await store.loadEvidence(id, round);
  const current = drawn.findLast((chart) => isAbout(chart, evidence, all));
  return current ?? emptyChart(evidence, all) ?? drawn.at(-1) ?? null;
}

/** Nothing where Prometheus gives no answer: it may the next time. */
async function read(
  metricReader: MetricReader,
  query: string,
  window: { readonly from: number; readonly to: number },
  stopping: AbortSignal,
): Promise<readonly Series[]> {
  const limit = AbortSignal.timeout(TIMEOUT);
  return metricReader.read(query, window, AbortSignal.any([stopping, limit])).catch(() => []);
}

function reaches(series: readonly Series[], moment: number): boolean {
  return series.some(({ points }) => (points.at(-1)?.[0] ?? 0) >= moment);
}
