import { setTimeout as pause } from 'node:timers/promises';
import { subjectKey } from '../alerts/alert.ts';
import type { Settings } from '../config/settings.ts';
import type { Library } from '../diagnosis/faults/library.ts';
import { opens } from '../incident/alerts/open.ts';
import type { Blocker } from '../incident/model/blocker.ts';
import { sinksOf } from '../incident/model/call.ts';
import type { Refusal, Step } from '../incident/model/draft.ts';
import type { IncidentEvent } from '../incident/model/event.ts';
import type { Incident } from '../incident/model/incident.ts';
import type { StepContext } from '../incident/model/step-context.ts';
import { noteRefusal, step } from '../incident/step.ts';
import type { Text } from '../lib/text/text.ts';
import type { Logger } from '../observability/logger.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import { claimOf, releaseOf, strikesOf } from './effects/claim.ts';
import { loadContext } from './effects/load-context.ts';
import type { JobQueue } from './job-queue.ts';
import type { Incidents, Index, Past } from './store/incidents.ts';
import type { Outbox } from './store/outbox.ts';
import type { Heart, Snapshot } from './store/snapshot.ts';
import type { Commits, Committed, OpeningLimit } from './store/store.ts';

/** How often a lost race is run again before it is given up as something worse. */
const TRIES = 50;
/** How long a committed change waits until the job queue has taken what it owes, milliseconds. */
const CARRIER_PATIENCE = 1_000;

/** What became of an event. `incident` is the state that everyone sees now. */
export type Dispatched =
  | { readonly kind: 'done'; readonly incident: Incident }
  | {
      readonly kind: 'refused';
      readonly reason: Text;
      /** What is wrong with single values that were given, by parameter. */
      readonly fields?: Readonly<Record<string, string>>;
      readonly incident: Incident | null;
    }
  | { readonly kind: 'obstructed'; readonly obstacle: Blocker; readonly incident: Incident }
  /** It was handled before, here or elsewhere. */
  | { readonly kind: 'repeated'; readonly incident: Incident | null }
  /** Nothing was written: an alert belongs to another incident by now, or too many incidents were opened lately. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'storm' };

export interface Delivery {
  /** The effect that this event answers. */
  readonly answers?: string;
  /** The name of the webhook, click or command that brought it. */
  readonly once?: string;
}

/** The only code that changes an incident: load, step, commit, and hand on what the commit owes. */
export interface Engine {
  /** An event for a known incident. */
  dispatch(incident: string, event: IncidentEvent, delivery?: Delivery): Promise<Dispatched>;
  /** An event about a subject: for the incident that is open about it, or for a new one. */
  receive(event: IncidentEvent, delivery?: Delivery): Promise<Dispatched>;
}

export interface EngineParts {
  readonly store: Heart & Incidents & Index & Past & Commits & Outbox;
  readonly jobQueue: JobQueue;
  readonly settings: Settings;
  readonly policyDigest: string;
  readonly catalog: () => Catalog;
  readonly library: Library;
  /** Whether a model can be asked, be it by another process. */
  readonly model: () => Promise<boolean>;
  readonly redact: (text: string) => string;
  readonly log: Logger;
  /** Told of every committed change. */
  readonly observe: (before: Incident | null, after: Incident, event: IncidentEvent) => void;
}

export function createEngine(parts: EngineParts): Engine {
  return {
    dispatch: (incident, event, delivery = {}) => run(parts, async () => incident, event, delivery, 'refuse'),
    receive(event, delivery = {}) {
      if (!opens(event)) throw new Error(`${event.type} is about an incident, not a subject`);
      const find = () => parts.store.findOpen(subjectKey(event.subject));
      return run(parts, find, event, delivery, 'look-again');
    },
  };
}

/** Runs one event to its end. A lost race loads and steps again: the version check alone decides who was first. */
async function run(
  parts: EngineParts,
  find: () => Promise<string | null>,
  event: IncidentEvent,
  delivery: Delivery,
  onClosed: OnClosed,
): Promise<Dispatched> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const done = await tryOnce(parts, await find(), event, delivery, onClosed);
    if (done !== null) return done;
    await pause(Math.random() * Math.min(2 ** attempt, 50));
  }
  throw new Error(`lost the race for an incident ${TRIES} times in a row with a ${event.type} event`);
}

/** What to do about an incident that is found closed: only what is about its subject may look for another one. */
type OnClosed = 'refuse' | 'look-again';

async function tryOnce(
  parts: EngineParts,
  id: string | null,
  event: IncidentEvent,
  delivery: Delivery,
  onClosed: OnClosed,
): Promise<Dispatched | null> {
  const [before, clock, model, last] = await Promise.all([
    id === null ? null : parts.store.load(id),
    parts.store.heartbeat(),
    parts.model(),
    event.type === 'claimed' ? parts.store.lastFence() : null,
  ]);
  if (
    onClosed === 'look-again' &&
    before !== null &&
    opens(event) &&
    subjectKey(before.subject) !== subjectKey(event.subject)
  )
    throw new Error(`the index of open incidents names ${before.id} for another subject than its own`);
  // It closed between being found and being read: whatever opens incidents opens the next one.
  if (before?.phase.at === 'closed' && onClosed === 'look-again') return null;
  const context = {
    ...(await loadContext({ ...parts, catalog: parts.catalog() }, before, event, clock)),
    model,
    redact: parts.redact,
    ...(last === null ? {} : { fence: Math.max(last + 1, clock.now) }),
  };
  const stepped = step(before, event, context);
  if (stepped.kind === 'refused') return refused(parts, before, event, stepped, { context, clock, delivery });
  const committed = await write(parts, before, stepped, clock, delivery, event);
  switch (committed.kind) {
    case 'committed':
      parts.observe(before, stepped.incident, event);
      await forward(parts, before, stepped, {
        now: context.now,
        routine: isRoutine(before, stepped.incident, event),
      });
      await callNext(parts, stepped.incident.id, committed.next);
      return { kind: 'done', incident: stepped.incident };
    case 'conflict':
      return null;
    case 'duplicate':
    case 'answered':
      return { kind: 'repeated', incident: before };
    case 'elsewhere':
    case 'storm':
      return { kind: committed.kind };
    case 'refused':
      return { kind: 'obstructed', obstacle: committed.obstacle, incident: before ?? stepped.incident };
    default:
      return committed satisfies never;
  }
}

function write(
  { store, settings }: EngineParts,
  before: Incident | null,
  next: Extract<Step, { kind: 'next' }>,
  { now, silences }: Snapshot,
  delivery: Delivery,
  event: IncidentEvent,
): Promise<Committed> {
  const { breaker } = settings.policy;
  return store.commit({
    incident: next.incident,
    expected: before?.version ?? 0,
    entries: next.entries,
    outbox: next.owed,
    answers: delivery.answers ?? null,
    once: delivery.once ?? null,
    claim: claimOf(before, next.incident, settings, { now, silences: silences.version }),
    release: releaseOf(before, next.incident),
    attached: next.joined,
    crowd: next.crowd,
    opening: limitFor(event, settings),
    strikes: strikesOf(before, next.incident),
    breaker: { strikes: breaker.fixes, window: breaker.within },
    sinks: sinksBehind(before, next.incident),
  });
}

/** The sinks besides Slack that have to learn of a change: those that tell of calls, where the call is another by now. */
function sinksBehind(before: Incident | null, after: Incident): readonly string[] {
  return before?.call === after.call ? [] : sinksOf(after);
}

/** What a person asks for is no storm, and the storm's own incident is where the rest goes. */
function limitFor(event: IncidentEvent, { intake }: Settings): OpeningLimit | null {
  if (event.type !== 'alerts' || event.subject.kind === 'storm') return null;
  return { most: intake.storm.incidents, window: intake.storm.within };
}

/** A refused wish of a person is part of the record; a late result is only struck from what is owed. */
async function refused(
  parts: EngineParts,
  before: Incident | null,
  event: IncidentEvent,
  refusal: Refusal,
  {
    context,
    clock,
    delivery,
  }: { readonly context: StepContext; readonly clock: Snapshot; readonly delivery: Delivery },
): Promise<Dispatched | null> {
  if (delivery.answers !== undefined) await parts.store.ack(delivery.answers);
  if (before === null || !('by' in event)) return { ...refusal, incident: before };
  const noted = noteRefusal(before, event, refusal.reason, context);
  if (noted.kind !== 'next') return { ...refusal, incident: before };
  const committed = await write(parts, before, noted, clock, delivery, event);
  if (committed.kind === 'conflict') return null;
  if (committed.kind === 'duplicate') return { kind: 'repeated', incident: before };
  return { ...refusal, incident: before };
}

/** Whether nothing happened but more of the same, for which nobody waits: who asked or said something waits to see it. */
function isRoutine(before: Incident | null, after: Incident, event: IncidentEvent): boolean {
  const waitedFor = 'by' in event || ['question-evidence', 'answered', 'pager-said'].includes(event.type);
  return before?.phase === after.phase && !waitedFor;
}

/** What the job queue does not take now, the reconciler delivers from the store: whoever asked is not kept waiting for it. */
async function forward(
  { jobQueue, log }: EngineParts,
  before: Incident | null,
  next: Extract<Step, { kind: 'next' }>,
  { now, routine }: { readonly now: number; readonly routine: boolean },
): Promise<void> {
  const { incident, owed } = next;
  const deliveries = owed.map((one) =>
    jobQueue.deliver(one, one.effect.kind === 'timer' ? Math.max(0, one.effect.at - now) : 0),
  );
  const shown = jobQueue.show(incident.id, incident.version, 0, routine ? 'routine' : undefined);
  const brought = sinksBehind(before, incident).map((sink) =>
    jobQueue.bring(sink, incident.id, incident.version, 0),
  );
  const taken = Promise.allSettled([...deliveries, shown, ...brought]).then((results) => {
    for (const result of results) {
      if (result.status === 'rejected')
        log.warn({ incident: incident.id, err: result.reason }, 'delivery is late');
    }
  });
  await Promise.race([taken, pause(CARRIER_PATIENCE, undefined, { ref: false })]);
}

/** Something was released. Those that wait hear of it at once; if they do not, their own timers ask in time. */
async function callNext(parts: EngineParts, by: string, next: readonly string[]): Promise<void> {
  const calls = next
    .filter((id) => id !== by)
    .map((id) => run(parts, async () => id, { type: 'your-turn' }, {}, 'refuse'));
  for (const call of await Promise.allSettled(calls)) {
    if (call.status === 'rejected')
      parts.log.warn({ incident: by, err: call.reason }, 'the next in line was not called');
  }
}
