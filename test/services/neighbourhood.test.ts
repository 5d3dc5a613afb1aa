import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Subject, subjectKey } from '../../src/alerts/alert.ts';
import { Settings } from '../../src/config/settings.ts';
import { needsOf, neighbourhoodsOf, neighboursOf, upstreamOf } from '../../src/services/neighbourhood.ts';

const service = (name: string): Subject => ({ kind: 'service', name, environment: 'production' });
const key = (name: string) => subjectKey(service(name));

function registry(dependencies: Readonly<Record<string, readonly string[]>>): Settings {
  const services = Object.entries(dependencies).map(([name, depends_on]) => [name, { depends_on }]);
  return Settings.parse({ services: Object.fromEntries(services) });
}

const shop = registry({ storefront: ['catalog', 'orders'], catalog: ['database'], orders: [], database: [] });

describe('a neighbourhood', () => {
  it('is a service and what it directly depends on, so two services share a lock when some neighbourhood holds both', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const graph = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.subarray(names.filter((other) => other !== name))])),
    );
    fc.assert(
      fc.property(graph, fc.constantFrom(...names), fc.constantFrom(...names), (dependencies, x, y) => {
        const settings = registry(dependencies);
        const holds = (centre: string, name: string) =>
          centre === name || (dependencies[centre] ?? []).includes(name);
        const together = names.some((centre) => holds(centre, x) && holds(centre, y));
        const locks = neighbourhoodsOf(service(x), settings);
        const shared = neighbourhoodsOf(service(y), settings).filter((lock) => locks.includes(lock));
        expect(shared.length > 0).toBe(together);
      }),
      { seed: 20_260_101 },
    );
  });

  it('lets services that have nothing to do with each other be mended side by side', () => {
    const locks = neighbourhoodsOf(service('database'), shop);
    expect(neighbourhoodsOf(service('storefront'), shop).filter((lock) => locks.includes(lock))).toEqual([]);
  });

  it('does not reach into another environment', () => {
    const settings = Settings.parse({
      services: { api: { depends_on: ['db'] }, db: { environment: 'staging' } },
    });
    expect(neighboursOf(service('api'), settings)).toEqual(['staging/service/db']);
    expect(neighboursOf(service('db'), settings)).toEqual([]);
  });
});

describe('what a service needs', () => {
  const needed = (name: string, settings: Settings) =>
    needsOf(service(name), settings).map((one) => one.name);

  it('is what it depends on, directly before by way of one other, and nothing that is further', () => {
    expect(needed('storefront', shop)).toEqual(['catalog', 'orders', 'database']);
    expect(needed('a', registry({ a: ['b'], b: ['c'], c: ['d'], d: [] }))).toEqual(['b', 'c']);
    expect(needed('database', shop)).toEqual([]);
  });

  it('never is the service itself, nor one that nobody has registered', () => {
    expect(needed('a', registry({ a: ['b', 'mail'], b: ['a'] }))).toEqual(['b']);
  });

  it('does not reach into another environment', () => {
    const settings = Settings.parse({
      services: { api: { depends_on: ['db'] }, db: { environment: 'staging' } },
    });
    expect(needed('api', settings)).toEqual([]);
  });

  it('is no more than six of many', () => {
    const many = Array.from({ length: 40 }, (_, nth) => `s${nth}`);
    const settings = registry({ hub: many, ...Object.fromEntries(many.map((name) => [name, []])) });
    expect(needed('hub', settings)).toEqual(many.slice(0, 6));
  });
});

describe('what comes first', () => {
  it('is what a service depends on, and never what depends on it', () => {
    expect(upstreamOf(service('storefront'), shop)).toEqual([key('catalog'), key('orders')]);
    expect(upstreamOf(service('database'), shop)).toEqual([]);
  });

  it('is nothing between services that depend on each other, or each would wait for the other', () => {
    const circle = registry({ a: ['b'], b: ['c'], c: ['a', 'd'], d: [] });
    expect(upstreamOf(service('a'), circle)).toEqual([]);
    expect(upstreamOf(service('c'), circle)).toEqual([key('d')]);
  });

  it('is nothing for a target that no registry knows', () => {
    expect(upstreamOf({ kind: 'target', name: 'web-9', environment: 'production' }, shop)).toEqual([]);
  });
});
