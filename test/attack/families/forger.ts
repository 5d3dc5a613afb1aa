import { createHash } from 'node:crypto';
import { Queue } from 'bullmq';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { sealOf } from '../../../src/engine/orders/seal.ts';
import type { Attempt } from '../../../src/execution/attempt.ts';
import type { Effect } from '../../../src/incident/model/effect.ts';
import type { Decided, Incident } from '../../../src/incident/model/incident.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import type { Plan } from '../../../src/playbooks/plan.ts';

/** Whoever can read and write all of Redis, and nothing else: the key is not there. */
export interface Forger {
  /** Writes another state of an incident, letter for letter as Medic would; with its seal only where the key is known. */
  write(incident: Incident, key?: string): Promise<void>;
  /** Has the runner asked to start an attempt, in every way in which it may be asked. */
  demand(incident: Incident, attempt: Attempt): Promise<void>;
  /** Has an effect of any kind performed. */
  owe(incident: string, effect: Effect, queue: 'effects' | 'hands' | 'attempts'): Promise<void>;
  /** Everything that Redis holds but its queues, to be put back later. */
  snapshot(): Promise<Snapshot>;
  /** Sets Redis back, at once and with what ends by itself, as a Redis that starts from an old copy does. */
  restore(snapshot: Snapshot): Promise<void>;
  control: {
    read(): Promise<string>;
    /** Writes over what lies there, again and again, until it is told to stop. */
    keep(what: string | null): () => Promise<void>;
  };
  unpause(): Promise<void>;
  close(): Promise<void>;
}

/** What lay under each key, and when that ends by itself: epoch milliseconds, 0 for never. */
export type Snapshot = ReadonlyMap<string, { readonly dump: Buffer; readonly until: number }>;

export function createForger(redisUrl: string): Forger {
  const redis = connect(redisUrl, { failFast: true });
  const patient = connect(redisUrl, { failFast: false });
  const keys = keysOf('medic');
  const owe: Forger['owe'] = async (incident, effect, name) => {
    const id = `${incident}-99-0-${effect.kind}`;
    await redis.hset(keys.owed, id, JSON.stringify({ incident, effect }));
    const queue = new Queue(name, { connection: patient, prefix: keys.queues });
    await queue.add(effect.kind, { id, incident, effect }, { jobId: id });
    await queue.close();
  };
  return {
    async write(incident, key) {
      const state = JSON.stringify(incident);
      const at = keys.incident(incident.id);
      const seal =
        key === undefined ? {} : { seal: sealOf([key], 'medic').sign(`incident ${incident.id}`, state) };
      await redis.hset(at, { state, version: incident.version, ...seal });
    },
    async demand(incident, { id, plan, purpose, fence }) {
      await redis.hset(keys.fences, incident.id, String(fence));
      await redis.hset(keys.running, incident.id, '[]');
      await redis.del(keys.attempt(id), keys.lease(id), keys.result(id), keys.ended(id));
      await owe(incident.id, { kind: 'execute', plan, attempt: id, purpose }, 'attempts');
    },
    owe,
    async snapshot() {
      const held = await Promise.all(
        (await namesIn(redis)).map(async (name) => {
          const [dump, until] = await Promise.all([redis.dumpBuffer(name), redis.pexpiretime(name)]);
          return { name, dump, until: Math.max(0, until) };
        }),
      );
      return new Map(
        held.flatMap(({ name, dump, until }) => (dump === null ? [] : [[name, { dump, until }] as const])),
      );
    },
    async restore(snapshot) {
      const since = (await namesIn(redis)).filter((name) => !snapshot.has(name));
      const all = redis.multi();
      for (const name of since) all.del(name);
      for (const [name, { dump, until }] of snapshot) all.restore(name, until, dump, 'REPLACE', 'ABSTTL');
      for (const [error] of (await all.exec()) ?? []) if (error !== null) throw error;
    },
    control: {
      read: async () => (await redis.get(keys.control)) ?? '',
      keep(what) {
        let stopped = false;
        const loop = async () => {
          while (!stopped) await (what === null ? redis.del(keys.control) : redis.set(keys.control, what));
        };
        const done = loop();
        return () => {
          stopped = true;
          return done;
        };
      },
    },
    async unpause() {
      await redis.del(keys.pause);
    },
    async close() {
      redis.disconnect();
      patient.disconnect();
    },
  };
}

/** The plan that waits, as if somebody had approved it and it had been claimed. */
export function asIfClaimed(
  incident: Incident,
  change: (decided: Decided) => Partial<Decided> = () => ({}),
  claim: Partial<Attempt> = {},
): { readonly incident: Incident; readonly attempt: Attempt } {
  const waiting = currentPlan(incident);
  if (waiting === null) throw new Error(`${incident.id} has no plan`);
  const now = Date.now();
  const changed = { ...waiting, ...change(waiting) };
  const { plan } = changed;
  const receipt = { user: 'U0CAROL', at: now, planDigest: plan.digest, diffHash: null };
  const receipts = [{ ...receipt, policyDigest: changed.verdict.policyDigest }];
  const verdict = { ...changed.verdict, planDigest: plan.digest };
  const decided: Decided = {
    consent: { kind: 'approved', at: now, quiet: false },
    receipts,
    ...change(waiting),
    plan,
    verdict,
    diff: null,
    redrawn: false,
  };
  const attempt: Attempt = {
    id: `${incident.id}-a1`,
    plan: plan.id,
    planDigest: plan.digest,
    playbook: plan.playbook,
    purpose: 'fix',
    targets: plan.targets,
    fence: now,
    startedAt: now,
    endedAt: null,
    tasks: [],
    result: null,
    ...claim,
  };
  const phase = { at: 'executing', decided, attempt: attempt.id, stop: null } as const;
  return { incident: { ...incident, phase, attempts: [attempt] }, attempt };
}

/** The same plan with something else in it, under a digest that is right again. */
export function altered(plan: Plan, change: Partial<Plan>): Plan {
  const { digest: _digest, ...unsealed } = { ...plan, ...change };
  return { ...unsealed, digest: createHash('sha256').update(JSON.stringify(unsealed)).digest('hex') };
}

/** The queues are left out: what they deliver is owed beside them, and is delivered again. */
async function namesIn(redis: ReturnType<typeof connect>): Promise<readonly string[]> {
  return (await redis.keys('medic:{medic}:*')).filter((name) => !name.includes(':bull:'));
}
