import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/lib/text/nearest.ts';

const words = ['restart_service', 'free_disk', 'rollback_release', 'status', 'silence', 'pause'];

describe('what was meant by a word with a slip in it', () => {
  it.each([
    ['restart-service', 'restart_service'],
    ['restrat_servce', 'restart_service'],
    ['Statsu', 'status'],
    ['restart', 'restart_service'],
    ['disk', 'free_disk'],
    ['puase', 'pause'],
  ])('%s is most likely %s', (word, meant) => {
    expect(nearest(word, words)).toBe(meant);
  });

  it.each(['nonsense', 'x', 'zz', ''])('%j is nothing that is known', (word) => {
    expect(nearest(word, words)).toBeNull();
  });

  it('a word that is there is meant itself, and any other gives one that is there or none', () => {
    fc.assert(
      fc.property(fc.constantFrom(...words), fc.string(), (known, any) => {
        expect(nearest(known, words)).toBe(known);
        expect([...words, null]).toContain(nearest(any, words));
      }),
    );
  });
});
