import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../src/alerts/alert.ts';
import { afterOrder, digestUnder, shiftsBetween, withOrders } from '../../src/engine/orders/modes.ts';
import type { ModeOrder } from '../../src/engine/store/snapshot.ts';
import { decide, modeOf } from '../../src/policy/decide.ts';
import { settings, shop } from '../kit/incident/fixtures.ts';
import { diagnosed } from '../kit/incident/walk.ts';

const MODES = ['observe', 'supervised', 'tiered'] as const;
const SERVICES = { shop: {}, cart: {}, lab: { environment: 'test' } };
const order = (changes: Partial<ModeOrder>): ModeOrder => ({
  service: null,
  environment: null,
  mode: 'observe',
  by: 'UBOB',
  at: 1,
  ...changes,
});
const own = { service: 'shop', environment: 'production' };
const modeFor = (subject: Subject, orders: readonly ModeOrder[], policy: object = {}) =>
  modeOf(subject, withOrders(settings({ services: SERVICES, policy }), orders).policy);

const scopes = fc.constantFrom(
  { service: null, environment: null },
  { service: null, environment: 'production' },
  { service: null, environment: 'test' },
  own,
  { service: 'cart', environment: 'production' },
  { service: 'lab', environment: 'test' },
);
const wishes = fc.record({ scope: scopes, mode: fc.constantFrom(...MODES, null) });
const rules = fc.array(
  fc.record(
    {
      mode: fc.constantFrom(...MODES),
      service: fc.constantFrom('shop', 'cart', 'legacy'),
      environment: fc.constantFrom('production', 'test', 'edge'),
    },
    { requiredKeys: ['mode'] },
  ),
  { maxLength: 3 },
);
const subjects: readonly Subject[] = ['shop', 'cart', 'lab', 'legacy', 'unheard-of'].flatMap((name) =>
  ['production', 'test', 'edge', 'elsewhere'].map(
    (environment): Subject => ({ kind: 'service', name, environment }),
  ),
);

function ordersAfter(
  all: readonly { scope: Pick<ModeOrder, 'service' | 'environment'>; mode: ModeOrder['mode'] | null }[],
) {
  return all.reduce<readonly ModeOrder[]>(
    (orders, { scope, mode }, at) => afterOrder(orders, { ...scope, mode, by: 'UBOB', at }),
    [],
  );
}

describe('a mode that somebody set', () => {
  it('comes before what the settings say, for what it names and for nothing else', () => {
    const policy = { modes: [{ service: 'shop', mode: 'supervised' }] };
    expect(modeFor(shop, [], policy)).toBe('supervised');
    expect(modeFor(shop, [order(own)], policy)).toBe('observe');
    expect(modeFor({ ...shop, name: 'cart' }, [order(own)], policy)).toBe('tiered');
    expect(modeFor(shop, [order({ environment: 'test' })], policy)).toBe('supervised');
  });

  it('takes the place of what it covers, and is lifted with all that it covers', () => {
    const narrow = afterOrder([], { ...own, mode: 'observe', by: 'UBOB', at: 1 });
    const wide = afterOrder(narrow, {
      service: null,
      environment: null,
      mode: 'supervised',
      by: 'UBOB',
      at: 2,
    });
    expect(wide.map(({ mode }) => mode)).toEqual(['supervised']);
    const both = afterOrder(wide, { ...own, mode: 'observe', by: 'UBOB', at: 3 });
    expect(both.map(({ mode }) => mode)).toEqual(['observe', 'supervised']);
    expect(afterOrder(both, { ...own, mode: null, by: 'UBOB', at: 4 })).toEqual(wide);
    expect(afterOrder(both, { service: null, environment: null, mode: null, by: 'UBOB', at: 4 })).toEqual([]);
  });

  it('the last one said holds for everything it names, whatever was said before', () => {
    fc.assert(
      fc.property(
        fc.array(wishes, { maxLength: 6 }),
        scopes,
        fc.constantFrom(...MODES),
        (before, scope, mode) => {
          const orders = ordersAfter([...before, { scope, mode }]);
          for (const subject of subjects) {
            const named =
              (scope.service === null || scope.service === subject.name) &&
              (scope.environment === null || scope.environment === subject.environment);
            if (named) expect(modeFor(subject, orders)).toBe(mode);
          }
        },
      ),
    );
  });

  it('never lets Medic do more anywhere without that being seen', () => {
    const rank = (mode: ModeOrder['mode']) => MODES.indexOf(mode);
    fc.assert(
      fc.property(rules, fc.array(wishes, { maxLength: 5 }), wishes, (modes, earlier, wish) => {
        const policy = { modes };
        const before = ordersAfter(earlier);
        const after = ordersAfter([...earlier, wish]);
        const loosened = subjects.some(
          (one) => rank(modeFor(one, after, policy)) > rank(modeFor(one, before, policy)),
        );
        const seen = shiftsBetween(settings({ services: SERVICES, policy }), before, after);
        expect(seen.some(({ looser }) => looser)).toBe(loosened);
      }),
    );
  });

  it('makes another policy of it for those whose mode it changes, and for them alone', () => {
    const known = settings({ services: SERVICES });
    const under = (subject: Subject, orders: readonly ModeOrder[]) =>
      digestUnder('policy', subject, known, orders);
    expect(under(shop, [])).toBe('policy');
    expect(under(shop, [order({ ...own, mode: 'tiered' })])).toBe('policy');
    expect(under({ ...shop, name: 'cart' }, [order(own)])).toBe('policy');
    const observed = under(shop, [order(own)]);
    const supervised = under(shop, [order({ ...own, mode: 'supervised' })]);
    expect(new Set(['policy', observed, supervised]).size).toBe(3);
    // Who set it, when and how wide changes nothing about what was decided.
    expect(under(shop, [order({ by: 'UALICE', at: 9 })])).toBe(observed);
  });

  it('decides like a mode of the settings', () => {
    const { incident } = diagnosed('Small');
    const plan = 'decided' in incident.phase ? incident.phase.decided?.plan : undefined;
    if (plan === undefined) throw new Error('there is no plan');
    const verdict = decide({
      plan,
      subject: shop,
      diagnosis: incident.diagnosis,
      service: null,
      alertFiring: true,
      settings: withOrders(settings(), [order(own)]).policy,
      policyDigest: 'policy',
      now: 0,
    });
    expect(verdict.kind).toBe('observe');
  });
});
