import { registered } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { Incident } from '../../incident/model/incident.ts';
import type { TimelineEntry } from '../../incident/model/timeline.ts';
import { withoutSecrets } from '../../lib/secrets.ts';
import { HostFirst, NotShown, NotYetShown, type Sink, type View } from '../../notify/sink.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Engine } from '../engine.ts';
import type { JobQueue, RetryAfter } from '../job-queue.ts';
import type { Incidents } from '../store/incidents.ts';
import type { OrderStore } from '../store/orders.ts';
import type { PendingNotifications } from '../store/outbox.ts';
import type { Heart } from '../store/snapshot.ts';

/** Only one replica brings a sink up to date with an incident at a time, or two would tell the same thing. */
export interface Mutex {
  /**
   * Runs `work` unless someone else is at it; false when someone is. `held` says whether the turn is still one's own: a process
   * that was frozen for a while may have lost it.
   */
  withLock(name: string, work: (held: () => boolean) => Promise<void>): Promise<boolean>;
}

export interface ShowParts {
  readonly engine: Engine;
  readonly store: Heart & Incidents & PendingNotifications & Pick<OrderStore, 'paused'>;
  /** Every place where incidents are told, by its name. */
  readonly sinks: ReadonlyMap<string, Sink>;
  readonly jobQueue: JobQueue;
  readonly mutex: Mutex;
  readonly settings: Settings;
  readonly redact: (text: string) => string;
  readonly metrics: Pick<Metrics, 'sinkDeliveries'>;
  readonly log: Logger;
}

/** The sink that is told of every change. */
const SLACK = 'slack';
/** How soon to look again when another replica is at the same incident. */
const TAKEN = 250;
/** A sink that throws something else than that it cannot be told is no less alive for it; milliseconds. */
const SOONEST = 250;

/** What is to be told, where, at which version; a null version stands for whatever came. */
export interface Showing {
  readonly sink: string;
  readonly incident: string;
  readonly version: number | null;
}

/**
 * Brings a sink up to date with an incident, and tells the incident what the sink confirmed: its thread, say, and the plan whose buttons
 * stand there. Until that is committed, it stays owed.
 */
export async function show(parts: ShowParts, showing: Showing): Promise<RetryAfter> {
  const sink = parts.sinks.get(showing.sink);
  // It stays owed to a sink that is not configured any more, in case it is again.
  if (sink === undefined) return null;
  let again: RetryAfter = null;
  const name = sink.name === SLACK ? showing.incident : `${sink.name}:${showing.incident}`;
  const mine = await parts.mutex.withLock(name, async (held) => {
    again = await bring(parts, sink, showing, held);
  });
  return mine ? again : TAKEN;
}

/** Shows at once what is owed, although it may wait to be tried again: what stood in the way may be gone. */
export async function showOwed({ store, jobQueue }: Pick<ShowParts, 'store' | 'jobQueue'>): Promise<void> {
  for (const [id, version] of Object.entries(await store.pendingNotifications()))
    await jobQueue.show(id, version, 1);
}

async function bring(
  parts: ShowParts,
  sink: Sink,
  { incident: id, version }: Showing,
  held: () => boolean,
): Promise<RetryAfter> {
  const { engine, store, metrics } = parts;
  const seen = await viewOf(parts, id, held);
  if (seen === null) {
    // It is forgotten, and is owed to nobody any more.
    await store.markNotified(id, null, sink.name);
    return null;
  }
  const { view, incident } = seen;
  const count = (result: string) => metrics.sinkDeliveries.inc({ sink: sink.name, result });
  try {
    const { confirmed, refreshAt } = await sink.bring(view);
    count('ok');
    for (const event of confirmed) await engine.dispatch(id, event);
    if (refreshAt !== null) await comeAgain(parts, sink, incident, Math.max(SOONEST, refreshAt - view.now));
    await store.markNotified(id, incident.version, sink.name);
    return null;
  } catch (error) {
    count(error instanceof NotYetShown ? 'waiting' : 'failed');
    if (!(error instanceof NotShown)) throw error;
    const wait = await notShown(parts, sink, incident, error);
    // What cannot be shown now is tried again by the delivery of its newest version alone.
    return version !== null && version < (await newestOwed(parts, sink, incident)) ? null : wait;
  }
}

/** Slack is owed every version; another sink only those that it must learn of. */
async function newestOwed({ store }: ShowParts, { name }: Sink, { id, version }: Incident): Promise<number> {
  return name === SLACK ? version : ((await store.pendingNotifications(name))[id] ?? 0);
}

function comeAgain({ jobQueue }: ShowParts, { name }: Sink, { id, version }: Incident, delay: number) {
  return name === SLACK ? jobQueue.show(id, version, delay) : jobQueue.bring(name, id, version, delay);
}

async function notShown(
  { jobQueue, log }: ShowParts,
  { name: sink }: Sink,
  { id: incident }: Incident,
  error: NotShown,
): Promise<number> {
  const { retryAfter } = error;
  if (error instanceof HostFirst) await jobQueue.show(error.host.id, error.host.version, 0);
  if (error instanceof NotYetShown) log.debug({ incident, sink, retryAfter }, 'a sink shows others first');
  else log.warn({ incident, sink, err: error, retryAfter }, 'a sink does not show this incident yet');
  return retryAfter;
}

/** What a sink may tell of an incident: what goes out holds no secret. Null where the incident is forgotten. */
async function viewOf(
  { store, settings, redact }: ShowParts,
  id: string,
  held: () => boolean,
): Promise<{ readonly view: View; readonly incident: Incident } | null> {
  const [incident, timeline, { now, reachableSince }, pausedBy] = await Promise.all([
    store.load(id),
    store.timeline(id),
    store.heartbeat(),
    store.paused(),
  ]);
  if (incident === null) return null;
  const host = incident.link === null ? null : await store.load(incident.link.incident);
  // What is on record holds no secret, save for the query of a picture.
  const tellable = (entry: TimelineEntry): TimelineEntry =>
    entry.happening.kind === 'charted'
      ? { ...entry, happening: withoutSecrets(entry.happening, redact) }
      : entry;
  const told = withoutSecrets({ incident, host }, redact);
  // What a registered service is called is no secret, and its people and places are found by it.
  const subject = registered(incident.subject, settings) === null ? told.incident.subject : incident.subject;
  const view: View = {
    incident: { ...told.incident, subject },
    timeline: timeline.map(tellable),
    now,
    reachableSince,
    host: told.host,
    pausedBy,
    held,
  };
  return { view, incident };
}
