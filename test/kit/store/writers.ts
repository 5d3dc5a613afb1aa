import fc from 'fast-check';
import { expect } from 'vitest';
import { subjectKey } from '../../../src/alerts/alert.ts';
import type { Claim, Commit, Store } from '../../../src/engine/store/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import type { Silence } from '../../../src/silence/silence.ts';
import { shop } from '../incident/fixtures.ts';
import type { Model } from './model.ts';
import { about, claim, commit, inTurn, next } from './rig.ts';

/** How many fixes may run at once. */
export const SLOTS = 2;
const SUBJECTS = ['s0', 's1', 's2', 's3'];
const TARGETS = ['t0', 't1', 't2', 't3', 't4'];
const LONG = 3_600_000;

/** One choice of a writer; it is turned into a commit once it is known what that writer has read. */
export interface Choice {
  readonly what: 'open' | 'change' | 'claim' | 'claim' | 'release' | 'close' | 'wait' | 'strike' | 'load';
  readonly subject: number;
  readonly pick: number;
  readonly flag: boolean;
}
/** Both writers at once, or an order of a person. */
export type Act =
  | { readonly kind: 'race'; readonly choices: readonly [Choice, Choice] }
  | { readonly kind: 'order'; readonly what: 'pause' | 'resume' | 'silence' | 'reset' };

const choice: fc.Arbitrary<Choice> = fc.record({
  what: fc.constantFrom(
    'open',
    'open',
    'change',
    'claim',
    'claim',
    'claim',
    'release',
    'close',
    'wait',
    'strike',
    'load',
  ),
  subject: fc.nat(SUBJECTS.length - 1),
  pick: fc.nat(1000),
  flag: fc.boolean(),
});
export const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ kind: fc.constant('race' as const), choices: fc.tuple(choice, choice) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      what: fc.constantFrom(
        'pause' as const,
        'resume' as const,
        'resume' as const,
        'silence' as const,
        'reset' as const,
      ),
    }),
  },
);

/** A writer: a connection of its own, and what it has read, which may be old. */
export interface Writer {
  readonly store: Store;
  readonly read: Map<string, Incident>;
}

/** What a writer would write, judging by what it has read; null where it only reads. */
export async function commitOf(
  { store, read }: Writer,
  model: Model,
  { what, subject, pick, flag }: Choice,
  mark: string,
): Promise<Commit | null> {
  const name = SUBJECTS[subject] ?? 's0';
  const key = subjectKey({ ...shop, name });
  const opening = { most: 7, window: LONG };
  const id = model.open.get(key);
  if (id === undefined || (what === 'open' && pick % 3 === 0)) {
    const attached = [`fp-${name}`, ...(flag ? [`fp-${pick % 6}`] : [])];
    const one = about(name, { id: `inc-${mark}`, title: mark });
    const owed = { id: `owed-${mark}`, incident: one.id, effect: { kind: 'collect', round: 1 } } as const;
    return commit({ incident: one, attached, crowd: crowdOf(attached.slice(1)), outbox: [owed], opening });
  }
  if (what === 'load' || !read.has(id)) {
    const loaded = await store.load(id);
    if (loaded !== null) read.set(id, loaded);
  }
  const known = read.get(id);
  if (what === 'load' || known === undefined) return null;
  const after = next(known, { title: `${known.title} ${mark}` });
  switch (what) {
    case 'open':
    case 'change': {
      const answers = flag ? ([...model.owed, 'owed-never'][pick % (model.owed.size + 1)] ?? null) : null;
      const attached = [`fp-${pick % 6}`];
      return commit({
        incident: after,
        answers,
        once: `once-${pick % 25}`,
        attached,
        crowd: crowdOf(attached),
      });
    }
    case 'claim':
      return commit({ incident: { ...after, phase: inTurn() }, claim: claimBy(model, pick) });
    case 'release':
      return commit({ incident: calm(after), release: { at: pick % 5 === 0 ? Date.now() + LONG : 0 } });
    case 'close':
      return commit({
        incident: { ...after, phase: { at: 'closed', how: 'recovered', reason: 'it did' } },
        release: { at: 0 },
      });
    case 'wait':
      return commit({
        incident: { ...after, phase: flag ? inTurn() : { at: 'investigating', doing: 'asking' } },
      });
    case 'strike':
      return commit({
        incident: after,
        strikes: [{ target: TARGETS[pick % TARGETS.length] ?? 't0', attempt: `a${pick % 7}` }],
        breaker: { strikes: 2, window: LONG },
      });
    default:
      return null;
  }
}

/** Alerts beyond those that an incident holds in full. */
function crowdOf(fingerprints: readonly string[]): Commit['crowd'] {
  const heard = {
    status: 'resolved',
    name: 'Small',
    startsAt: 1,
    endsAt: 2,
    fires: 1,
    changedAt: 2,
  } as const;
  return Object.fromEntries(fingerprints.map((fingerprint) => [fingerprint, heard]));
}

function claimBy(model: Model, pick: number): Claim {
  const target = TARGETS[pick % TARGETS.length] ?? 't0';
  return claim([target], {
    locks: pick % 4 === 0 ? [target, `area:${pick % 8}`] : [target],
    upstream: pick % 7 === 0 ? [subjectKey({ ...shop, name: SUBJECTS[pick % 4] ?? 's0' })] : [],
    cooldown: pick % 9 === 0 ? LONG : 0,
    maxConcurrent: SLOTS,
    priority: pick,
    silences: pick % 13 === 0 ? model.silences + 1 : model.silences,
  });
}

/** Its alerts have resolved. */
function calm(one: Incident): Incident {
  const alerts = Object.entries(one.alerts).map(([fingerprint, attached]) => [
    fingerprint,
    { ...attached, alert: { ...attached.alert, status: 'resolved' as const, endsAt: 1 } },
  ]);
  return { ...one, phase: { at: 'investigating', doing: 'asking' }, alerts: Object.fromEntries(alerts) };
}

/** A person orders something, which nothing refuses. */
export async function order(
  store: Store,
  before: Model,
  what: Extract<Act, { kind: 'order' }>['what'],
  turn: number,
): Promise<Model> {
  const model = structuredClone(before);
  switch (what) {
    case 'pause':
    case 'resume':
      model.paused = what === 'pause';
      await (what === 'pause' ? store.pause('UALICE') : store.resume());
      return model;
    case 'reset':
      expect([...(await store.resetBreaker(TARGETS))].toSorted()).toEqual([...model.tripped].toSorted());
      model.tripped.clear();
      model.strikes.clear();
      return model;
    case 'silence':
      await store.silence(silence(`s-${turn}`));
      model.silences = (await store.heartbeat()).silences.version;
      expect(model.silences).toBeGreaterThan(before.silences);
      return model;
    default:
      return what satisfies never;
  }
}

function silence(id: string): Silence {
  const everything = { service: null, environment: null, matchers: [] };
  return {
    id,
    source: 'slack',
    by: 'UALICE',
    reason: 'a test',
    from: 0,
    until: Date.now() + LONG,
    ...everything,
  };
}
