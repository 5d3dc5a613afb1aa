import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import type { Seen } from '../../src/engine/health/blindness.ts';
import { startModelServer } from '../kit/model/server.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { startAlertmanager, startPrometheus } from '../kit/stack/monitoring.ts';
import { until } from '../kit/stack/process.ts';
import type { Part } from '../kit/stack/stack.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { saidTwice } from '../kit/world/said.ts';
import { inSplitWard } from '../kit/world/split.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const remedies = [{ name: 'quick', risk: 'low', alert: 'Simple' }] as const;
/** A look every quarter of a minute, and one more where a replica missed it. */
const LOOKS = 60_000;

const notices = ({ slack }: TestEnv): readonly string[] =>
  (slack.state.messages.get(CHANNEL) ?? []).flatMap(({ text, metadata }) =>
    String(metadata?.event_payload.incident).startsWith('notice-') ? [text] : [],
  );

const told = (env: TestEnv, wanted: RegExp, ms = LOOKS) =>
  until(() => notices(env).some((text) => wanted.test(text)), {
    what: `the channel to be told ${wanted}`,
    ms,
  });

/** Waits until a part is known to be away, or, once that was told, to be there; then makes it have been so for a minute. */
async function aMinutePasses({ redisUrl }: TestEnv, about: Seen, known: 'away' | 'back'): Promise<void> {
  const redis = connect(redisUrl, { failFast: true });
  const { sights } = keysOf('medic');
  const field = known === 'away' ? 'since' : 'back';
  const read = async () => JSON.parse((await redis.hget(sights, about)) ?? '{}') as Record<string, unknown>;
  try {
    await until(async () => field in (await read()), {
      what: `${about} to be known to be ${known}`,
      ms: LOOKS,
    });
    const sight = await read();
    await redis.hset(sights, about, JSON.stringify({ ...sight, [field]: Number(sight[field]) - 60_000 }));
  } finally {
    redis.disconnect();
  }
}

/** Waits until each of two replicas has looked around since both were there, to the end: it says that it looks before it sees the others. */
async function knowEachOther({ redisUrl }: TestEnv): Promise<void> {
  const redis = connect(redisUrl, { failFast: true });
  const looked = async () => (await redis.hvals(keysOf('medic').replicas)).map(Number);
  try {
    await until(async () => (await looked()).length === 2, { what: 'two replicas', ms: 20_000 });
    for (const look of ['both to look', 'both to look again']) {
      const newest = Math.max(...(await looked()));
      await until(async () => (await looked()).every((at) => at > newest), { what: look, ms: 20_000 });
    }
  } finally {
    redis.disconnect();
  }
}

/** Monitoring that really runs, and a model. */
async function around(
  play: (parts: {
    eu: Part;
    us: Part;
    alertmanager: Part;
    env: Readonly<Record<string, string>>;
    model: Awaited<ReturnType<typeof startModelServer>>;
  }) => Promise<void>,
): Promise<void> {
  const scratch: Scratch = await scratchDir('blindness');
  const stopping: { stop(): Promise<unknown> }[] = [];
  const keep = <One extends { stop(): Promise<unknown> }>(one: One): One => {
    stopping.push(one);
    return one;
  };
  try {
    const prometheus = async (name: string) =>
      keep(await startPrometheus({ dir: join(scratch.path, name), scrape: [], rules: [] }));
    const [eu, us] = [await prometheus('eu'), await prometheus('us')];
    const webhook = { url: 'http://127.0.0.1:9/alert', token: 'none' };
    const alertmanager = keep(await startAlertmanager({ dir: join(scratch.path, 'am'), webhook }));
    const model = await startModelServer();
    const env = {
      ALERTMANAGER_URL: alertmanager.url,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: model.apiKey,
      OPENAI_MODEL: 'test-model',
    };
    await play({ eu, us, alertmanager, env, model });
  } finally {
    for (const one of stopping.reverse()) await one.stop();
    await scratch.remove();
  }
}

describe.concurrent('a Medic that cannot see', () => {
  it('says so once for each server and the model, by name, and once that they are back, with two replicas', () =>
    around(async ({ eu, us, alertmanager, env, model }) => {
      const prometheus = [eu, us].map(({ url }, place) => ({ name: ['eu', 'us'][place], url }));
      await inTestEnv({ remedies, env, settings: { prometheus } }, async (env) => {
        await env.replica('second');
        for (const { pid } of [us, alertmanager]) process.kill(pid, 'SIGSTOP');
        await model.stop();
        await env.fireAlert('Strange');
        const away: readonly Seen[] = ['prometheus us', 'alertmanager', 'model'];
        await Promise.all(away.map((about) => aMinutePasses(env, about, 'away')));
        const begins = [
          /^:warning: Prometheus us at 127\.0\.0\.1:\d+ has given Medic no usable answer since /,
          /^:warning: Alertmanager at 127\.0\.0\.1:\d+ has given Medic no usable answer since .*silences/,
          /^:warning: The model test-model at 127\.0\.0\.1:\d+ has given Medic no usable answer since /,
        ];
        for (const begin of begins) await told(env, begin);
        for (const { pid } of [us, alertmanager]) process.kill(pid, 'SIGCONT');
        const again = await startModelServer({ port: Number(new URL(model.url).port) });
        try {
          await Promise.all(away.map((about) => aMinutePasses(env, about, 'back')));
          await told(
            env,
            /^:white_check_mark: Prometheus us at .* answers again\. Medic had been without it since/,
          );
          await told(env, /^:white_check_mark: Alertmanager at .* answers again\./);
          await told(env, /^:white_check_mark: The model test-model at .* answers again\./);
          expect(again.requests).toEqual([]);
        } finally {
          await again.stop();
        }
        expect(notices(env)).toHaveLength(6);
        expect(notices(env).join()).not.toContain('Prometheus eu');
        expect(saidTwice(env.slack)).toEqual([]);
      })();
    }));

  it(
    'is told once that no runner is there, and once that one is',
    inSplitWard({ remedies }, async ({ ward: env, runner, startRunner }) => {
      await runner.kill();
      await aMinutePasses(env, 'runner', 'away');
      await told(env, /^:warning: No runner has been heard of since .*looks at nothing and starts no fix/);
      await startRunner('another');
      await aMinutePasses(env, 'runner', 'back');
      await told(env, /^:white_check_mark: A runner is heard of again\. Medic had been without it since/);
      expect(notices(env)).toHaveLength(2);
    }),
  );

  it(
    'tells of Redis once with two replicas, and whoever starts afterwards tells its end, when both have died meanwhile',
    inTestEnv({ remedies }, async (env) => {
      const second = await env.replica('second');
      await knowEachOther(env);
      await env.redis.kill();
      await told(
        env,
        /^:warning: Redis has given at least one of Medic’s 2 replicas no usable answer since /,
        120_000,
      );
      const looks = () => env.slack.calls.filter(({ method }) => method === 'conversations.history').length;
      const before = looks();
      await until(() => looks() > before, {
        what: 'the second replica to look whether it stands',
        ms: 60_000,
      });
      expect(notices(env)).toHaveLength(1);
      await Promise.all([env.kill(), second.kill()]);
      await env.redis.start();
      await env.restart();
      await told(
        env,
        /^:white_check_mark: Redis answers again, since .* at the latest\. Medic had been without it since/,
      );
      expect(notices(env)).toHaveLength(2);
    }),
  );
});
