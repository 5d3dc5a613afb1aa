import { describe, expect, it } from 'vitest';
import { markUsual } from '../../../src/evidence/facts/usual.ts';
import { fact } from '../../kit/faults/facts.ts';

const AVAILABLE = 'k8s.workload.replicas.available';

describe('what is usual', () => {
  it('is what was so while all was well: of the same object, with the same value', () => {
    const before = [fact(AVAILABLE, 'workload/shop/cart', 0, { at: 1 })];
    const now = [
      fact(AVAILABLE, 'workload/shop/cart', 0),
      fact(AVAILABLE, 'workload/shop/cart', 1),
      fact(AVAILABLE, 'workload/shop/web', 0),
    ];
    expect(markUsual(now, before).map(({ usual }) => usual)).toEqual([true, undefined, undefined]);
  });

  it('is nothing where nobody knows how it was', () => {
    const now = [fact(AVAILABLE, 'workload/shop/cart', 0)];
    expect(markUsual(now, [])).toEqual(now);
  });
});
