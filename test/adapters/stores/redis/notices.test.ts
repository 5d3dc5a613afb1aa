import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotices } from '../../../../src/adapters/stores/redis/beside/notices.ts';
import { keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../../src/adapters/stores/redis/server/connect.ts';
import { type Absence, modelAway, prometheusAway } from '../../../../src/engine/health/blindness.ts';
import { tellNotices, wordsOf } from '../../../../src/engine/health/losses.ts';
import { watchDogs } from '../../../../src/engine/intake/watchdog.ts';
import { plainly } from '../../../../src/lib/text/text-read.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { startRedis } from '../../../kit/stack/redis.ts';

const MINUTE = 60_000;
const AFTER = 10 * MINUTE;
let scratch: Scratch;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: ReturnType<typeof connect>;
let last = 0;

beforeAll(async () => {
  scratch = await scratchDir('notices');
  server = await startRedis({ dir: scratch.path });
  redis = connect(server.url, { failFast: true });
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
  await scratch.remove();
});

const dog = { key: 'w1', name: 'Watchdog', from: 'cluster eu' };

/** A memory of its own, in which time can be made to have passed. */
function memory() {
  last += 1;
  const keys = keysOf(`notices-${last}`);
  const notices = createNotices(redis, keys);
  return {
    keys,
    notices,
    kinds: async () => (await notices.owed()).map(({ notice }) => notice.kind),
    /** As if whatever is known of the watchdog had happened so much earlier. */
    async passed(milliseconds: number) {
      const known = JSON.parse((await redis.hget(keys.watchdogs, dog.key)) ?? '{}') as Record<string, number>;
      const earlier = Object.entries(known).map(([name, value]) =>
        name === 'last' || name === 'ended' ? [name, value - milliseconds] : [name, value],
      );
      await redis.hset(keys.watchdogs, dog.key, JSON.stringify(Object.fromEntries(earlier)));
    },
  };
}

describe('what senders brought and was lost', () => {
  test('is told at once, and what is lost within ten minutes is told together afterwards', async () => {
    const { notices, keys } = memory();
    await notices.lost('truncated', 3);
    await notices.lost('truncated', 4);
    await notices.lost('too-large', 1);
    await notices.owe(AFTER);
    const lots = (await notices.owed()).map(({ notice }) => notice);
    expect(lots.map((one) => (one.kind === 'lost' ? [one.reason, one.count] : [])).sort()).toEqual([
      ['too-large', 1],
      ['truncated', 7],
    ]);
    await notices.lost('truncated', 5);
    await notices.owe(AFTER);
    expect(await notices.owed()).toHaveLength(2);
    await redis.hincrby(keys.losses, 'told:truncated', -AFTER);
    await notices.owe(AFTER);
    expect((await notices.owed()).at(-1)?.notice).toMatchObject({ reason: 'truncated', count: 5 });
  });

  test('is owed by every replica together once, whoever dies', async () => {
    const { notices, keys } = memory();
    await notices.lost('malformed', 1);
    const others = [createNotices(redis, keys), createNotices(redis, keys), notices];
    await Promise.all(others.map((one) => one.owe(AFTER)));
    expect(await notices.owed()).toHaveLength(1);
  });

  test('stays owed until the chat took it, and whoever comes next looks whether it stands', async () => {
    const { notices } = memory();
    await notices.lost('unreadable', 2);
    const tries: boolean[] = [];
    const away = tellNotices(notices, async (_id, _text, { mayStand }) => {
      tries.push(mayStand);
      throw new Error('Slack is away');
    });
    await expect(away).rejects.toThrow('away');
    const told: string[] = [];
    await tellNotices(notices, async (_id, text, { mayStand }) => {
      tries.push(mayStand);
      told.push(plainly(text));
    });
    expect(tries).toEqual([false, true]);
    expect(told).toEqual([expect.stringContaining('2 alerts could not be read and were not heard')]);
    expect(await notices.owed()).toEqual([]);
  });

  test('does not fill the memory where nobody can be told', async () => {
    const { notices, keys } = memory();
    for (let index = 0; index < 300; index += 1) await redis.hset(keys.notices, `n${index}`, '{"at":1}');
    await notices.lost('malformed', 1);
    await notices.owe(AFTER);
    expect(await notices.owed()).toHaveLength(300);
    expect(await redis.hget(keys.losses, 'malformed')).toBe('1');
  });

  test('is told with what to do about it', () => {
    const lost = { kind: 'lost', count: 1, since: 0, at: 0 } as const;
    expect(plainly(wordsOf({ ...lost, reason: 'truncated' }))).toContain('max_alerts');
    expect(plainly(wordsOf({ ...lost, reason: 'too-large' }))).toContain('max_alerts: 1000');
    expect(plainly(wordsOf({ ...lost, reason: 'malformed' }))).toContain('1 webhook could not be read');
  });
});

describe('a watchdog', () => {
  test('that does not come for ten minutes is missed once by all replicas, and its return is told', async () => {
    const { notices, keys, kinds, passed } = memory();
    await notices.heard(dog);
    await passed(AFTER - MINUTE);
    expect(await notices.noticeSilence(AFTER, 0)).toEqual([]);
    await passed(2 * MINUTE);
    const replicas = [notices, createNotices(redis, keys)];
    const seen = await Promise.all(replicas.map((one) => one.noticeSilence(AFTER, 0)));
    expect(seen.map((one) => one.map(({ name }) => name))).toEqual([['Watchdog'], ['Watchdog']]);
    expect(await kinds()).toEqual(['silent']);
    await notices.heard(dog);
    expect(await kinds()).toEqual(['silent', 'back']);
    expect(await notices.noticeSilence(AFTER, 0)).toEqual([]);
    const [silent, back] = (await notices.owed()).map(({ notice }) => plainly(wordsOf(notice)));
    expect(silent).toContain('The alert Watchdog (cluster eu) has not come since');
    expect(silent).toContain('alerts may not reach Medic');
    expect(back).toContain('has come again');
  });

  test('that comes seldom is given twice its usual time', async () => {
    const { notices, kinds, passed } = memory();
    await notices.heard(dog);
    await passed(9 * MINUTE);
    await notices.heard(dog);
    await passed(17 * MINUTE);
    await notices.noticeSilence(AFTER, 0);
    expect(await kinds()).toEqual([]);
    await passed(2 * MINUTE);
    await notices.noticeSilence(AFTER, 0);
    expect(await kinds()).toEqual(['silent']);
  });

  test('that is repeated every four hours is missed once, and not again and again', async () => {
    const { notices, kinds, passed } = memory();
    for (let round = 0; round < 6; round += 1) {
      await notices.heard(dog);
      await passed(AFTER + MINUTE);
      await notices.noticeSilence(AFTER, 0);
      await passed(4 * 60 * MINUTE - AFTER - MINUTE);
      await notices.noticeSilence(AFTER, 0);
    }
    expect((await kinds()).filter((kind) => kind === 'silent').length).toBeLessThanOrEqual(2);
  });

  test('is not missed for time in which Medic itself was not there', async () => {
    const { notices, kinds, passed } = memory();
    await notices.heard(dog);
    await passed(60 * MINUTE);
    const [seconds] = await redis.time();
    expect(await notices.noticeSilence(AFTER, Number(seconds) * 1_000 - MINUTE)).toEqual([]);
    expect(await kinds()).toEqual([]);
  });

  test('that ends is missed sooner than its usual time', async () => {
    const { notices, kinds, passed } = memory();
    await notices.heard(dog);
    await passed(60 * MINUTE);
    await notices.heard(dog);
    await notices.ended(dog.key);
    await passed(AFTER + MINUTE);
    await notices.noticeSilence(AFTER, 0);
    expect(await kinds()).toEqual(['silent']);
  });

  test('is heard whatever it is called', async () => {
    const { notices, kinds, passed } = memory();
    await notices.heard({ ...dog, name: `${'y'.repeat(199)}😀`, from: '\ud800 "\\\u0000' });
    await passed(AFTER + MINUTE);
    await notices.noticeSilence(AFTER, 0);
    expect(await kinds()).toEqual(['silent']);
  });

  test('of any number of names fills no memory', async () => {
    const { notices, keys } = memory();
    await Promise.all(Array.from({ length: 500 }, (_, index) => notices.heard({ ...dog, key: `k${index}` })));
    expect(await redis.hlen(keys.watchdogs)).toBe(200);
  });

  test('is a trouble on the Home tab while it is missing, and nothing is looked at where that is off', async () => {
    const { notices, passed } = memory();
    const told: (string | null)[] = [];
    const look = (after: number | null) =>
      watchDogs({
        watchdogs: notices,
        aliveSince: async () => 0,
        troubles: { tell: async (_, words) => void told.push(words) },
        settings: { watchdog: { after, names: ['Watchdog'] } },
      });
    await notices.heard(dog);
    await passed(AFTER + MINUTE);
    await look(null);
    expect(told).toEqual([]);
    await look(AFTER);
    await notices.heard(dog);
    await look(AFTER);
    expect(told).toEqual([expect.stringContaining('Watchdog (cluster eu) has not come since'), null]);
  });
});

describe('a part that Medic sees with', () => {
  const AWAY = prometheusAway({ name: 'eu', url: 'http://p:9090' });
  const NO_MODEL = modelAway({ name: 'gpt-5', url: 'https://api.openai.com/v1' });

  /** A memory in which what is known of a part can be made to be older. */
  function sights() {
    const { keys, notices, kinds } = memory();
    const passed = async (milliseconds: number, part = 'prometheus') => {
      const known = JSON.parse((await redis.hget(keys.sights, part)) ?? '{}') as Record<string, unknown>;
      const earlier = Object.entries(known).map(([name, value]) => [
        name,
        typeof value === 'number' ? value - milliseconds : value,
      ]);
      await redis.hset(keys.sights, part, JSON.stringify(Object.fromEntries(earlier)));
    };
    return { keys, notices, kinds, passed };
  }

  test('is told to be away once after a minute, and to be back once, whichever replica notices', async () => {
    const { keys, notices, kinds, passed } = sights();
    const replicas = [notices, createNotices(redis, keys)];
    const all = (absence: Absence | null) =>
      Promise.all(replicas.map((one) => one.sight('prometheus', absence, 'looked')));
    await all(AWAY);
    await passed(MINUTE - 5000);
    await all(AWAY);
    expect(await kinds()).toEqual([]);
    await passed(10_000);
    await all(AWAY);
    await passed(10 * MINUTE);
    await all(AWAY);
    expect(await kinds()).toEqual(['blind']);
    await all(null);
    await passed(MINUTE);
    await all(null);
    await all(null);
    expect(await kinds()).toEqual(['blind', 'sighted']);
    const told = (await notices.owed()).map(({ notice }) => plainly(wordsOf(notice)));
    expect(told[0]).toMatch(
      /^Prometheus eu at p:9090 has given Medic no usable answer since .*Check that it runs/,
    );
    expect(told[1]).toMatch(
      /^Prometheus eu at p:9090 answers again\. Medic had been without it since .*, for 1\d minutes\.$/,
    );
  });

  test('that is away for less than a minute, or again and again for moments, is told to nobody', async () => {
    const { notices, kinds, passed } = sights();
    for (let round = 0; round < 5; round += 1) {
      await notices.sight('prometheus', AWAY, 'looked');
      await passed(50_000);
      await notices.sight('prometheus', null, 'looked');
    }
    expect(await kinds()).toEqual([]);
  });

  test('that comes back for a moment has not come back', async () => {
    const { notices, kinds, passed } = sights();
    await notices.sight('prometheus', AWAY, 'looked');
    await passed(MINUTE);
    await notices.sight('prometheus', AWAY, 'looked');
    await notices.sight('prometheus', null, 'looked');
    await passed(10_000);
    await notices.sight('prometheus', AWAY, 'looked');
    await passed(MINUTE);
    await notices.sight('prometheus', null, 'looked');
    expect(await kinds()).toEqual(['blind']);
  });

  test('that nobody looked at for long is not called away for that time', async () => {
    const { notices, kinds, passed } = sights();
    await notices.sight('prometheus', AWAY, 'looked');
    await passed(3_600_000);
    await notices.sight('prometheus', AWAY, 'looked');
    expect(await kinds()).toEqual([]);
  });

  test('is back at its first answer where it is only asked when somebody needs it', async () => {
    const { notices, kinds, passed } = sights();
    await notices.sight('model', NO_MODEL, 'asked');
    await passed(3_600_000, 'model');
    await notices.sight('model', NO_MODEL, 'asked');
    await notices.sight('model', null, 'asked');
    expect(await kinds()).toEqual(['blind', 'sighted']);
  });

  test('each of several servers is told by itself', async () => {
    const { notices, passed } = sights();
    const names = ['prometheus', 'prometheus eu'] as const;
    for (const name of names) await notices.sight(name, AWAY, 'looked');
    for (const name of names) await passed(MINUTE, name);
    await notices.sight('prometheus', null, 'looked');
    await notices.sight('prometheus eu', AWAY, 'looked');
    expect((await notices.owed()).map(({ notice }) => notice)).toMatchObject([
      { kind: 'blind', about: 'prometheus eu' },
    ]);
  });

  test('that came back while nobody looked is said to be back at the latest by then', async () => {
    const { notices, passed } = sights();
    await notices.sight('model', NO_MODEL, 'asked');
    await passed(MINUTE, 'model');
    await notices.sight('model', NO_MODEL, 'asked');
    await passed(3_600_000, 'model');
    await notices.sight('model', null, 'asked');
    expect((await notices.owed()).at(-1)?.notice).toMatchObject({ kind: 'sighted', latest: true });
  });

  test('a model that did not answer at all is in doubt until its server does, which is looked for meanwhile', async () => {
    const { notices, kinds, passed } = sights();
    expect(await notices.isDoubtful('model')).toBe(false);
    await notices.sight('model', NO_MODEL, 'unreached');
    await passed(45_000, 'model');
    await notices.sight('model', NO_MODEL, 'probed');
    expect(await kinds()).toEqual([]);
    await passed(20_000, 'model');
    await notices.sight('model', NO_MODEL, 'probed');
    expect(await kinds()).toEqual(['blind']);
    await passed(3_600_000, 'model');
    expect(await notices.isDoubtful('model')).toBe(true);
    await notices.sight('model', null, 'probed');
    await passed(MINUTE, 'model');
    await notices.sight('model', null, 'probed');
    expect(await kinds()).toEqual(['blind', 'sighted']);
    expect(await notices.isDoubtful('model')).toBe(false);
  });

  test('a model that answers badly is not well because its server is there, and is not looked for without end', async () => {
    const { notices, kinds, passed } = sights();
    await notices.sight('model', NO_MODEL, 'asked');
    expect(await notices.isDoubtful('model')).toBe(true);
    await passed(MINUTE, 'model');
    await notices.sight('model', NO_MODEL, 'asked');
    await notices.sight('model', null, 'probed');
    await passed(MINUTE, 'model');
    await notices.sight('model', null, 'probed');
    expect(await kinds()).toEqual(['blind']);
    await passed(181_000, 'model');
    expect(await notices.isDoubtful('model')).toBe(false);
    await notices.sight('model', null, 'asked');
    expect(await kinds()).toEqual(['blind', 'sighted']);
  });

  test('the memory itself is told to be back by one of the replicas that saw it away', async () => {
    const { notices, kinds } = sights();
    await notices.memoryBack('memory-1', 1_800_000_000_000, { at: 1_800_000_240_000, seen: true });
    await tellNotices(notices, async () => undefined);
    await notices.memoryBack('memory-1', 1_800_000_001_000, { at: 1_800_000_240_000, seen: true });
    expect(await kinds()).toEqual([]);
    // Whoever starts afterwards finds in the channel what is owed already.
    await notices.memoryBack('memory-2', 1_800_000_000_000, { at: 1_800_000_240_000, seen: true });
    expect(await kinds()).toEqual(['sighted']);
  });
});
