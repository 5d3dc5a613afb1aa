import { subjectKey } from '../../../src/alerts/alert.ts';
import type { Claim, Commit, Committed } from '../../../src/engine/store/store.ts';
import { isIll, wantsTurn } from '../../../src/incident/model/phases.ts';

/** A lock of the model: who has it, and whether it only outlives a lost attempt of theirs. */
interface Lock {
  readonly holder: string;
  readonly outlives: boolean;
}

/**
 * What the store must remember, as plain maps. Times are left out: a cooldown or a lock that outlives its attempt lasts for the whole
 * of a test, or not at all.
 */
export interface Model {
  readonly versions: Map<string, number>;
  /** The last title written for each incident: what a lost update would take away. */
  readonly titles: Map<string, string>;
  readonly open: Map<string, string>;
  readonly attached: Map<string, string>;
  /** The fingerprints each incident has brought. */
  readonly brought: Map<string, Set<string>>;
  readonly owed: Set<string>;
  readonly once: Set<string>;
  readonly ill: Map<string, string>;
  readonly locks: Map<string, Lock>;
  readonly cooling: Set<string>;
  readonly running: Map<string, readonly string[]>;
  readonly queue: Map<string, { readonly priority: number; readonly why: string }>;
  readonly strikes: Map<string, Set<string>>;
  readonly tripped: Set<string>;
  paused: boolean;
  silences: number;
  openings: number;
}

export function emptyModel(): Model {
  return {
    versions: new Map(),
    titles: new Map(),
    open: new Map(),
    attached: new Map(),
    brought: new Map(),
    owed: new Set(),
    once: new Set(),
    ill: new Map(),
    locks: new Map(),
    cooling: new Set(),
    running: new Map(),
    queue: new Map(),
    strikes: new Map(),
    tripped: new Set(),
    paused: false,
    silences: 0,
    openings: 0,
  };
}

/** What a commit must answer, and the model after it. The one before is left as it was. */
export function applied(before: Model, change: Commit): { readonly model: Model; readonly says: string } {
  const refusal = whyNot(before, change);
  if (refusal !== null) return { model: before, says: refusal };
  const model = structuredClone(before);
  const id = change.incident.id;
  if (change.claim !== null) {
    const obstacle = obstacleTo(model, id, change.claim);
    if (obstacle !== null) {
      model.queue.set(id, { priority: change.claim.priority, why: obstacle });
      return { model, says: `refused: ${obstacle}` };
    }
  }
  const next = written(model, change);
  return { model, says: ['committed', ...next].join(' ') };
}

/** The answer as words, to be compared with what the model says. */
export function wordsOf(answer: Committed): string {
  if (answer.kind === 'refused') return `refused: ${answer.obstacle.kind}`;
  return answer.kind === 'committed' ? ['committed', ...answer.next].join(' ') : answer.kind;
}

function whyNot(model: Model, change: Commit): string | null {
  const { incident, expected, once, answers, attached, opening, claim } = change;
  if (once !== null && model.once.has(once)) return 'duplicate';
  if (answers !== null && !model.owed.has(answers)) return 'answered';
  if ((model.versions.get(incident.id) ?? 0) !== expected) return 'conflict';
  if (expected === 0 && model.open.has(subjectKey(incident.subject))) return 'conflict';
  if (attached.some((one) => (model.attached.get(one) ?? incident.id) !== incident.id)) return 'elsewhere';
  if (opening !== null && expected === 0 && model.openings >= opening.most) return 'storm';
  return claim !== null && claim.silences !== model.silences ? 'conflict' : null;
}

function obstacleTo(model: Model, id: string, claim: Claim): string | null {
  if (model.paused) return 'paused';
  if (claim.targets.some((target) => model.tripped.has(target))) return 'tripped';
  if (claim.upstream.some((subject) => model.ill.has(subject))) return 'upstream';
  const taken = claim.locks.some((name) => {
    const lock = model.locks.get(name);
    return lock !== undefined && (lock.holder !== id || lock.outlives);
  });
  if (taken) return 'locked';
  if (claim.targets.some((target) => model.cooling.has(target))) return 'cooling-down';
  const ahead = [...model.queue].filter(
    ([other, { priority, why }]) => other !== id && why === 'busy' && priority < claim.priority,
  ).length;
  const free = claim.maxConcurrent - model.running.size;
  return free <= (free > 0 ? ahead : 0) ? 'busy' : null;
}

/** Writes a change that nothing speaks against; who is called. */
function written(model: Model, change: Commit): readonly string[] {
  const { incident, outbox, answers, once, claim, release, attached, expected } = change;
  const { id } = incident;
  const subject = subjectKey(incident.subject);
  model.versions.set(id, incident.version);
  model.titles.set(id, incident.title);
  if (expected === 0) model.openings += 1;
  if (once !== null) model.once.add(once);
  if (answers !== null) model.owed.delete(answers);
  for (const { id: effect } of outbox) model.owed.add(effect);
  if (claim !== null) takes(model, id, claim);
  const held = release === null ? undefined : model.running.get(id);
  if (held !== undefined && release !== null) givesBack(model, id, held, release.at > 0);
  strikes(model, change);
  if (!wantsTurn(incident.phase)) model.queue.delete(id);
  const brought = model.brought.get(id) ?? new Set();
  for (const fingerprint of attached) {
    brought.add(fingerprint);
    model.attached.set(fingerprint, id);
  }
  model.brought.set(id, brought);
  if (isIll(incident)) model.ill.set(subject, id);
  else if (model.ill.get(subject) === id) model.ill.delete(subject);
  if (incident.phase.at !== 'closed') model.open.set(subject, id);
  else if (model.open.get(subject) === id) {
    model.open.delete(subject);
    for (const fingerprint of brought)
      if (model.attached.get(fingerprint) === id) model.attached.delete(fingerprint);
  }
  return held === undefined ? [] : inLine(model).slice(0, 10);
}

function takes(model: Model, id: string, { locks, targets, cooldown }: Claim): void {
  for (const lock of locks) model.locks.set(lock, { holder: id, outlives: false });
  for (const target of targets) if (cooldown > 0) model.cooling.add(target);
  model.running.set(id, locks);
}

function givesBack(model: Model, id: string, held: readonly string[], outlives: boolean): void {
  for (const lock of held) {
    if (model.locks.get(lock)?.holder !== id) continue;
    if (outlives) model.locks.set(lock, { holder: id, outlives });
    else model.locks.delete(lock);
  }
  model.running.delete(id);
}

function strikes(model: Model, change: Commit): void {
  for (const { target, attempt } of change.strikes) {
    const known = model.strikes.get(target) ?? new Set();
    model.strikes.set(target, known.add(attempt));
    if (known.size >= change.breaker.strikes) model.tripped.add(target);
  }
}

/** Those who wait, the first in line first. */
export function inLine(model: Model): readonly string[] {
  return [...model.queue]
    .toSorted(([a, one], [b, other]) => one.priority - other.priority || (a < b ? -1 : 1))
    .map(([id]) => id);
}
