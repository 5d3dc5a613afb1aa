import { describe, expect, it } from 'vitest';
import type { LogLister, LogOf } from '../../../../src/adapters/collectors/kubernetes/lister.ts';
import type { Pod } from '../../../../src/adapters/collectors/kubernetes/objects.ts';
import { createPodLogCollector } from '../../../../src/adapters/collectors/kubernetes/pod-logs.ts';
import { recogniserOf } from '../../../../src/evidence/facts/signatures.ts';
import { readSignatures } from '../../../../src/playbooks/signatures.ts';
import { serviceOf } from '../../../evidence/samples.ts';
import { at, NOON, podOf, SHOP } from './shop.ts';

const recognise = recogniserOf([readSignatures('playbooks').signatures]);
const about = { kind: 'service', name: 'cart', environment: 'production' } as const;
const asked = { about, since: NOON, places: [] };

/** A cluster of these pods, whose logs `log` makes up; keeps what it was asked for. */
function clusterOf(pods: readonly Pod[], log: (of: LogOf) => string | null) {
  const read: LogOf[] = [];
  const lister: LogLister = {
    list: async (kind) => ({
      kind: 'read',
      items: (kind === 'Pod' ? pods : (SHOP[kind] ?? [])) as never,
      cut: false,
    }),
    read: async (of) => {
      read.push(of);
      return log(of);
    },
  };
  const collector = createPodLogCollector(lister, { namespaces: ['shop'], timeout: 1000, recognise });
  return {
    read,
    collect: (service: ReturnType<typeof serviceOf> | null = null) =>
      collector.collect(asked, { service, now: NOON }, new AbortController().signal),
  };
}

const crashing = (restartCount: number, terminated: object | undefined) =>
  podOf({
    state: {
      name: 'cart',
      ready: false,
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: terminated === undefined ? {} : { terminated },
    },
  });
const ended = { reason: 'Error', exitCode: 1, finishedAt: at(-5) };
const REFUSED = `${at(-4)} dial tcp 10.0.0.7:5432: connect: connection refused\n`;

describe('the logs of pods', () => {
  it('are those of the last run where a container waits to be started again, and of both runs where it runs again', async () => {
    const waiting = clusterOf([crashing(4, ended)], () => REFUSED);
    await waiting.collect();
    expect(waiting.read.map(({ previous }) => previous)).toEqual([false]);
    const runs = podOf({ state: { name: 'cart', ready: true, restartCount: 1, state: { running: {} } } });
    const again = clusterOf([runs], () => REFUSED);
    await again.collect();
    expect(again.read.map(({ previous }) => previous)).toEqual([true, false]);
    const never = clusterOf([crashing(0, undefined)], () => REFUSED);
    expect(await never.collect()).toEqual([]);
    expect(never.read).toEqual([]);
  });

  it('say what the workload itself writes, by the time at which it was written', async () => {
    const { collect } = clusterOf(
      [crashing(4, ended)],
      () => `${at(-3600)} 2026-03-01T11:59:59Z started\n${REFUSED}`,
    );
    const [found] = await collect();
    expect(found?.witness).toBe('workload/shop/cart');
    expect(found?.text).toContain('connection refused');
    // Its own word of the time counts for nothing: it was written an hour ago.
    expect(found?.text).not.toContain('started');
    const fact = found?.facts?.find(({ name }) => name === 'log.signature');
    expect(fact).toMatchObject({
      of: 'service/shop/cart',
      value: 'connection_refused',
      at: Date.parse(at(-4)),
    });
    expect(fact?.within).toEqual(
      expect.arrayContaining(['deployment/shop/cart', 'pod/shop/cart-7d9f8b6c5d-x2x4z', 'node/node-1']),
    );
  });

  it('are the word of the registered service where its entry names the workload, and of nobody registered elsewhere', async () => {
    const { collect } = clusterOf([crashing(4, ended)], () => REFUSED);
    const own = { namespace: 'shop', workload: 'deployment/cart' };
    const [found] = await collect(serviceOf({ name: 'shop-cart', kubernetes: own }));
    expect(found?.facts?.[0]?.of).toBe('service/shop-cart');
    const [other] = await collect(
      serviceOf({ name: 'cart', kubernetes: { ...own, workload: 'deployment/other' } }),
    );
    expect(other?.facts?.[0]?.of ?? 'none').not.toBe('service/cart');
  });

  it('of a neighbour that is well are shown only where they mean something', async () => {
    const neighbour = (line: string) => {
      const pod = podOf({ name: 'mail-1' });
      const mail = { ...pod, metadata: { ...pod.metadata, ownerReferences: [] } };
      return clusterOf([mail], () => `${at(-4)} ${line}\n`).collect();
    };
    expect(await neighbour('listening on :8080')).toEqual([]);
    expect((await neighbour('connect: connection refused')).map(({ title }) => title)).toEqual([
      'Log of pod/shop/mail-1',
    ]);
  });

  it('that may not be read are said to be unread, with the reason, and the others are read', async () => {
    const both = [crashing(4, ended), podOf({ name: 'cart-7d9f8b6c5d-aaaaa' })];
    const found = await clusterOf(both, ({ pod }) => {
      if (pod.endsWith('aaaaa')) throw new Error('its log may not be read: pods/log is forbidden');
      return REFUSED;
    }).collect();
    expect(found.find(({ failed }) => failed)?.text).toBe(
      'cart-7d9f8b6c5d-aaaaa, container cart: its log may not be read: pods/log is forbidden',
    );
    expect(found.some(({ facts = [] }) => facts.some(({ value }) => value === 'connection_refused'))).toBe(
      true,
    );
  });

  it('that nobody may read are one gap, however many there are', async () => {
    const pods = Array.from({ length: 5 }, (_, place) => {
      const pod = podOf({ name: `w${place}` });
      return { ...pod, metadata: { ...pod.metadata, ownerReferences: [] } };
    });
    const found = await clusterOf(pods, () => {
      throw new Error('its log may not be read: pods/log is forbidden');
    }).collect();
    expect(found.map(({ title, failed }) => [title, failed])).toEqual([
      ['Logs of pods that could not be read', true],
    ]);
    expect(found[0]?.text.split('\n')).toHaveLength(5);
  });

  it('of a whole namespace are read no further than a limit, of what is ill first', async () => {
    const many = Array.from({ length: 60 }, (_, place) => {
      const pod = podOf({ name: `w${place}` });
      return { ...pod, metadata: { ...pod.metadata, ownerReferences: [] } };
    });
    const { read, collect } = clusterOf([...many, crashing(4, ended)], () => REFUSED);
    await collect();
    expect(read).toHaveLength(24);
    expect(read[0]?.pod).toBe('cart-7d9f8b6c5d-x2x4z');
  });
});
