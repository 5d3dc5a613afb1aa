import { describe, expect, it } from 'vitest';
import {
  collectFrom,
  createKubernetesCollector,
} from '../../../../src/adapters/collectors/kubernetes/collector.ts';
import type { Listed, Lister } from '../../../../src/adapters/collectors/kubernetes/lister.ts';
import type { Kind, Objects } from '../../../../src/adapters/collectors/kubernetes/objects.ts';
import type { Alert } from '../../../../src/alerts/alert.ts';
import { kubernetes } from '../../../../src/evidence/collectors/kubernetes.ts';
import { alertOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { DEPLOYMENT, NOON, podOf, SHOP } from './shop.ts';

const never = new AbortController().signal;
const reading = { namespaces: ['shop'], timeout: 1000 };
const present = { service: null, now: NOON };
const about = { kind: 'service', name: 'cart', environment: 'production' } as const;
const nowhere = { about, since: null, places: [] };

/** Answers with the objects of `shop`, refuses some kinds and fails for others; keeps what it was asked. */
function listerOf(
  objects: Objects,
  { refused = [], broken = [] }: { refused?: readonly Kind[]; broken?: readonly Kind[] } = {},
) {
  const asked: string[] = [];
  const lister: Lister = {
    async list<K extends Kind>(kind: K, namespace: string | null): Promise<Listed<K>> {
      asked.push(`${kind} ${namespace}`);
      if (refused.includes(kind)) return { kind: 'refused', reason: `it cannot list ${kind}` };
      if (broken.includes(kind)) throw new Error('connection reset');
      const items = objects[kind];
      return items === undefined ? { kind: 'unknown' } : { kind: 'read', items, cut: false };
    },
  };
  return { lister, asked };
}

describe('the collector of Kubernetes', () => {
  it('tells nothing where no cluster is configured', async () => {
    expect(await createKubernetesCollector(null, reading).collect(nowhere, present, never)).toEqual([]);
  });

  it('reads the namespace that an alert names, else that of the registered service, else those of the configuration', async () => {
    const namespaces = async (
      asked: Parameters<typeof collectFrom>[1],
      service = present.service as ReturnType<typeof serviceOf> | null,
    ) => {
      const { lister, asked: seen } = listerOf(SHOP);
      await collectFrom(lister, asked, { ...present, service }, never, {
        ...reading,
        namespaces: ['default-one'],
      });
      return seen.filter((one) => one.startsWith('Deployment ')).map((one) => one.split(' ')[1]);
    };
    const place = { namespace: 'alerted', kind: null, name: null };
    expect(await namespaces({ ...nowhere, places: [place] })).toEqual(['alerted']);
    expect(await namespaces(nowhere, serviceOf({ kubernetes: { namespace: 'registered' } }))).toEqual([
      'registered',
    ]);
    expect(
      await namespaces(
        { ...nowhere, places: [place] },
        serviceOf({ kubernetes: { namespace: 'registered' } }),
      ),
    ).toEqual(['registered']);
    expect(await namespaces(nowhere)).toEqual(['default-one']);
  });

  it('reads, of a node alone, the pods that it runs in the namespaces which Medic watches', async () => {
    const { lister, asked } = listerOf(SHOP);
    const places = [{ namespace: null, kind: 'node', name: 'node-1' } as const];
    const found = await collectFrom(lister, { ...nowhere, places }, present, never, reading);
    expect(asked).toContain('Pod shop');
    expect(asked).not.toContain('Deployment shop');
    const facts = found.flatMap((one) => one.facts ?? []);
    expect(facts).toContainEqual(
      expect.objectContaining({ name: 'k8s.node.pods.unready', of: 'node/node-1', value: 0 }),
    );
    expect(facts.some(({ of }) => of.startsWith('pod/'))).toBe(false);
  });

  it('begins with the workload of the pod that an alert names', async () => {
    const { lister } = listerOf(SHOP);
    const places = [{ namespace: 'shop', kind: 'pod', name: 'cart-7d9f8b6c5d-x2x4z' } as const];
    const [first] = await collectFrom(lister, { ...nowhere, places }, present, never, reading);
    expect(first?.title).toMatch(/^deployment\/shop\/cart, /);
  });

  it('says of each kind why it was not read, and goes on with the others', async () => {
    const { lister } = listerOf(SHOP, { refused: ['Secret'], broken: ['ResourceQuota'] });
    const found = await collectFrom(lister, nowhere, present, never, reading);
    const gaps = found.filter(({ failed }) => failed);
    expect(gaps.map(({ text }) => text)).toEqual([
      'ResourceQuota in shop: connection reset\nSecret in shop: refused: it cannot list Secret',
    ]);
    expect(found.length).toBeGreaterThan(1);
  });

  it('fails as a whole where nobody answers, rather than find nothing', async () => {
    const { lister } = listerOf({});
    const dead: Lister = { list: () => Promise.reject(new Error('connect ECONNREFUSED')) };
    await expect(collectFrom(dead, nowhere, present, never, reading)).rejects.toThrow(/ECONNREFUSED/);
    await expect(collectFrom(lister, nowhere, present, never, reading)).rejects.toThrow();
  });

  it.each([undefined, []])('reads the older endpoints where a server has no slices: %j', async (slices) => {
    const { lister, asked } = listerOf({ ...SHOP, EndpointSlice: slices });
    const found = await collectFrom(lister, nowhere, present, never, reading);
    expect(asked).toContain('Endpoints shop');
    const facts = found.flatMap(({ facts = [] }) => facts);
    expect(facts.find(({ name }) => name === 'k8s.service.endpoints.ready')?.value).toBe(1);
  });

  it('counts events by the time of the alert, not of the reading', async () => {
    const broken = { ...DEPLOYMENT, status: {} };
    const { lister } = listerOf({
      ...SHOP,
      Deployment: [broken],
      Pod: [podOf({ status: { phase: 'Pending' } })],
    });
    const asked = { ...nowhere, since: NOON + 60_000 };
    // An alert from the future is a clock that is wrong: the present counts.
    await expect(collectFrom(lister, asked, present, never, reading)).resolves.not.toEqual([]);
  });
});

describe('what the collector of Kubernetes is asked', () => {
  const placesOf = (...labels: readonly Alert['labels'][]) =>
    kubernetes.ask(inquiryOf({ alerts: labels.map((one) => alertOf({ labels: one })) }))?.places;

  it.each([
    [
      { namespace: 'shop', pod: 'cart-1' },
      { namespace: 'shop', kind: 'pod', name: 'cart-1' },
    ],
    [
      { namespace: 'shop', deployment: 'cart', pod: 'exporter-1' },
      { namespace: 'shop', kind: 'deployment', name: 'cart' },
    ],
    [
      { namespace: 'monitoring', exported_namespace: 'shop', exported_pod: 'cart-1', pod: 'exporter-1' },
      { namespace: 'shop', kind: 'pod', name: 'cart-1' },
    ],
    [{ namespace: 'shop' }, { namespace: 'shop', kind: null, name: null }],
    [{ node: 'node-1' }, { namespace: null, kind: 'node', name: 'node-1' }],
  ])('is read from labels: %o', (labels, place) => {
    expect(placesOf(labels)).toEqual([place]);
  });

  it('names a place once, and few of them', () => {
    expect(placesOf({ namespace: 'shop', pod: 'a' }, { namespace: 'shop', pod: 'a' })).toHaveLength(1);
    const many = Array.from({ length: 30 }, (_, place) => ({ namespace: 'shop', pod: `cart-${place}` }));
    expect(placesOf(...many)).toHaveLength(8);
  });

  it('takes no value that no name of Kubernetes can have, and no label that an object has by itself', () => {
    expect(placesOf({ namespace: 'x'.repeat(300) })).toEqual([]);
    expect(placesOf({ instance: 'web-1' })).toEqual([]);
  });
});
