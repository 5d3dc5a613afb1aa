import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { scratchDir } from '../kit/stack/guardian.ts';
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
    inTestEnv({ remedies: [gated], services: ['shop', 'cellar'] }, async (ward) => {
      await ward.fireAlert('Simple');
      await inTheMiddle(ward);
      await ward.card('[Stop]');
      await configure(ward, 'maxmemory', '1');
      const refused = await ward.fireAlert('Strange', { service: 'cellar' });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await isAlive(ward)).toBe(true);
      await redisReads(ward, false, /takes no writes, its memory is full \(maxmemory\): .*OOM/);
      ward.service.openGate();
      await until(() => ward.service.finished().length === 1, { what: 'the remedy to end', ms: 10_000 });
      // Its lease cannot be renewed meanwhile, and nobody may take it for lost.
      await pause(LONG);
      await configure(ward, 'maxmemory', '0');
      await redisReads(ward, true, /appendfsync always/);
      await ward.card('Resolved: shop', 40_000);
      expect(await ward.incident('cellar')).toBeNull();
      expect((await ward.fireAlert('Strange', { service: 'cellar' })).status).toBe(200);
      await ward.card('Needs a person: cellar', 20_000);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(ward.slack.print('C0INCIDENTS')).not.toContain('outcome unknown');
      expect(saidTwice(ward.slack)).toEqual([]);
    }),
  );
});

describe.concurrent('when Redis takes connections and answers nothing', () => {
  it(
    'nothing is acted on, health answers, and a running fix is neither lost nor run again',
    inTestEnv({ remedies: [gated], services: ['shop', 'cellar'] }, async (ward) => {
      await ward.fireAlert('Simple');
      await inTheMiddle(ward);
      await ward.card('[Stop]');
      ward.redis.freeze();
      try {
        const begun = performance.now();
        const refusing = ward.fireAlert('Strange', { service: 'cellar' });
        await redisReads(ward, false, /Redis at 127\.0\.0\.1:\d+ cannot be reached: /);
        expect(performance.now() - begun).toBeLessThan(4_000);
        expect(await isAlive(ward)).toBe(true);
        expect((await refusing).status).toBe(503);
        ward.service.openGate();
        await until(() => ward.service.finished().length === 1, { what: 'the remedy to end', ms: 10_000 });
        await pause(LONG - (performance.now() - begun));
      } finally {
        ward.redis.thaw();
      }
      await redisReads(ward, true, /appendfsync always/);
      await ward.card('Resolved: shop', 40_000);
      expect((await ward.fireAlert('Strange', { service: 'cellar' })).status).toBe(200);
      await ward.card('Needs a person: cellar', 20_000);
      await ward.quiet(40_000);
      expect(ward.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(ward.slack)).toEqual([]);
    }),
  );

  it(
    'a plan whose window ends meanwhile gets its time back, and runs once',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '4s' } }, async (ward) => {
      await ward.fireAlert('Middling');
      await ward.card(/runs in/);
      ward.redis.freeze();
      await pause(7_000);
      expect(ward.service.playbookRuns()).toEqual([]);
      ward.redis.thaw();
      const thawed = performance.now();
      await until(() => ward.service.playbookRuns().length > 0, { what: 'the plan to run', ms: 30_000 });
      expect(performance.now() - thawed).toBeGreaterThan(3_000);
      await ward.card('Resolved: shop', 30_000);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(ward.slack)).toEqual([]);
    }),
  );
});

describe.concurrent('when Redis is killed and comes back', () => {
  const services = Array.from({ length: 12 }, (_, place) => `s${place}`);
  it(
    'every alert that was acknowledged is in an incident, at whatever moment it was killed',
    inTestEnv({ remedies: [quick], services: ['shop', ...services] }, async (ward) => {
      const answers = new Map<string, number>();
      const post = async (service: string) => {
        const { status } = await postAlert(ward.medic.url, 'firing', 'Strange', { service });
        answers.set(service, status);
      };
      const [before, during] = [services.slice(0, 6), services.slice(6)];
      const first = Promise.all(before.map(post));
      await until(() => answers.size > 0, { what: 'the first alert to be answered', ms: 10_000 });
      await ward.redis.kill();
      await first;
      await Promise.all(during.map(post));
      await ward.redis.start();
      await redisReads(ward, true, /appendfsync always/);
      for (const [service, status] of answers) {
        expect([200, 503]).toContain(status);
        if (status === 200) expect(await ward.incident(service), service).not.toBeNull();
      }
      expect(during.map((service) => answers.get(service))).toEqual(during.map(() => 503));
    }),
  );
});

describe.concurrent('when Redis comes back without its last moments, as after a failover', () => {
  it(
    'a fix that runs, which it has forgotten, is not begun a second time',
    inTestEnv({ remedies: [{ ...mend, gated: true }], pace: { cancel_window: '5s' } }, async (ward) => {
      const memory = join(ward.dir, 'redis', 'appendonlydir');
      const older = join(ward.dir, 'older');
      await ward.fireAlert('Middling');
      await ward.card(/runs in/);
      await until(
        () => ward.incident().then((one) => one?.phase.at === 'waiting' && one.phase.deadline !== null),
        {
          what: 'its window to be open',
          ms: 10_000,
        },
      );
      await cp(memory, older, { recursive: true });
      await inTheMiddle(ward);
      await ward.redis.kill();
      await rm(memory, { recursive: true });
      await cp(older, memory, { recursive: true });
      await ward.redis.start();
      await redisReads(ward, true, /appendfsync always/);
      expect((await ward.incident())?.attempts).toEqual([]);
      // Its window runs out once more, its premises hold as long as nothing has helped, and it is claimed once more.
      await until(async () => (await ward.incident())?.phase.at === 'executing', {
        what: 'the plan to be claimed again',
        ms: 30_000,
      });
      ward.service.openGate();
      await ward.card('Resolved: shop', 40_000);
      await ward.quiet(40_000);
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );
});

describe.concurrent('a Redis Cluster with one master', () => {
  it('serves as one server does', async () => {
    const scratch = await scratchDir('cluster');
    const redis = await startRedis({ dir: scratch.path, settings: await clusterSettings() });
    try {
      await giveSlots(redis.url, 0, LAST_SLOT);
      await inTestEnv({ remedies: [quick], redisUrl: redis.url }, async (ward) => {
        await redisReads(ward, true, /a cluster with one master/);
        await ward.fireAlert('Simple');
        await ward.card('Resolved: shop', 40_000);
        await ward.quiet(40_000);
        expect(ward.service.playbookRuns()).toEqual(['cure quick shop']);
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
      await inTestEnv({ remedies: [quick], redisUrl }, async (ward) => {
        await redisReads(ward, true, /appendfsync always/);
        await ward.fireAlert('Simple');
        await ward.card('Resolved: shop', 40_000);
        await ward.quiet(40_000);
        await admin.acl('SETUSER', 'medic', 'resetpass');
        await admin.client('KILL', 'USER', 'medic');
        await redisReads(ward, false, /cannot be reached: .*WRONGPASS/);
        expect(ward.log()).toContain('WRONGPASS');
        expect(ward.log()).not.toContain('kept-very-secret');
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
    inTestEnv({ remedies: [mend], pace: { cancel_window: '1h' } }, async (ward) => {
      await ward.fireAlert('Middling');
      await ward.card('[Cancel]', 10_000);
      await ward.redis.stop();
      await redisReads(ward, false, /cannot be reached/);
      const begun = performance.now();
      await ward.medic.stop();
      expect(await ward.medic.ended).toBe('with code 0');
      expect(performance.now() - begun).toBeLessThan(10_000);
    }),
  );
});
