import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';
import { currentPlan } from '../incident/phases.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import { registered } from '../intake/subject.ts';
import { withoutSecrets } from '../lib/secrets.ts';
import type { Logger } from '../observability/logger.ts';
import type { Again, Carrier } from './carrier.ts';
import type { Engine } from './engine.ts';
import { type HostThread, type Notifier, NotShown, NotYetShown } from './notifier.ts';
import type { Present, Store } from './store.ts';

/** Only one replica draws an incident at a time, or two would post the same thing. */
export interface Turns {
  /**
   * Runs `work` unless someone else is at it; false when someone is. `held` says whether the turn is still one's own: a process
   * that was frozen for a while may have lost it.
   */
  exclusively(name: string, work: (held: () => boolean) => Promise<void>): Promise<boolean>;
}

export interface ShowParts {
  readonly engine: Engine;
  readonly store: Store;
  readonly notifier: Notifier;
  readonly carrier: Carrier;
  readonly turns: Turns;
  readonly settings: Settings;
  readonly redact: (text: string) => string;
  readonly log: Logger;
}

/** How soon to look whether the thread has been opened that an incident is to be told in. */
const HOST_FIRST = 500;
/** An incident whose host cannot be shown for this long, though people can be reached, is shown by itself; milliseconds. */
const ALONE_AFTER = 120_000;
/** How soon to look again when another replica is drawing the same incident. */
const TAKEN = 250;

/**
 * Brings the chat up to date with an incident, and tells the incident what people can now see: its thread, and the plan whose
 * buttons stand there. Until that is committed, the projection stays owed.
 */
export async function show(parts: ShowParts, id: string, version: number | null): Promise<Again> {
  let again: Again = null;
  const mine = await parts.turns.exclusively(id, async (held) => {
    again = await project(parts, id, version, held);
  });
  return mine ? again : TAKEN;
}

/** Shows at once what is owed, although it may wait to be tried again: what stood in the way may be gone. */
export async function showOwed({ store, carrier }: Pick<ShowParts, 'store' | 'carrier'>): Promise<void> {
  for (const [id, version] of Object.entries(await store.unshown())) await carrier.show(id, version, 1);
}

async function project(
  parts: ShowParts,
  id: string,
  version: number | null,
  held: () => boolean,
): Promise<Again> {
  const { engine, store, notifier, carrier, settings, redact, log } = parts;
  const [incident, timeline, present] = await Promise.all([
    store.load(id),
    store.timeline(id),
    store.clock(),
  ]);
  if (incident === null) {
    // It is forgotten, and is owed to nobody any more.
    await store.markShown(id, null);
    return null;
  }
  // What cannot be shown now is tried again by the delivery of its newest version alone.
  const later = (wait: number): Again => (version !== null && version < incident.version ? null : wait);
  const host = await hostOf(store, incident, present);
  if (host.kind === 'not-yet') {
    await carrier.show(host.incident.id, host.incident.version, 0);
    return later(HOST_FIRST);
  }
  const { now } = present;
  // What is on record holds no secret, save for the query of a picture.
  const tellable = (entry: TimelineEntry): TimelineEntry =>
    entry.happening.kind === 'charted'
      ? { ...entry, happening: withoutSecrets(entry.happening, redact) }
      : entry;
  try {
    const told = withoutSecrets({ incident, thread: host.thread }, redact);
    // What a registered service is called is no secret, and its people and places are found by it.
    const subject =
      registered(incident.subject, settings) === null ? told.incident.subject : incident.subject;
    const whole = { ...told.incident, subject };
    const shown = await notifier.project(whole, timeline.map(tellable), now, told.thread, held);
    await engine.dispatch(id, { type: 'thread-opened', ...shown.thread });
    if (shown.plan !== null) {
      const diff = currentPlan(incident)?.diff?.hash ?? null;
      await engine.dispatch(id, { type: 'plan-shown', plan: shown.plan, diff });
    }
    if (shown.refreshAt !== null)
      await carrier.show(id, incident.version, Math.max(250, shown.refreshAt - now));
    await store.markShown(id, incident.version);
    return null;
  } catch (error) {
    if (!(error instanceof NotShown)) throw error;
    const { retryAfter } = error;
    if (error instanceof NotYetShown) log.debug({ incident: id, retryAfter }, 'the chat shows others first');
    else log.warn({ incident: id, err: error, retryAfter }, 'the chat does not show this incident yet');
    return later(retryAfter);
  }
}

type Host =
  | { readonly kind: 'known'; readonly thread: HostThread | null }
  | { readonly kind: 'not-yet'; readonly incident: Incident };

/** The thread of the incident that this one is linked to, which is opened first. */
async function hostOf(store: Store, { link }: Incident, { now, reachableSince }: Present): Promise<Host> {
  const host = link === null ? null : await store.load(link.incident);
  if (host === null) return { kind: 'known', thread: null };
  if (host.thread === null) {
    const alone = now - Math.max(host.milestones.opened, reachableSince) > ALONE_AFTER;
    return alone ? { kind: 'known', thread: null } : { kind: 'not-yet', incident: host };
  }
  const { subject, milestones, relapsed, thread } = host;
  return {
    kind: 'known',
    thread: { incident: host.id, subject: subject.name, closed: milestones.closed, relapsed, ...thread },
  };
}
