import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesIn, isRelease, type Report } from '../../src/changes/change.ts';
import { serviceOf } from '../../src/changes/service-of.ts';
import { Settings } from '../../src/config/settings.ts';

const settings = Settings.parse({
  services: {
    orders: { changes: { names: ['orders-prod'], repositories: ['shop/orders'], environments: ['prod-eu'] } },
    'orders-staging': {
      environment: 'staging',
      changes: { names: ['orders-next'], repositories: ['shop/orders'] },
    },
    cart: { changes: { repositories: ['shop/mono'], deploys_on: { release: true, workflows: ['Deploy'] } } },
    search: { changes: { repositories: ['shop/mono'] } },
    billing: {
      changes: { repositories: ['shop/billing'], deploys_on: { release: true, workflows: ['Deploy'] } },
    },
    plain: {},
  },
});
const report: Report = {
  id: 'one',
  kind: 'release',
  state: 'succeeded',
  version: 'v2',
  previous: null,
  by: null,
  what: null,
  link: null,
  at: 0,
  from: 'github',
};
const of = (about: object, more: Partial<Report> = {}) =>
  serviceOf({ environment: null, ...about }, { ...report, ...more }, settings);

describe('a change is of', () => {
  it.each([
    [{ service: 'plain' }, 'plain'],
    [{ service: 'orders-prod' }, 'orders'],
    [{ repository: 'Shop/Orders', environment: 'production' }, 'orders'],
    [{ repository: 'shop/orders', environment: 'PROD-EU' }, 'orders'],
    [{ repository: 'shop/orders', environment: 'staging' }, 'orders-staging'],
    [{ repository: 'shop/mono', service: 'cart' }, 'cart'],
  ])('the service that %j names', (about, name) => {
    expect(of(about)).toMatchObject({ kind: 'service', name });
  });

  it.each([
    [{ service: 'ordrs' }, 'did you mean orders?'],
    [{ service: 'constructor' }, 'is no registered service'],
    [{ service: '__proto__' }, 'is no registered service'],
    [{ repository: 'shop/unknown' }, 'no service has the repository shop/unknown under changes.repositories'],
    [
      { repository: 'shop/orders', environment: 'qa' },
      'it is of qa, and orders of production and orders-staging of staging',
    ],
    [{ service: 'plain', environment: 'staging' }, 'it is of staging'],
    [{ repository: 'shop/mono' }, 'the repository shop/mono is that of cart and search'],
    [{ repository: 'shop/orders' }, 'is that of orders and orders-staging'],
    [
      { repository: 'shop/billing', by: { workflow: 'Tests' } },
      'the workflow "Tests" does not deploy billing',
    ],
  ])('nobody where that cannot be told: %j', (about, why) => {
    const mapped = of(about);
    expect(mapped.kind === 'none' && mapped.why).toContain(why);
  });

  it('its service as a deploy, where that is deployed by it', () => {
    const byRelease = { by: { event: 'release' } };
    expect(of({ repository: 'shop/billing', ...byRelease })).toMatchObject({ report: { kind: 'deploy' } });
    expect(of({ repository: 'shop/orders', environment: 'production', ...byRelease })).toMatchObject({
      report: { kind: 'release' },
    });
    expect(of({ repository: 'shop/billing', by: { workflow: 'Deploy' } })).toMatchObject({ kind: 'service' });
  });
});

describe('what was told of one change', () => {
  const told: readonly Report[] = [
    { ...report, kind: 'deploy', state: 'requested', at: 1_000, by: 'ben' },
    { ...report, kind: 'deploy', state: 'started', at: 2_000 },
    { ...report, kind: 'deploy', state: 'succeeded', at: 3_000, link: 'https://ci.example.com/1' },
  ];

  it('is put together in whatever order it came, from when it began to touch the service', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...told], { minLength: 3 }), (reports) => {
        const [only, ...others] = changesIn(reports);
        expect(others).toEqual([]);
        expect(only).toMatchObject({
          began: 2_000,
          state: 'succeeded',
          by: 'ben',
          link: 'https://ci.example.com/1',
        });
      }),
    );
  });

  it('is a release once it has begun, and where something else runs then', () => {
    const [whole] = changesIn(told);
    const [asked] = changesIn(told.slice(0, 1));
    expect([whole, asked].map((one) => one !== undefined && isRelease(one))).toEqual([true, false]);
    expect(whole !== undefined && isRelease({ ...whole, previous: 'v2' })).toBe(false);
    expect(whole !== undefined && isRelease({ ...whole, kind: 'push' })).toBe(false);
  });
});
