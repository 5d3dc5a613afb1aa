import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { type Server, startWatched, type Watched } from '../kit/stack/sentinels.ts';
import { about, claim, commit, next } from '../kit/store/rig.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { redisReads } from '../kit/world/readiness.ts';
import { runMedic } from '../kit/world/run-medic.ts';
import { saidTwice } from '../kit/world/said.ts';
import { postAlert, type TestEnv, type TestEnvOptions } from '../kit/world/test-env.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;

/** A scenario in a ward whose Redis is a master with two replicas and three sentinels. */
function watched(
  options: Omit<TestEnvOptions, 'redisUrl'>,
  play: (env: TestEnv, redis: Watched) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const scratch = await scratchDir('watched');
    let redis: Watched | null = null;
    try {
      const memory = await startWatched(scratch.path);
      redis = memory;
      await inTestEnv({ ...options, redisUrl: memory.url }, (env) => play(env, memory))();
    } finally {
      await redis?.stop();
      await scratch.remove();
    }
  };
}

/** Posts alerts about new services, one after the other, until one is taken; the statuses, by service. */
async function postUntilTaken(env: TestEnv, services: readonly string[]): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  for (const service of services) {
    const { status } = await postAlert(env.medic.url, 'firing', 'Strange', { service });
    answers.set(service, status);
    if (status === 200) return answers;
    expect(status).toBe(503);
  }
  return answers;
}

async function asked<T>(server: Server, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url, { maxRetriesPerRequest: 1 });
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** Waits until a server that was the master follows another one. */
async function toFollow(server: Server): Promise<void> {
  const follows = async () => {
    const info = await asked(server, (one) => one.info('replication'));
    return /^role:slave/m.test(info) && /^master_link_status:up/m.test(info);
  };
  await until(follows, { what: 'the old master to follow the new one', ms: 60_000 });
}

const strangers = Array.from({ length: 15 }, (_, place) => `stranger-${place}`);
const byItself = { timeout: 180_000 };

describe.concurrent(
  'when the master of Redis is lost and the sentinels make a replica the master',
  byItself,
  () => {
    it(
      'Medic goes on by itself: nothing is acknowledged meanwhile that is not stored, and a plan that waited runs once',
      watched({ remedies: [mend], pace: { cancel_window: '10s' } }, async (env, redis) => {
        expect(await redisReads(env, true, /2 replicas follow/)).toMatch(/may lose the last moments/);
        await env.fireAlert('Middling');
        await env.card(/runs in/);
        const lost = await redis.master();
        await lost.kill();
        await redisReads(
          env,
          false,
          /master memory, known to the sentinels at 127\.0\.0\.1:\d+, .*cannot be reached/,
        );
        expect((await fetch(`${env.medic.url}/healthz`)).status).toBe(200);
        const answers = await postUntilTaken(env, strangers);
        expect([...answers.values()].at(0)).toBe(503);
        expect([...answers.values()].at(-1)).toBe(200);
        for (const [service, status] of answers)
          expect((await env.incident(service)) === null, service).toBe(status !== 200);
        await redisReads(env, true, /1 replica follows/, 60_000);
        await env.card('Resolved: shop', 60_000);
        await env.quiet(40_000);
        expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
        expect(saidTwice(env.slack)).toEqual([]);
      }),
    );

    it(
      'a master that hangs is left for the new one, and what it still does when it wakes up changes nothing',
      watched({ remedies: [quick] }, async (env, redis) => {
        const hung = await redis.master();
        process.kill(hung.pid, 'SIGSTOP');
        try {
          await until(async () => (await redis.master()).port !== hung.port, {
            what: 'a failover',
            ms: 30_000,
          });
          await until(async () => (await env.fireAlert('Simple')).status === 200, {
            what: 'an alert to be taken',
            ms: 30_000,
          });
          await env.card('Resolved: shop', 40_000);
        } finally {
          process.kill(hung.pid, 'SIGCONT');
        }
        await toFollow(hung);
        await env.quiet(40_000);
        expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
        expect(saidTwice(env.slack)).toEqual([]);
      }),
    );

    it(
      'and the new one evicts, Medic says so and is not ready until it is set up as it must be',
      watched({ remedies: [quick] }, async (env, redis) => {
        const old = await redis.master();
        const others = redis.servers().filter(({ port }) => port !== old.port);
        for (const server of others)
          await asked(server, (one) => one.config('SET', 'maxmemory-policy', 'allkeys-lru'));
        await old.kill();
        await redisReads(env, false, /maxmemory-policy allkeys-lru.*Set it to noeviction/, 60_000);
        await until(
          () => /Redis promises something else[\s\S]*/.test(env.log()) && env.log().includes('allkeys-lru'),
          {
            what: 'the log to tell it',
            ms: 10_000,
          },
        );
        for (const server of others)
          await asked(server, (one) => one.config('SET', 'maxmemory-policy', 'noeviction'));
        await redisReads(env, true, /appendfsync always/);
      }),
    );
  },
);

describe('a claim whose premises were read before a failover', byItself, () => {
  it('is refused until they are read again, also where the old master is the master once more', async () => {
    const scratch = await scratchDir('watched');
    const redis = await startWatched(scratch.path);
    const connection = connect(redis.url, { failFast: true });
    connection.on('error', () => undefined);
    try {
      const store = createRedisStore(connection, keysOf('medic'));
      // Only two of the three take turns.
      const spare = redis.servers()[2];
      if (spare !== undefined) await asked(spare, (one) => one.config('SET', 'replica-priority', '0'));
      const opened = ['a', 'b', 'c'].map((name) => about(name));
      for (const one of opened) await store.commit(commit({ incident: one }));
      const [a, b, c] = opened.map((one) => next(one)) as [Incident, Incident, Incident];
      const proven = async () =>
        (await until(() => store.heartbeat(), { what: 'Redis to answer', ms: 30_000 })).now;
      const take = (one: Incident, provenAt: number) =>
        // While the sentinels tell each other of the change, a connection may be cut once more.
        until(
          () =>
            store.commit(commit({ incident: one, claim: claim([one.id], { provenAt, maxConcurrent: 9 }) })),
          {
            what: 'a claim to be answered',
            ms: 30_000,
          },
        );
      expect((await take(a, await proven())).kind).toBe('committed');

      const before = await proven();
      const first = await redis.master();
      await redis.failOver();
      // What is acknowledged now is there on the new master, though the old one still runs.
      const d = about('d');
      await until(async () => (await store.commit(commit({ incident: d }))).kind === 'committed', {
        what: 'a change to be taken',
        ms: 30_000,
      });
      const stored = await asked(await redis.master(), (one) => one.exists(keysOf('medic').incident(d.id)));
      expect(stored).toBe(1);
      await toFollow(first);
      await redis.failOver();
      expect((await redis.master()).port).toBe(first.port);
      await proven();
      expect(await take(b, before)).toMatchObject({ kind: 'refused', obstacle: { kind: 'new-memory' } });
      expect((await take(b, await proven())).kind).toBe('committed');

      const again = await proven();
      await first.kill();
      await proven();
      expect(await take(c, again)).toMatchObject({ kind: 'refused', obstacle: { kind: 'new-memory' } });
      expect((await take(c, await proven())).kind).toBe('committed');
    } finally {
      connection.disconnect();
      await redis.stop();
      await scratch.remove();
    }
  });
});

describe('sentinels that cannot be asked', () => {
  const RIGHT = {
    SLACK_BOT_TOKEN: 'xoxb-1234567890',
    SLACK_APP_TOKEN: 'xapp-1234567890',
    SLACK_CHANNEL: 'C0INCIDENTS',
    ALERT_TOKEN: 'a-secret-that-is-long-enough',
  };

  it('stop the start with their addresses and the name of the master, and without the password', async () => {
    const REDIS_URL = 'redis+sentinel://:pass-word@127.0.0.1:1,127.0.0.1:2/memory';
    const { code, said } = await runMedic({ ...RIGHT, REDIS_URL });
    expect(code).toBe(1);
    expect(said).toMatch(
      /medic did not start: Redis master memory, known to the sentinels at 127\.0\.0\.1:1, 127\.0\.0\.1:2, cannot be reached: failed to connect to sentinel 127\.0\.0\.1/,
    );
    expect(said).not.toContain('pass-word');
  });
});
