import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/diagnosis/faults/fault.ts';
import { libraryOf } from '../../../../src/diagnosis/faults/library.ts';
import { type Recognised, recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import { NOON } from '../../../kit/faults/facts.ts';
import { shipped } from '../../../kit/faults/shipped.ts';
import { CASES, WELL } from './cases.ts';
import { evidenceOf, type Values } from './world.ts';

const library = shipped().library;
const faults = [...library.faults.values()].map(({ fault }) => fault);
const seen = (values: Values, among = library): readonly Recognised[] =>
  recognise(among, evidenceOf(values), { symptom: NOON, alerted: NOON, needs: new Map() });
const named = (values: Values, among = library): readonly string[] =>
  seen(values, among).map(({ fault, object }) => `${fault.name} in ${object}`);
const all = (values: Values, among = library): readonly string[] =>
  seen(values, among).flatMap((one) => [one, ...one.consequences].map(({ fault }) => fault.name));

/** What is otherwise in a clear case, without what one of the signs rests on, and no other. */
function without(sign: Fault['signs'][number], { signs }: Fault, clear: Values): Values {
  const others = signs.filter((one) => one !== sign).flatMap(({ any }) => any.map(({ fact }) => fact));
  const facts = sign.any.flatMap(({ fact }) => (others.includes(fact) ? [] : [fact as string]));
  return Object.fromEntries(Object.entries(clear).filter(([name]) => !facts.includes(name)));
}
const faultOf = (name: string): Fault => {
  const found = faults.find((one) => one.name === name);
  if (found === undefined) throw new Error(`the library has no ${name}`);
  return found;
};

describe.each(CASES)('the fault $fault', ({ fault, object, clear, confusable }) => {
  it('is named alone, where it lies, by two instruments', () => {
    expect(named(clear)).toEqual([`${fault} in ${object}`]);
    const [one] = seen(clear);
    const witnesses = evidenceOf(clear).filter(({ id }) =>
      one?.claims.some(({ citations }) => citations.some(({ evidence }) => evidence === id)),
    );
    expect(new Set(witnesses.map(({ witness }) => witness)).size).toBeGreaterThan(1);
  });

  it.each(confusable)('is not named where %s', (_, more, instead) => {
    const names = all({ ...clear, ...more });
    expect(names).not.toContain(fault);
    expect(names.slice(0, 1)).toEqual(instead === null ? names.slice(0, 1) : [instead]);
  });

  it('is not named where one of its signs is missing, and would be without that sign', () => {
    const whole = faultOf(fault);
    for (const sign of whole.signs) {
      const near = without(sign, whole, clear);
      const fewer = { ...whole, signs: whole.signs.filter((one) => one !== sign) };
      if (Object.keys(near).length === Object.keys(clear).length) {
        // What rests on what is so while all is well has nothing that could be missing. Where signs share a fact, a confusable tells.
        if (sign.any.every((predicate) => !(predicate.fact in clear))) continue;
        const wrong = confusable.filter(([, more]) =>
          all({ ...clear, ...more }, libraryOf([fewer])).includes(fault),
        );
        expect([sign.claim, wrong.length]).not.toEqual([sign.claim, 0]);
        continue;
      }
      expect([sign.claim, all(near).includes(fault)]).toEqual([sign.claim, false]);
      if (fewer.signs.length > 0)
        expect([sign.claim, all(near, libraryOf([fewer]))]).toEqual([sign.claim, [fault]]);
    }
  });

  it('would be named in place of a confusable without what excludes that', () => {
    const whole = faultOf(fault);
    for (const excluding of whole.unless) {
      const fewer = { ...whole, unless: whole.unless.filter((one) => one !== excluding) };
      const wrong = confusable.filter(([, more]) =>
        all({ ...clear, ...more }, libraryOf([fewer])).includes(fault),
      );
      expect([excluding.because, wrong.length]).not.toEqual([excluding.because, 0]);
    }
  });
});

describe('no fault is named', () => {
  it.each(WELL)('where %s', (_, values) => {
    expect(named(values)).toEqual([]);
  });

  it('of what was so already while all was well', () => {
    for (const { clear, fault } of CASES) {
      const evidence = evidenceOf(clear).map((one) => ({
        ...one,
        facts: (one.facts ?? []).map((fact) => ({ ...fact, usual: true as const })),
      }));
      const found = recognise(library, evidence, { symptom: NOON, alerted: NOON, needs: new Map() });
      expect([fault, found.length]).toEqual([fault, 0]);
    }
  });
});

it('every fault of hosts and services has its case', () => {
  const folder = new URL('../../../../playbooks/faults/', import.meta.url);
  const files = ['host', 'service'].flatMap((section) => readdirSync(new URL(section, folder)));
  expect(CASES.map(({ fault }) => `${fault}.yml`).toSorted()).toEqual(files.toSorted());
});
