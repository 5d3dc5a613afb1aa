import { setTimeout as pause } from 'node:timers/promises';
import type { Settings } from '../config/settings.ts';
import type { Step } from '../incident/draft.ts';
import type { IncidentEvent } from '../incident/event.ts';
import type { Given } from '../incident/given.ts';
import { type Incident, isRunning, type Phase } from '../incident/incident.ts';
import { opens } from '../incident/open.ts';
import { noteRefusal, step } from '../incident/step.ts';
import { subjectKey } from '../intake/alert.ts';
import type { Logger } from '../observability/logger.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import type { Carrier } from './carrier.ts';
import type { Claim, Commit, Committed, Obstacle, Store } from './store.ts';

/** How often a lost race is run again before it is given up as something worse. */
const TRIES = 50;

/** What became of an event. `incident` is the state that everyone sees now. */
export type Dispatched =
  | { readonly kind: 'done'; readonly incident: Incident }
  | { readonly kind: 'refused'; readonly reason: string; readonly incident: Incident | null }
  | { readonly kind: 'obstructed'; readonly obstacle: Obstacle; readonly incident: Incident }
  /** It was handled before, here or elsewhere. */
  | { readonly kind: 'repeated'; readonly incident: Incident | null };

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
  readonly store: Store;
  readonly carrier: Carrier;
  readonly settings: Settings;
  readonly policyDigest: string;
  readonly catalog: () => Catalog;
  /** Whether a model can be asked, be it by another process. */
  readonly model: () => Promise<boolean>;
  readonly log: Logger;
  /** Told of every committed change. */
  readonly observe: (before: Incident | null, after: Incident, event: IncidentEvent) => void;
}

export function createEngine(parts: EngineParts): Engine {
  return {
    dispatch: (incident, event, delivery = {}) => run(parts, async () => incident, event, delivery),
    receive(event, delivery = {}) {
      if (!opens(event)) throw new Error(`${event.type} is about an incident, not a subject`);
      const fingerprints = event.type === 'alerts' ? event.alerts.map((alert) => alert.fingerprint) : [];
      const find = () => parts.store.findOpen(subjectKey(event.subject), fingerprints);
      return run(parts, find, event, delivery);
    },
  };
}

/** Runs one event to its end. A lost race loads and steps again: the version check alone decides who was first. */
async function run(
  parts: EngineParts,
  find: () => Promise<string | null>,
  event: IncidentEvent,
  delivery: Delivery,
): Promise<Dispatched> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const done = await tryOnce(parts, await find(), event, delivery);
    if (done !== null) return done;
    await pause(Math.random() * Math.min(2 ** attempt, 50));
  }
  throw new Error(`lost the race for an incident ${TRIES} times in a row with a ${event.type} event`);
}

async function tryOnce(
  parts: EngineParts,
  id: string | null,
  event: IncidentEvent,
  delivery: Delivery,
): Promise<Dispatched | null> {
  const [before, clock, model] = await Promise.all([
    id === null ? null : parts.store.load(id),
    parts.store.clock(),
    parts.model(),
  ]);
  // It closed between being found and being read: whatever opens incidents opens the next one.
  if (before?.phase.at === 'closed' && opens(event)) return null;
  const given = { ...circumstances(parts, clock), model };
  const stepped = step(before, event, given);
  if (stepped.kind === 'refused') return refused(parts, before, event, stepped.reason, given, delivery);
  const committed = await write(parts, before, stepped, delivery);
  switch (committed.kind) {
    case 'committed':
      parts.observe(before, stepped.incident, event);
      await handOn(parts, stepped, given.now);
      return { kind: 'done', incident: stepped.incident };
    case 'conflict':
      return null;
    case 'duplicate':
    case 'answered':
      return { kind: 'repeated', incident: before };
    case 'refused':
      return { kind: 'obstructed', obstacle: committed.obstacle, incident: before ?? stepped.incident };
    default:
      return committed satisfies never;
  }
}

function circumstances(
  { settings, policyDigest, catalog }: EngineParts,
  clock: Awaited<ReturnType<Store['clock']>>,
): Omit<Given, 'model'> {
  return { ...clock, settings, policyDigest, catalog: catalog() };
}

function write(
  { store, settings }: EngineParts,
  before: Incident | null,
  next: Extract<Step, { kind: 'next' }>,
  delivery: Delivery,
): Promise<Committed> {
  return store.commit({
    incident: next.incident,
    expected: before?.version ?? 0,
    entries: next.entries,
    owe: next.owed,
    answers: delivery.answers ?? null,
    once: delivery.once ?? null,
    claim: claimOf(before, next.incident, settings),
    release: releaseOf(before, next.incident),
  });
}

/** Starting an attempt is the claim: it is taken in the very commit that starts it. */
function claimOf(before: Incident | null, after: Incident, settings: Settings): Claim | null {
  if (after.phase.at !== 'executing' || before?.phase.at !== 'starting') return null;
  const { cooldown, max_concurrent } = settings.policy;
  return { targets: after.phase.decided.plan.targets, cooldown, maxConcurrent: max_concurrent };
}

/**
 * When the locks of an incident that no longer works on its targets are free. A lost attempt may still be running somewhere
 * until its own time is up: its locks outlive it by that.
 */
function releaseOf(before: Incident | null, after: Incident): Commit['release'] {
  if (before === null || !holds(before.phase) || holds(after.phase)) return null;
  const last = after.attempts.at(-1);
  const timeout = 'decided' in before.phase ? (before.phase.decided?.plan.timeout ?? 0) : 0;
  return { at: last?.result?.kind === 'interrupted' ? last.startedAt + timeout : 0 };
}

/** Whether an incident in this phase holds its locks and its slot: from the claim through verification. */
function holds(phase: Phase): boolean {
  if (phase.at === 'verifying') return phase.after.kind === 'fix';
  return isRunning(phase);
}

/** A refused wish of a person is part of the record; a late result is only struck from what is owed. */
async function refused(
  parts: EngineParts,
  before: Incident | null,
  event: IncidentEvent,
  reason: string,
  given: Given,
  delivery: Delivery,
): Promise<Dispatched | null> {
  if (delivery.answers !== undefined) await parts.store.settle(delivery.answers);
  if (before === null || !('by' in event)) return { kind: 'refused', reason, incident: before };
  const noted = noteRefusal(before, event, reason, given);
  if (noted.kind !== 'next') return { kind: 'refused', reason, incident: before };
  const committed = await write(parts, before, noted, delivery);
  if (committed.kind === 'conflict') return null;
  if (committed.kind === 'duplicate') return { kind: 'repeated', incident: before };
  return { kind: 'refused', reason, incident: before };
}

/** What the carrier does not take now, the reconciler delivers from the store. */
async function handOn(
  { carrier, log }: EngineParts,
  next: Extract<Step, { kind: 'next' }>,
  now: number,
): Promise<void> {
  const { incident, owed } = next;
  const deliveries = owed.map((one) =>
    carrier.deliver(one, one.effect.kind === 'timer' ? Math.max(0, one.effect.at - now) : 0),
  );
  const results = await Promise.allSettled([...deliveries, carrier.show(incident.id, incident.version, 0)]);
  for (const result of results) {
    if (result.status === 'rejected')
      log.warn({ incident: incident.id, err: result.reason }, 'delivery is late');
  }
}
