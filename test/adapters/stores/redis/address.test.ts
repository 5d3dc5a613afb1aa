import { describe, expect, it } from 'vitest';
import { passwordsIn, readAddress } from '../../../../src/adapters/stores/redis/server/address.ts';
import { connect, unreachable } from '../../../../src/adapters/stores/redis/server/connect.ts';
import { Environment } from '../../../../src/config/environment.ts';

const taken = (url: string) => Environment.shape.REDIS_URL.safeParse(url);
const complaint = (url: string) =>
  taken(url)
    .error?.issues.map(({ message }) => message)
    .join();

const FULL =
  'rediss+sentinel://medic:p%40ss%2Fword@one:26379,[::1]:26380,three/the-master/2?sentinelPassword=an%20other';

describe('the address of Redis', () => {
  it('may name one server', () => {
    for (const url of ['redis://localhost', 'rediss://user:pass@redis.example.com:6380/1']) {
      expect(taken(url).success, url).toBe(true);
      expect(readAddress(url)).toEqual({ kind: 'server', url });
    }
  });

  it('may name sentinels and a master, with users, passwords, a database and TLS', () => {
    expect(taken(FULL).success).toBe(true);
    expect(readAddress(FULL)).toEqual({
      kind: 'sentinels',
      name: 'the-master',
      sentinels: [
        { host: 'one', port: 26379 },
        { host: '::1', port: 26380 },
        { host: 'three', port: 26379 },
      ],
      tls: true,
      username: 'medic',
      password: 'p@ss/word',
      sentinelPassword: 'an other',
      db: 2,
    });
    expect(readAddress('redis+sentinel://:secret@one/main')).toEqual({
      kind: 'sentinels',
      name: 'main',
      sentinels: [{ host: 'one', port: 26379 }],
      tls: false,
      password: 'secret',
      db: 0,
    });
  });

  it('tells its passwords to nobody but those who hide them', () => {
    expect(passwordsIn(FULL)).toEqual(['p@ss/word', 'an other']);
    expect(passwordsIn('redis://:s%20t@localhost')).toEqual(['s t']);
    expect(passwordsIn('redis://localhost')).toEqual([]);
  });

  it('is refused where sentinels or the master are missing, with how to write it', () => {
    for (const wrong of [
      'redis+sentinel://127.0.0.1:1',
      'redis+sentinel://127.0.0.1:1,/memory',
      'redis+sentinel:///memory',
      'redis+sentinel://one:port/memory',
      'redis+sentinel://one two/memory',
    ]) {
      expect(complaint(wrong), wrong).toBe(
        'must list the sentinels and name the master, as in redis+sentinel://one:26379,two:26379/<name of the master>',
      );
    }
    for (const wrong of ['http://somewhere', 'localhost:6379', 'redis://', ''])
      expect(complaint(wrong), wrong).toMatch(
        /^must be a URL that begins with redis:\/\/, .*redis\+sentinel:\/\//,
      );
  });

  it('that the settings take is one that can be read, and the other way round', () => {
    for (const url of [FULL, 'redis+sentinel://a,b,c/m', 'redis+sentinel://a:1/m/0'])
      expect([taken(url).success, readAddress(url).kind]).toEqual([true, 'sentinels']);
    expect(() => readAddress('redis+sentinel://a')).toThrow('names no sentinels and master');
  });
});

describe('what is wrong with Redis', () => {
  const redis = connect('redis://127.0.0.1:1', { failFast: true });
  redis.disconnect();
  const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

  it('is told by what it means where Redis answers and takes no writes', () => {
    for (const [answer, meaning] of [
      [
        "OOM command not allowed when used memory > 'maxmemory'.",
        'takes no writes, its memory is full (maxmemory)',
      ],
      ['READONLY You can’t write against a read only replica.', 'takes no writes, it is a replica'],
      ['NOREPLICAS Not enough good replicas to write.', 'takes no writes, it has too few replicas'],
      ['MISCONF Redis is configured to save RDB snapshots', 'takes no writes, it cannot save to its disk'],
      ['LOADING Redis is loading the dataset in memory', 'is still reading its data'],
    ] as const)
      expect(unreachable(redis, reply(answer))).toContain(`Redis at 127.0.0.1:1 ${meaning}`);
    expect(unreachable(redis, reply('WRONGPASS invalid password'))).toBe(
      'Redis at 127.0.0.1:1 cannot be reached: WRONGPASS invalid password',
    );
  });
});
