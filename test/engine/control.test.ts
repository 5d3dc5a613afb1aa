import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTROL_LIFE,
  type Control,
  following,
  issue,
  issued,
  NEVER_SEEN,
  readControl,
} from '../../src/engine/orders/control.ts';
import { sealOf, stable } from '../../src/engine/orders/seal.ts';
import { saying } from '../kit/saying.ts';

const KEY = 'the key of these tests, 32 bytes or more';
const OLD = 'the key before it, which is 32 bytes or more';
const seal = sealOf([KEY], 'medic');
const NOW = 1_800_000_000_000;
const orders = { pausedBy: null, modes: [], silences: [] };
const record = (at = NOW, before: Control | null = null) =>
  following(before, orders, { now: at, catalog: {} });
const at = (now: number, monotonic = 0) => ({ now, monotonic });

describe('a seal', () => {
  it('fits only the text, the purpose, the installation and the keys that it was made with', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (about, text, other) => {
        const mac = seal.sign(about, text);
        expect(seal.fits(about, text, mac)).toBe(true);
        expect(seal.fits(about, other, mac)).toBe(other === text);
        expect(seal.fits(other, text, mac)).toBe(other === about);
        expect(sealOf([KEY], 'other').fits(about, text, mac)).toBe(false);
        expect(sealOf([OLD], 'medic').fits(about, text, mac)).toBe(false);
        expect(seal.fits(about, text, other)).toBe(other === mac);
      }),
    );
  });

  it('of the key before is believed while it is given, and nothing is signed with it any more', () => {
    const rotated = sealOf([KEY, OLD], 'medic');
    const before = sealOf([OLD], 'medic');
    expect(rotated.fits('a', 'text', before.sign('a', 'text'))).toBe(true);
    expect(before.fits('a', 'text', rotated.sign('a', 'text'))).toBe(false);
  });

  it('is over the same text for the same value, however its keys are ordered', () => {
    const shuffled = (value: Record<string, unknown>) => Object.fromEntries(Object.entries(value).reverse());
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(stable(shuffled(value))).toBe(stable(value));
      }),
    );
  });
});

describe('a control record', () => {
  it('is in force for thirty seconds after it was issued', () => {
    const stored = issue(record(), seal);
    const reading = (age: number) => readControl(stored, seal, NEVER_SEEN, at(NOW + age)).kind;
    expect([0, CONTROL_LIFE, CONTROL_LIFE + 1].map(reading)).toEqual(['in-force', 'in-force', 'closed']);
  });

  it('that is absent, forged, from another installation or from the future means closed, and says which', () => {
    const reasonOf = (stored: string | null) => {
      const read = readControl(stored, seal, NEVER_SEEN, at(NOW));
      return read.kind === 'closed' ? read.reason : 'in force';
    };
    const stored = issue(record(), seal);
    expect(reasonOf(null)).toContain('there is none');
    expect(reasonOf('')).toContain('not signed');
    expect(reasonOf(stored.replace('"pausedBy":null', '"pausedBy":"U1"'))).toContain('not signed');
    expect(reasonOf(issue(record(), sealOf([OLD], 'medic')))).toContain('not signed');
    expect(reasonOf(issue(record(), sealOf([KEY], 'other')))).toContain('not signed');
    expect(reasonOf(issue(record(NOW + 60_000), seal))).toContain('not come yet');
  });

  it('that is older than one seen before is refused, also by a process that only kept its number', () => {
    const first = record();
    const second = record(NOW + 10, first);
    const seen = { number: second.number, issuedAt: second.issuedAt, since: 0 };
    const read = readControl(issue(first, seal), seal, seen, at(NOW + 20));
    expect(read).toMatchObject({ kind: 'closed', reason: saying('older than one') });
  });

  it('that does not change for thirty seconds of this process is stale, whatever the clock of record says', () => {
    const stored = issue(record(), seal);
    const read = readControl(stored, seal, NEVER_SEEN, at(NOW, 1_000));
    if (read.kind !== 'in-force') throw new Error(read.reason);
    expect(readControl(stored, seal, read.seen, at(NOW, 1_000 + CONTROL_LIFE)).kind).toBe('in-force');
    expect(readControl(stored, seal, read.seen, at(NOW, 1_001 + CONTROL_LIFE)).kind).toBe('closed');
  });

  it('of one brain follows that of another, with a greater number, also where their clock steps back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), (step) => {
        const first = record();
        expect(record(NOW + step, first).number).toBeGreaterThan(first.number);
      }),
    );
    expect(issued(issue(record(), seal), seal)).toEqual(record());
  });

  it('leaves out silences that are over', () => {
    const silence = {
      id: 's-1',
      source: 'slack',
      by: 'U1',
      reason: '',
      from: 0,
      service: null,
      environment: null,
      matchers: [],
    } as const;
    const silences = [
      { ...silence, until: NOW },
      { ...silence, id: 's-2', until: NOW + 1 },
    ];
    const after = following(null, { ...orders, silences }, { now: NOW, catalog: {} });
    expect(after.silences.map(({ id }) => id)).toEqual(['s-2']);
  });
});
