import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../../src/lib/schema/mistake.ts';
import { readCatalog } from '../../../src/playbooks/catalog.ts';
import { shipped } from '../../kit/faults/shipped.ts';

const PLAYBOOKS = resolve(import.meta.dirname, '..', '..', '..', 'playbooks');

describe('the library that is shipped', () => {
  it('has nothing wrong with it', () => {
    expect(shipped().mistakes.map(sentenceOf)).toEqual([]);
  });

  it('has every fault that a playbook mends, and each playbook mends one or answers a pattern of its own', () => {
    const { catalog, mistakes } = readCatalog(PLAYBOOKS, [...shipped().library.faults.keys()]);
    expect(mistakes.map(sentenceOf)).toEqual([]);
    for (const { manifest } of catalog.values())
      expect([...manifest.mends, ...manifest.answers], manifest.name).not.toEqual([]);
  });
});
