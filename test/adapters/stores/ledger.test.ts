import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/stores/ledger.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('ledger');
});
afterAll(() => scratch.remove());

describe('the notes of a runner', () => {
  it('let an attempt begin once, over any number of restarts', () => {
    const folder = join(scratch.path, 'one');
    const first = createLedger(folder, 'medic');
    expect([first.begin('inc-1-a1'), first.begin('inc-1-a1')]).toEqual([true, false]);
    const next = createLedger(folder, 'medic');
    expect([next.begin('inc-1-a1'), next.begin('inc-1-a2')]).toEqual([false, true]);
    expect(createLedger(folder, 'medic').begin('inc-1-a2')).toBe(false);
  });

  it('keep what another installation began apart', () => {
    const folder = join(scratch.path, 'two');
    expect(createLedger(folder, 'medic').begin('inc-1-a1')).toBe(true);
    expect(createLedger(folder, 'other').begin('inc-1-a1')).toBe(true);
  });

  it('keep the newest word of what people ordered', () => {
    const folder = join(scratch.path, 'three');
    const first = createLedger(folder, 'medic');
    expect(first.seen).toBeNull();
    first.see({ number: 7, issuedAt: 5, since: 1 });
    expect(createLedger(folder, 'medic').seen).toEqual({ number: 7, issuedAt: 5 });
  });

  it('hold as long as the process lives where there is no folder for them', () => {
    const ledger = createLedger(null, 'medic');
    expect([ledger.begin('inc-1-a1'), ledger.begin('inc-1-a1')]).toEqual([true, false]);
  });
});
