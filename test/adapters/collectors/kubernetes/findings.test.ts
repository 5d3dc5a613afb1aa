import { describe, expect, it } from 'vitest';
import { statementsOf } from '../../../../src/adapters/collectors/kubernetes/facts/all.ts';
import { findingsOf } from '../../../../src/adapters/collectors/kubernetes/findings.ts';
import type { Objects } from '../../../../src/adapters/collectors/kubernetes/objects.ts';
import { DEPLOYMENT, NOON, podOf, SERVICE, SET, SHOP } from './shop.ts';

const shown = { now: NOON, query: 'GET the objects of shop', source: 'kubernetes' };

function told(objects: Objects, subject: string) {
  const statements = statementsOf(objects, { now: NOON, symptom: NOON, namespaces: ['shop'] });
  return findingsOf(statements, { ...shown, subjects: new Set([`deployment/shop/${subject}` as const]) });
}

/** So many services, each with a deployment and three pods, of which none is ready. */
function crowdOf(count: number): Objects {
  const names = Array.from({ length: count }, (_, place) => `service-${place}`);
  const labelled = (app: string) => ({ app });
  return {
    ...SHOP,
    Deployment: names.map((name) => ({ ...DEPLOYMENT, metadata: { name, namespace: 'shop' }, status: {} })),
    ReplicaSet: names.map((name) => ({
      ...SET,
      metadata: { ...SET.metadata, name: `${name}-1`, ownerReferences: [{ kind: 'Deployment', name }] },
    })),
    Service: names.map((name) => ({
      ...SERVICE,
      metadata: { name, namespace: 'shop' },
      spec: { ...SERVICE.spec, selector: labelled(name) },
    })),
    Pod: names.flatMap((name) =>
      ['a', 'b', 'c'].map((end) => {
        const pod = podOf({ name: `${name}-1-${end}`, labels: labelled(name), status: { phase: 'Pending' } });
        return {
          ...pod,
          metadata: { ...pod.metadata, ownerReferences: [{ kind: 'ReplicaSet', name: `${name}-1` }] },
        };
      }),
    ),
  };
}

describe('findings of Kubernetes', () => {
  it('hold every fact in a whole line of a text that is never cut', () => {
    for (const objects of [SHOP, crowdOf(30)])
      for (const { text, facts = [] } of told(objects, 'cart')) {
        expect(text.length).toBeLessThan(4000);
        const lines = new Set(text.split('\n'));
        expect(facts.filter(({ quote }) => !lines.has(quote))).toEqual([]);
      }
  });

  it('begin with what they are about, and with what is ill in it', () => {
    const [first] = told(crowdOf(5), 'service-3');
    expect(first?.title).toMatch(/^deployment\/shop\/service-3, /);
    expect(first?.text.split('\n')[0]).toMatch(/0 of 1 pods available/);
  });

  it('tell all that is well together, an instrument each', () => {
    const titles = told(SHOP, 'other').map(({ title }) => title);
    expect(titles.every((title) => title.startsWith('what is well, by'))).toBe(true);
    expect(titles.length).toBeLessThanOrEqual(6);
  });

  it('stay few where a whole namespace is ill, and say that some were left out', () => {
    const all = told(crowdOf(100), 'service-3');
    expect(all.length).toBe(61);
    expect(all[0]?.title).toContain('service-3');
    expect(all.at(-1)).toMatchObject({ failed: true, facts: [] });
  });

  it('give each instrument on each object a witness of its own', () => {
    const all = told(crowdOf(3), 'service-1');
    const witnesses = all.map(
      ({ witness, title }) => `${witness} ${/\(\d+ of \d+\)/.exec(title)?.[0] ?? ''}`,
    );
    expect(new Set(witnesses).size).toBe(all.length);
  });
});
