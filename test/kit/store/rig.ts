import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Keys, keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import type { Claim, Commit, Committed, Store } from '../../../src/engine/store/store.ts';
import type { Incident, Phase } from '../../../src/incident/model/incident.ts';
import { alert, shop } from '../incident/fixtures.ts';
import { opened, starting } from '../incident/walk.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { freePort, until } from '../stack/process.ts';
import { startRedis } from '../stack/redis.ts';

/** What Redis is: one server, or a cluster, which refuses a script whose keys lie in more than one slot. */
export type Kind = 'one server' | 'a cluster';

export interface Rig {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly store: Store;
  readonly url: string;
  /** kill -9 of Redis, and its start with what it had kept. */
  restart(): Promise<void>;
}

/** A store on a Redis of its own, for the rules of the `describe` it is called in; each rule gets its own keys. */
export function rigFor(kind: Kind): Rig {
  let scratch: Scratch;
  let server: Server;
  let settings: Record<string, string>;
  let redis: Redis;
  let keys: Keys;
  let store: Store;
  beforeAll(async () => {
    scratch = await scratchDir('store');
    settings = kind === 'a cluster' ? await clusterSettings() : {};
    server = await startRedis({ dir: scratch.path, settings });
    if (kind === 'a cluster') await giveSlots(server.url, 0, LAST_SLOT);
    redis = connect(server.url, { failFast: true });
    redis.on('error', () => undefined);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
    await scratch.remove();
  });
  beforeEach(() => {
    keys = keysOf(`test-${randomUUID()}`);
    store = createRedisStore(redis, keys);
  });
  return {
    get redis() {
      return redis;
    },
    get keys() {
      return keys;
    },
    get store() {
      return store;
    },
    get url() {
      return server.url;
    },
    async restart() {
      const { port } = server;
      await server.kill();
      server = await startRedis({ dir: scratch.path, port, settings });
      // A cluster takes no writes for a while after a start.
      const writes = () => redis.set(`${keys.queues}:try`, '1').catch(() => null);
      await until(writes, { what: 'Redis to take writes again', ms: 15_000 });
    },
  };
}

type Server = Awaited<ReturnType<typeof startRedis>>;

/** A cluster has this many slots; a master that owns all of them checks slots as any cluster does. */
export const LAST_SLOT = 16_383;

export async function clusterSettings(): Promise<Record<string, string>> {
  const bus = await freePort();
  return { 'cluster-enabled': 'yes', 'cluster-port': `${bus}`, 'cluster-node-timeout': '2000' };
}

/** Makes a node of a cluster the master of these slots, and waits until it knows that a whole cluster is whole. */
export async function giveSlots(url: string, first: number, last: number): Promise<void> {
  const node = new Redis(url);
  try {
    await node.cluster('ADDSLOTSRANGE', first, last);
    if (last - first < LAST_SLOT) return;
    const isWhole = async () => /cluster_state:ok/.test((await node.cluster('INFO')) as string);
    await until(isWhole, { what: 'the cluster to be whole', ms: 10_000 });
  } finally {
    node.disconnect();
  }
}

/** An incident that has just been opened by one alert that fires. */
export function incident(changes: Partial<Incident> = {}): Incident {
  return { ...opened('Small').incident, ...changes };
}

/** One about a service of its own, with an alert of its own. */
export function about(name: string, changes: Partial<Incident> = {}): Incident {
  const fires = alert('Small', { fingerprint: `fp-${name}` });
  return incident({
    id: `inc-${name}`,
    subject: { ...shop, name },
    alerts: { [fires.fingerprint]: { alert: fires, heardAt: 0, beganAt: 0, changedAt: 0, fires: 1 } },
    ...changes,
  });
}

export function next(one: Incident, changes: Partial<Incident> = {}): Incident {
  return { ...one, ...changes, version: one.version + 1 };
}

export function closed(one: Incident): Incident {
  return next(one, { phase: { at: 'closed', how: 'recovered', reason: 'it did' } });
}

/** A phase in which a plan has a place in the queue of those that wait for their turn. */
export function inTurn(): Phase {
  const { decided } = starting('Small').phase('starting');
  return { at: 'starting', decided, turn: null, provenAt: Date.now() };
}

/** A commit that takes and gives nothing; a new incident brings its alerts. */
export function commit(changes: Partial<Commit> & { readonly incident: Incident }): Commit {
  const expected = changes.expected ?? changes.incident.version - 1;
  return {
    expected,
    entries: [],
    outbox: [],
    answers: null,
    once: null,
    claim: null,
    release: null,
    attached: expected === 0 ? Object.keys(changes.incident.alerts) : [],
    crowd: {},
    opening: null,
    strikes: [],
    breaker: { strikes: 3, window: 60_000 },
    sinks: [],
    ...changes,
  };
}

/** A claim of targets that nothing speaks against; it locks them and no neighbourhood. */
export function claim(targets: readonly string[], changes: Partial<Claim> = {}): Claim {
  return {
    targets,
    locks: targets,
    upstream: [],
    cooldown: 60_000,
    maxConcurrent: 2,
    priority: 0,
    provenAt: Date.now() + 1_000,
    silences: 0,
    ...changes,
  };
}

/** What a commit says that was written and called nobody. */
export const WRITTEN = { kind: 'committed', next: [] } as const satisfies Committed;
