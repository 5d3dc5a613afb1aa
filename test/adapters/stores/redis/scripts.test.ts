import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysFor, SCRIPTS, withKeys } from '../../../../src/adapters/stores/redis/scripts.ts';

const folder = new URL('../../../../src/adapters/stores/redis/scripts/', import.meta.url);

describe('the keys of the scripts', () => {
  it('are told for every script that lies there, and for no other', () => {
    const lying = readdirSync(folder).map((file) => file.replace(/\.lua$/, ''));
    expect(Object.keys(SCRIPTS).toSorted()).toEqual(lying.toSorted());
  });

  it.each(Object.entries(SCRIPTS))(
    'of %s are those that it uses: one more or less is refused',
    (name, names) => {
      const text = readFileSync(new URL(`${name}.lua`, folder), 'utf8');
      expect(withKeys(name, names, text)).toContain(text);
      expect(() => withKeys(name, [...names, 'more'], text)).toThrow(
        `the script ${name}.lua: it is given more, which it does not use`,
      );
      for (const key of names) {
        const fewer = names.filter((one) => one !== key);
        expect(() => withKeys(name, fewer, text)).toThrow(`it uses ${key}, which it is not given`);
      }
    },
  );

  it('are refused where a script counts them', () => {
    expect(() => withKeys('old', ['a'], "return redis.call('GET', KEYS[1]) or keys.a")).toThrow(
      'it counts its keys instead of naming them',
    );
  });

  it('reach a script under the names that they were handed over by, in whatever order the names stand', () => {
    const names = SCRIPTS.commit;
    fc.assert(
      fc.property(fc.shuffledSubarray([...names], { minLength: names.length }), (order) => {
        const handed = Object.fromEntries(order.map((key) => [key, `at ${key}`])) as Record<
          (typeof names)[number],
          string
        >;
        expect(keysFor('commit', handed)).toEqual(names.map((key) => `at ${key}`));
      }),
    );
  });

  it('cannot be handed over with one missing or one too many', () => {
    // @ts-expect-error one is missing
    keysFor('bag', { bag: 'b' });
    // @ts-expect-error one is too many
    keysFor('bag', { bag: 'b', due: 'd', more: 'm' });
  });
});
