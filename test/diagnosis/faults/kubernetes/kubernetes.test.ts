import { describe, expect, it } from 'vitest';
import { readLibrary } from '../../../../src/diagnosis/faults/load.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import { CASES } from './cases/all.ts';
import { evidenceOf, namedIn } from './named.ts';
import { ago, NOW, Shop } from './shop.ts';

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

  it('say what speaks against a cause that has been there for longer than the trouble', () => {
    const shop = new Shop().set('Service', 'cart', 'spec.ports.0.targetPort', 7071);
    const written = (seconds: number) =>
      shop.set('Service', 'cart', 'metadata.managedFields', [
        { manager: 'kubectl', time: ago(seconds), fieldsV1: { 'f:spec': {} } },
      ]);
    const against = () =>
      recognise(library, evidenceOf(shop), { symptom: NOW, needs: new Map() }).flatMap((one) => one.against);
    written(600);
    expect(against()).toHaveLength(0);
    written(700_000);
    expect(against()).toHaveLength(1);
  });
});
