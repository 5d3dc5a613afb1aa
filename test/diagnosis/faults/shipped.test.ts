import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../../src/lib/schema/mistake.ts';
import { shipped } from '../../kit/faults/shipped.ts';

describe('the library that is shipped', () => {
  it('has nothing wrong with it', () => {
    expect(shipped().mistakes.map(sentenceOf)).toEqual([]);
  });
});
