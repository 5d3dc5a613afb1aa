import { describe, expect, it } from 'vitest';
import { readLibrary } from '../../../../src/diagnosis/faults/load.ts';
import { CASES } from './cases/all.ts';
import { namedIn } from './named.ts';
import { Shop } from './shop.ts';

const { library, mistakes } = readLibrary('playbooks/faults/kubernetes');

describe('the faults of Kubernetes', () => {
  it('are in order', () => {
    expect(mistakes).toEqual([]);
  });

  it('name nothing in an application that is well', () => {
    expect(namedIn(new Shop(), library)).toEqual([]);
  });

  it.each(CASES)('name what is broken, and no more: $name', ({ broken, fault, at }) => {
    const shop = new Shop();
    broken(shop);
    expect(namedIn(shop, library)).toEqual(fault === null ? [] : [`${fault} in ${at}`]);
  });

  it('have a clear case each', () => {
    const clear = new Set(CASES.map(({ fault }) => fault));
    expect([...library.faults.keys()].filter((name) => !clear.has(name))).toEqual([]);
  });
});
