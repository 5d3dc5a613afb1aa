import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../kit/stack/guardian.ts';
import { PATIENCE } from '../kit/stack/patience.ts';
import { until } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';
import { clusterSettings, giveSlots, LAST_SLOT } from '../kit/store/rig.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { redisReads } from '../kit/world/readiness.ts';
import { saidTwice } from '../kit/world/said.ts';
import { postAlert, type TestEnv } from '../kit/world/test-env.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const gated = { ...quick, gated: true } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;

/** Longer than a lease of an attempt and than any answer is waited for. */
const LONG = 12_000;

async function inTheMiddle({ service }: TestEnv): Promise<void> {
  await until(() => service.playbookRuns().length === 1 && service.isTreated(), {
    what: 'the remedy to run',
    ms: 15_000,
  });
}

async function configure({ redisUrl }: TestEnv, name: string, value: string): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.config('SET', name, value);
  redis.disconnect();
}

async function isAlive({ medic }: TestEnv): Promise<boolean> {
  return (await fetch(`${medic.url}/healthz`, { signal: AbortSignal.timeout(1_000) })).ok;
}

describe.concurrent('when the memory of Redis is full', () => {
  it(
    'alerts are refused with when to come again, readiness names it, and a running fix is told of afterwards',
    inTestEnv({ remedies: [gated], services: ['shop', 'cellar'] }, async (env) => {
      await env.fireAlert('Simple');
      await inTheMiddle(env);
      await env.card('[Stop]');
      await configure(env, 'maxmemory', '1');
      const refused = await env.fireAlert('Strange', { service: 'cellar' });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await isAlive(env)).toBe(true);
      await redisReads(env, false, /takes no writes, its memory is full \(maxmemory\): .*OOM/);
      env.service.openGate();
      await until(() => env.service.finished().length === 1, { what: 'the remedy to end', ms: 10_000 });
      // Its lease cannot be renewed meanwhile, and nobody may take it for lost.
      await pause(LONG);
      await configure(env, 'maxmemory', '0');
      await redisReads(env, true, /appendfsync always/);
      await env.card('Resolved: shop', 40_000);
      expect(await env.incident('cellar')).toBeNull();
      expect((await env.fireAlert('Strange', { service: 'cellar' })).status).toBe(200);
      await env.card('Needs a person: cellar', 20_000);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(env.slack.print('C0INCIDENTS')).not.toContain('outcome unknown');
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );
});

describe.concurrent('when Redis takes connections and answers nothing', () => {
  it(
    'nothing is acted on, health answers, and a running fix is neither lost nor run again',
    inTestEnv({ remedies: [gated], services: ['shop', 'cellar'] }, async (env) => {
      await env.fireAlert('Simple');
      await inTheMiddle(env);
      await env.card('[Stop]');
      env.redis.freeze();
      try {
        const begun = performance.now();
        const refusing = env.fireAlert('Strange', { service: 'cellar' });
        await redisReads(env, false, /Redis at 127\.0\.0\.1:\d+ cannot be reached: /);
        expect(performance.now() - begun).toBeLessThan(4_000 * PATIENCE);
        expect(await isAlive(env)).toBe(true);
        expect((await refusing).status).toBe(503);
        env.service.openGate();
        await until(() => env.service.finished().length === 1, { what: 'the remedy to end', ms: 10_000 });
        await pause(LONG - (performance.now() - begun));
      } finally {
        env.redis.thaw();
      }
      await redisReads(env, true, /appendfsync always/);
      await env.card('Resolved: shop', 40_000);
      expect((await env.fireAlert('Strange', { service: 'cellar' })).status).toBe(200);
      await env.card('Needs a person: cellar', 20_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'a plan whose window ends meanwhile gets its time back, and runs once',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '4s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      env.redis.freeze();
      await pause(7_000);
      expect(env.service.playbookRuns()).toEqual([]);
      env.redis.thaw();
      const thawed = performance.now();
      await until(() => env.service.playbookRuns().length > 0, { what: 'the plan to run', ms: 30_000 });
      expect(performance.now() - thawed).toBeGreaterThan(3_000);
      await env.card('Resolved: shop', 30_000);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );
});

describe.concurrent('when Redis is killed and comes back', () => {
  const services = Array.from({ length: 12 }, (_, place) => `s${place}`);
  it(
    'every alert that was acknowledged is in an incident, at whatever moment it was killed',
    inTestEnv({ remedies: [quick], services: ['shop', ...services] }, async (env) => {
      const answers = new Map<string, number>();
      const post = async (service: string) => {
        const { status } = await postAlert(env.medic.url, 'firing', 'Strange', { service });
        answers.set(service, status);
      };
      const [before, during] = [services.slice(0, 6), services.slice(6)];
      const first = Promise.all(before.map(post));
      await until(() => answers.size > 0, { what: 'the first alert to be answered', ms: 10_000 });
      await env.redis.kill();
      await first;
      await Promise.all(during.map(post));
      await env.redis.start();
      await redisReads(env, true, /appendfsync always/);
      for (const [service, status] of answers) {
        expect([200, 503]).toContain(status);
        if (status === 200) expect(await env.incident(service), service).not.toBeNull();
      }
      expect(during.map((service) => answers.get(service))).toEqual(during.map(() => 503));
    }),
  );
});

describe.concurrent('when Redis comes back without its last moments, as after a failover', () => {
  it(
    'a fix that runs, which it has forgotten, is not begun a second time',
    inTestEnv({ remedies: [{ ...mend, gated: true }], pace: { cancel_window: '5s' } }, async (env) => {
      const memory = join(env.dir, 'redis', 'appendonlydir');
      const older = join(env.dir, 'older');
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await until(
        () => env.incident().then((one) => one?.phase.at === 'waiting' && one.phase.deadline !== null),
        {
          what: 'its window to be open',
          ms: 10_000,
        },
      );
      await cp(memory, older, { recursive: true });
      await inTheMiddle(env);
      await env.redis.kill();
      await rm(memory, { recursive: true });
      await cp(older, memory, { recursive: true });
      await env.redis.start();
      await redisReads(env, true, /appendfsync always/);
      expect((await env.incident())?.attempts).toEqual([]);
      // Its window runs out once more, its premises hold as long as nothing has helped, and it is claimed once more.
      await until(async () => (await env.incident())?.phase.at === 'executing', {
        what: 'the plan to be claimed again',
        ms: 30_000,
      });
      env.service.openGate();
      await env.card('Resolved: shop', 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );
});

describe.concurrent('a Redis Cluster with one master', () => {
  it('serves as one server does', async () => {
    const scratch = await scratchDir('cluster');
    const redis = await startRedis({ dir: scratch.path, settings: await clusterSettings() });
    try {
      await giveSlots(redis.url, 0, LAST_SLOT);
      await inTestEnv({ remedies: [quick], redisUrl: redis.url }, async (env) => {
        await redisReads(env, true, /a cluster with one master/);
        await env.fireAlert('Simple');
        await env.card('Resolved: shop', 40_000);
        await env.quiet(40_000);
        expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      })();
    } finally {
      await redis.stop();
      await scratch.remove();
    }
  });
});

describe.concurrent('a user of Redis that may touch nothing but the keys of Medic', () => {
  it('is enough, and its password is nowhere in the log', async () => {
    const scratch = await scratchDir('kept-short');
    const redis = await startRedis({ dir: scratch.path });
    const admin = new Redis(redis.url);
    try {
      const rules = ['~medic:*', '+@all', '-@dangerous', '+info', '+config|get'];
      await admin.acl('SETUSER', 'medic', 'on', '>kept-very-secret', ...rules);
      const redisUrl = redis.url.replace('//', '//medic:kept-very-secret@');
      await inTestEnv({ remedies: [quick], redisUrl }, async (env) => {
        await redisReads(env, true, /appendfsync always/);
        await env.fireAlert('Simple');
        await env.card('Resolved: shop', 40_000);
        await env.quiet(40_000);
        await admin.acl('SETUSER', 'medic', 'resetpass');
        await admin.client('KILL', 'USER', 'medic');
        await redisReads(env, false, /cannot be reached: .*WRONGPASS/);
        expect(env.log()).toContain('WRONGPASS');
        expect(env.log()).not.toContain('kept-very-secret');
      })();
    } finally {
      admin.disconnect();
      await redis.stop();
      await scratch.remove();
    }
  });
});

describe.concurrent('asked to end while Redis is away', () => {
  it(
    'it ends all the same',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '1h' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card('[Cancel]', 10_000);
      await env.redis.stop();
      await redisReads(env, false, /cannot be reached/);
      const begun = performance.now();
      await env.medic.stop();
      expect(await env.medic.ended).toBe('with code 0');
      expect(performance.now() - begun).toBeLessThan(10_000 * PATIENCE);
    }),
  );
});
