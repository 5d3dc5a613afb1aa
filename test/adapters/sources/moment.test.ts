import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inquest } from '../../../src/adapters/collectors/prometheus/alert/inquest.ts';
import type { AlertRule } from '../../../src/adapters/collectors/prometheus/client.ts';
import { isSince, placeByMoment } from '../../../src/adapters/collectors/prometheus/expression/moment.ts';
import { placeOf } from '../../../src/adapters/collectors/prometheus/place.ts';
import { alertOf } from '../../evidence/samples.ts';

const ACTIVE = '2026-11-03T11:58:30.460871563Z';
const labels = { alertname: 'TargetDown', job: 'shop', instance: 'web-1:9100' };

function ruleOf(activeAt: string, more: Partial<AlertRule> = {}): AlertRule {
  return {
    type: 'alerting',
    name: 'TargetDown',
    query: 'up == 0',
    labels: {},
    duration: 0,
    health: 'ok',
    lastEvaluation: '2026-11-03T12:00:00Z',
    interval: 15_000,
    alerts: [{ labels, state: 'firing', activeAt }],
    ...more,
  };
}

/** Servers by name, each with what it says of its rules; none of them goes by the address in the alert's link. */
function inquestOf(servers: Readonly<Record<string, AlertRule>>): Inquest {
  const identities = Object.keys(servers).map((name) => ({
    name,
    addresses: [`http://${name}:9090`],
    externalLabels: {},
    unread: null,
  }));
  return {
    identities,
    of: ({ name }) => ({
      rules: async () => [servers[name] as AlertRule],
      query: async () => [],
      many: false,
    }),
  };
}

const alert = alertOf({
  name: 'TargetDown',
  labels,
  startsAt: Date.parse('2026-11-03T11:58:30.460Z'),
  link: 'http://a-host-name:9090/graph?g0.expr=up+%3D%3D+0',
});

async function foundAt(servers: Readonly<Record<string, AlertRule>>, received = alert): Promise<string> {
  const inquest = inquestOf(servers);
  const place = await placeByMoment(received, inquest, placeOf(received, inquest.identities));
  return place.kind === 'settled' ? place.servers.map(({ name }) => name).join() : place.kind;
}

describe('an alert whose link names an address that nobody configured', () => {
  it('belongs to the server that has the very same alert active since the very same moment', async () => {
    expect(await foundAt({ eu: ruleOf(ACTIVE) })).toBe('eu');
  });

  it('is told from that of another cluster with the same rule, which evaluates it at other moments', async () => {
    const other = '2026-11-03T11:58:31.907871563Z';
    expect(await foundAt({ us: ruleOf(other) })).toBe('nowhere');
    expect(await foundAt({ us: ruleOf(other), eu: ruleOf(ACTIVE) })).toBe('eu');
  });

  it('belongs nowhere where two servers have it since that moment, or its labels are not all there', async () => {
    expect(await foundAt({ us: ruleOf(ACTIVE), eu: ruleOf(ACTIVE) })).toBe('nowhere');
    const rewritten = { ...alert, labels: { ...labels, instance: 'web-1' } };
    expect(await foundAt({ eu: ruleOf(ACTIVE) }, rewritten)).toBe('nowhere');
  });

  it('began to fire a whole number of evaluations after it became active, once its rule’s time had passed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: -59_000, max: 59_000 }),
        (seconds, times, off) => {
          const interval = seconds * 1000;
          const rule = { duration: times * seconds, interval };
          const since = (startsAt: number) => isSince({ rule, activeAt: ACTIVE }, startsAt);
          const fired = Date.parse(ACTIVE) + times * interval;
          expect(since(fired)).toBe(true);
          if (Math.abs(off) > 5 && Math.abs(off) < interval - 5) expect(since(fired + off)).toBe(false);
        },
      ),
    );
  });
});
