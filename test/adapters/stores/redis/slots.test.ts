import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../../../src/adapters/stores/redis/keys.ts';
import { rigFor } from '../../../kit/store/rig.ts';

describe('the keys of Medic', () => {
  const rig = rigFor('a cluster');

  it('lie in one slot of a cluster, so that a script may touch them together; only evidence may lie anywhere', async () => {
    const slots = new Map<string, string[]>();
    for (const [name, key] of Object.entries(keysOf('medic'))) {
      const samples =
        typeof key === 'string'
          ? [key]
          : ['one', 'two'].map((id) => (key as (...names: string[]) => string)(id, id));
      for (const sample of samples) {
        const slot = String(await rig.redis.cluster('KEYSLOT', sample));
        slots.set(slot, [...(slots.get(slot) ?? []), name]);
      }
    }
    const apart = [...slots.values()]
      .toSorted((one, other) => other.length - one.length)
      .slice(1)
      .flat();
    expect(apart.filter((name) => name !== 'evidence')).toEqual([]);
  });

  it('are checked by the server the rules of the store run on: it refuses a script with keys of two slots', async () => {
    const two = ['return redis.call("EXISTS", KEYS[1], KEYS[2])', 2, 'medic:{one}', 'medic:{two}'] as const;
    await expect(rig.redis.eval(...two)).rejects.toThrow(/CROSSSLOT/);
  });

  it('are handed to every script by name: none makes up a key that the server could not check', () => {
    const folder = new URL('../../../../src/adapters/stores/redis/scripts/', import.meta.url);
    const calls = readdirSync(folder).flatMap((file) => [
      ...readFileSync(new URL(file, folder), 'utf8').matchAll(/redis\.p?call\('(\w+)'(?:, ([^,)]+))?/g),
    ]);
    expect(calls.length).toBeGreaterThan(30);
    const keyless = calls.filter(([, command = '']) => command === 'TIME' || command === 'INFO');
    const others = calls.filter((call) => !keyless.includes(call));
    // In clock.lua two names stand for keys it was handed.
    for (const [call, , key] of others) expect(key, call).toMatch(/^(?:keys\.\w+|key|living)$/);
  });
});
