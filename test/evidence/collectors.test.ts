import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';
import { declaredLooks } from '../../src/engine/effects/declared-looks.ts';
import { viewOf } from '../../src/engine/effects/view.ts';
import type { AnyCollector, Present } from '../../src/evidence/collector.ts';
import { createCollectors } from '../../src/evidence/collectors/answer.ts';
import { DECLARED, requestsAround, requestsFor } from '../../src/evidence/collectors/table.ts';
import { readCatalog } from '../../src/playbooks/catalog.ts';
import { alertOf, inquiryOf, NOON, serviceOf } from './samples.ts';

const settings = Settings.parse({
  services: { catalog: { logs: [{ file: '/var/log/catalog.log' }], memory_limit: '200MB' } },
});
const whole = serviceOf({
  logs: [{ file: '/var/log/catalog.log' }],
  probes: [{ name: 'up', url: 'http://catalog.example.com', timeout: 1 }],
  journal: true,
  changes: { file: '/var/log/deploys' },
  state: ['supervisorctl', 'status'],
  postgresql: [
    { name: 'orders-db', address: 'db-1:5432', user: 'medic', database: 'orders', tls: 'off', timeout: 1 },
  ],
  redis: [{ name: 'cache', address: 'cache-1:6379', tls: 'off', timeout: 1 }],
  mysql: [{ name: 'stock-db', labels: { instance: 'db-2:9104' } }],
  queues: [{ name: 'mails', labels: { queue: 'mails' } }],
  tls: [{ address: 'catalog.example.com:443', timeout: 1 }],
  dns: [{ name: 'db.example.com', type: 'A', timeout: 1 }],
  kubernetes: { namespace: 'shop' },
  docker: {},
});
const bound = {
  server: 'main',
  labels: { alertname: 'ServiceDown' },
  expression: 'up == 0',
  reads: ['up'],
  instruments: ['scrape/fleet/127.0.0.1:9000'],
  interval: 15_000,
};
const inquiry = inquiryOf({ service: whole, bindings: { f1: { kind: 'bound', bound } } });

/** A table whose collectors keep what they were asked. */
function table() {
  const seen: { readonly asked: unknown; readonly present: Present }[] = [];
  const keeping = Object.values(DECLARED).map((declared): [string, AnyCollector] => [
    declared.name,
    {
      declared,
      collect: async (asked, present) => {
        seen.push({ asked, present });
        return [];
      },
    },
  ]);
  const serviceOfName = (about: Parameters<typeof viewOf>[0]) => viewOf(about, settings);
  return {
    seen,
    collectors: createCollectors(Object.fromEntries(keeping), { serviceOf: serviceOfName, now: () => NOON }),
  };
}
const never = new AbortController().signal;

describe('a collector', () => {
  it('has a name of its own, and says what it reads and whose word that is', () => {
    const all = Object.values(DECLARED);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { reads, instrument } of all) expect([reads, instrument]).not.toContain('');
  });

  it('is asked in plain JSON, which is the same after a journey', async () => {
    const requests = requestsFor(inquiry).map(({ request }) => request);
    expect(requests.map(({ collector }) => collector)).toEqual(
      Object.values(DECLARED).map(({ name }) => name),
    );
    const { collectors, seen } = table();
    for (const request of requests) await collectors.answer(JSON.parse(JSON.stringify(request)), never);
    expect(seen.map(({ asked }) => asked)).toEqual(requests.map((request) => request.arguments));
  });

  it('is not asked for what the service has not', () => {
    const asked = requestsFor(inquiryOf({ service: serviceOf({ labels: {} }), alerts: [] }));
    expect(asked.map(({ request }) => request.collector)).toEqual([
      'looks',
      'host vital signs',
      'changes',
      'host',
      'host activity',
    ]);
    // Kubernetes may know what the registry does not.
    const unknown = requestsFor(inquiryOf({ alerts: [] }));
    expect(unknown.map(({ request }) => request.collector)).toEqual([
      'container vital signs',
      'kubernetes',
      'logs of pods',
    ]);
  });
});

describe('what a service depends on', () => {
  const own = serviceOf({ name: 'shop', kubernetes: { namespace: 'shop' } });
  const asked = (needed: typeof whole) =>
    requestsAround(inquiryOf({ service: own }), needed).map(({ request }) => request);

  it('is asked whether it runs and answers, and is not looked into as a whole', () => {
    expect(asked(whole).map(({ collector }) => collector)).toEqual([
      'looks',
      'service vital signs',
      'process state',
      'probes',
      'certificates',
      'docker',
    ]);
  });

  it('is asked in its own name, since when the subject is ill, and looked at where it runs and nowhere else', () => {
    const [looks] = asked(whole);
    expect(looks?.arguments).toEqual({
      about: { kind: 'service', name: 'catalog', environment: 'production' },
      since: NOON - 60_000,
      alerts: [],
      rules: [],
      unitAlone: true,
    });
    const { catalog } = readCatalog('playbooks');
    const given = { about: inquiry.subject, since: null, alerts: [], rules: [] };
    const alone = declaredLooks({ ...given, unitAlone: true }, settings, catalog);
    expect(alone.flatMap(({ spec }) => Object.keys(spec))).toEqual(['unit']);
    expect(declaredLooks(given, settings, catalog).length).toBeGreaterThan(alone.length);
  });
});

it('a service is looked into together with the databases of what it needs, each once', () => {
  const orders = { name: 'orders-db', address: 'db-1:5432' };
  const cache = { name: 'cache', address: 'cache-1:6379' };
  const registry = Settings.parse({
    services: {
      shop: { depends_on: ['database', 'desk'], redis: [cache] },
      desk: { redis: [cache] },
      database: { postgresql: [orders] },
      other: { postgresql: [{ ...orders, name: 'others-db' }] },
    },
  });
  const view = viewOf({ kind: 'service', name: 'shop', environment: 'production' }, registry);
  expect(view?.postgresql?.map(({ name }) => name)).toEqual(['orders-db']);
  expect(view?.redis?.map(({ name }) => name)).toEqual(['cache']);
});

describe('whoever answers', () => {
  it('knows a service by its own registry alone, whatever it is told', async () => {
    const { collectors, seen } = table();
    const about = { kind: 'service', name: 'catalog', environment: 'production' };
    await collectors.answer({ collector: 'logs', arguments: { about, since: null } }, never);
    await collectors.answer(
      { collector: 'logs', arguments: { about: { ...about, name: 'other' }, since: null } },
      never,
    );
    expect(seen.map(({ present }) => present.service?.logs ?? null)).toEqual([
      [{ file: '/var/log/catalog.log' }],
      null,
    ]);
    const more = { about, since: null, service: { logs: [{ file: '/etc/shadow' }] } };
    await expect(collectors.answer({ collector: 'logs', arguments: more }, never)).rejects.toThrow(
      /^it was asked in a way that it does not understand: service is not known/,
    );
  });

  it('refuses a collector that it has not, and names the one that may be meant', async () => {
    const { collectors } = table();
    await expect(collectors.answer({ collector: 'log', arguments: {} }, never)).rejects.toThrow(
      'there is no such collector; "logs" is one',
    );
    await expect(collectors.answer({ collector: 'constructor', arguments: {} }, never)).rejects.toThrow(
      'there is no such collector',
    );
  });

  it('lets no arguments through but those that a collector declares', async () => {
    const names = Object.values(DECLARED).map(({ name }) => name);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.jsonValue(), async (collector, given) => {
        const { collectors, seen } = table();
        await expect(collectors.answer({ collector, arguments: given }, never)).rejects.toThrow();
        expect(seen).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

it('takes no look but those that its own catalog declares, at a limit that a rule at its source has', () => {
  const { catalog } = readCatalog('playbooks');
  const asked = { about: inquiry.subject, since: null, alerts: [alertOf()], rules: [] };
  const units = declaredLooks(asked, settings, catalog);
  expect(units.map(({ spec }) => Object.keys(spec).join())).toContain('unit');
  expect(declaredLooks(asked, settings, new Map())).toEqual([]);
  const rule = { ...bound, reads: ['process_resident_memory_bytes'], comparison: '> 2e8' };
  const unlimited = Settings.parse({ services: { catalog: {} } });
  const memory = declaredLooks({ ...asked, rules: [rule] }, unlimited, catalog);
  expect(memory.map(({ spec }) => spec)).toContainEqual({ memory: { limit: 200_000_000 } });
});
