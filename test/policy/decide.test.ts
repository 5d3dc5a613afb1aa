import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PolicySettings, Service } from '../../src/config/settings.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Plan } from '../../src/playbooks/plan.ts';
import { type Case, decide } from '../../src/policy/decide.ts';
import { tierOf } from '../../src/policy/tier.ts';
import { shop, T0 } from '../kit/incident/fixtures.ts';

const plan: Plan = {
  id: 'inc-1-p1',
  playbook: 'ease',
  title: 'Ease',
  playbookHash: 'h',
  risk: 'low',
  category: 'restart',
  idempotent: true,
  parameters: {},
  targets: ['production/shop'],
  maxTargets: 1,
  environment: 'production',
  run: { command: ['true'] },
  dryRun: null,
  rollback: { none: 'nothing' },
  timeout: 1000,
  look: { spec: { unit: { is: 'failed' } }, hosts: null },
  preconditions: [],
  verify: { checks: [], within: 1, every: 1, stable: 1 },
  requestedBy: { kind: 'medic' },
  digest: 'digest',
};
const service = Service.parse({ hosts: ['web-1'] });
const cause: Diagnosis = {
  by: { kind: 'model', model: 'm', promptHash: 'h' },
  round: 1,
  at: T0,
  summary: '',
  hypotheses: [],
  struck: [],
  prevention: null,
  lead: null,
  conclusion: { kind: 'cause' },
};

function decided(changes: Partial<Case> = {}, settings: object = {}) {
  return decide({
    plan,
    subject: shop,
    diagnosis: cause,
    service,
    alertFiring: true,
    settings: PolicySettings.parse(settings),
    policyDigest: 'policy',
    now: T0,
    ...changes,
  });
}

describe('the tier', () => {
  const ORDER = ['low', 'medium', 'high'];
  const plans: fc.Arbitrary<Plan> = fc
    .record({
      risk: fc.constantFrom('low', 'medium', 'high'),
      category: fc.constantFrom('restart', 'clean', 'security', 'schema'),
      idempotent: fc.boolean(),
      targets: fc.array(fc.constant('production/x'), { minLength: 1, maxLength: 3 }),
      maxTargets: fc.integer({ min: 1, max: 3 }),
      rollback: fc.constantFrom<Plan['rollback']>(
        { none: 'nothing' },
        { run: { command: ['true'] }, rehearsed: false },
        { run: { command: ['true'] }, rehearsed: true },
      ),
      requestedBy: fc.constantFrom<Plan['requestedBy']>({ kind: 'medic' }, { kind: 'person', user: 'U1' }),
    })
    .map((changes) => ({ ...plan, ...changes }));
  const circumstances = fc.record({
    service: fc.option(
      fc
        .option(fc.double({ min: 0, max: 1, noNaN: true }))
        .map((share) => Service.parse(share === null ? {} : { traffic_share: share })),
    ),
    alertFiring: fc.boolean(),
  });

  it('starts at the declared risk and only rises, and says every reason that raised it', () => {
    fc.assert(
      fc.property(plans, circumstances, (each, where) => {
        const { declared, effective, raisedBy } = tierOf(each, where);
        expect(declared).toBe(each.risk);
        expect(ORDER.indexOf(effective)).toBeGreaterThanOrEqual(ORDER.indexOf(declared));
        expect(raisedBy.length > 0).toBe(effective !== declared);
      }),
    );
  });

  it.each<[string, Partial<Plan>, object, string]>([
    ['a schema change', { category: 'schema' }, {}, 'a schema change is always high'],
    ['a security change', { category: 'security' }, {}, 'a security change is always high'],
    ['what is not the same twice', { idempotent: false }, {}, 'running it twice is not the same as once'],
    ['a wide blast radius', { targets: ['a', 'b'] }, {}, 'it reaches 2 targets, more than 1'],
    ['most of the traffic', {}, { service: Service.parse({ traffic_share: 0.6 }) }, 'more than half of user'],
    ['what Medic cannot see for itself', { look: null }, {}, 'its playbook declares no look'],
    ['an unknown target', {}, { service: null }, 'not in the service registry'],
    ['a plan of its own where nothing fires', {}, { alertFiring: false }, 'no alert is firing'],
  ])('is high for %s', (_, changes, where, why) => {
    const tier = tierOf({ ...plan, ...changes }, { service, alertFiring: true, ...where });
    expect(tier.effective).toBe('high');
    expect(tier.raisedBy.join()).toContain(why);
  });

  it('is at least medium when the rollback was never rehearsed', () => {
    const rollback = { run: { command: ['true'] }, rehearsed: false };
    expect(tierOf({ ...plan, rollback }, { service, alertFiring: true }).effective).toBe('medium');
  });
});

describe('the verdict', () => {
  it.each([
    ['low', 'allow'],
    ['medium', 'wait'],
    ['high', 'ask'],
  ] as const)('on tier %s is %s', (risk, kind) => {
    const verdict = decided({ plan: { ...plan, risk } });
    expect(verdict).toMatchObject({ kind, planDigest: 'digest', policyDigest: 'policy' });
    expect(verdict.reasons).not.toEqual([]);
  });

  it('leaves the cancel window to a wait and the approval time to an ask', () => {
    const settings = { cancel_window: '7s', approval_expires: '9s', approvals: 2 };
    expect(decided({ plan: { ...plan, risk: 'medium' } }, settings).window).toBe(7_000);
    expect(decided({ plan: { ...plan, risk: 'high' } }, settings)).toMatchObject({
      window: 9_000,
      approvals: 2,
    });
  });

  it('takes two people at least where four eyes are to see it, and as many as ever elsewhere', () => {
    const high = { plan: { ...plan, risk: 'high' } } as const;
    const cart = { ...high, subject: { ...shop, name: 'cart' } };
    const approvals = (four_eyes: object[], of: Partial<Case>, most = 1) =>
      decided(of, { four_eyes, approvals: most }).approvals;
    expect(approvals([{ service: 'shop' }], high)).toBe(2);
    expect(approvals([{ service: 'shop' }], cart)).toBe(1);
    expect(approvals([{ environment: 'staging' }, { environment: 'production' }], cart)).toBe(2);
    expect(approvals([{ environment: 'production', service: 'shop' }], cart)).toBe(1);
    expect(approvals([{}], cart, 3)).toBe(3);
  });

  it('is to deny what acts on another environment, whoever asks', () => {
    const requestedBy = { kind: 'person', user: 'U1' } as const;
    expect(decided({ plan: { ...plan, environment: 'staging', requestedBy } }).kind).toBe('deny');
  });

  it('is to deny Medic’s own plan without a cause, but not a person’s', () => {
    const abstained: Diagnosis = { ...cause, conclusion: { kind: 'abstained', reason: 'unsure' } };
    expect(decided({ diagnosis: abstained }).kind).toBe('deny');
    expect(decided({ diagnosis: null }).kind).toBe('deny');
    const requestedBy = { kind: 'person', user: 'U1' } as const;
    expect(decided({ diagnosis: null, plan: { ...plan, requestedBy } }).kind).toBe('allow');
  });

  it('is to observe or to ask where the mode says so, by the first exception that fits', () => {
    expect(decided({}, { mode: 'observe' }).kind).toBe('observe');
    expect(decided({}, { mode: 'supervised' }).kind).toBe('ask');
    const modes = [
      { environment: 'production', service: 'shop', mode: 'supervised' },
      { environment: 'production', mode: 'observe' },
    ];
    expect(decided({}, { modes }).kind).toBe('ask');
    expect(decided({ subject: { ...shop, name: 'cart' } }, { modes }).kind).toBe('observe');
    expect(
      decided(
        { subject: { ...shop, environment: 'staging' }, plan: { ...plan, environment: 'staging' } },
        { modes },
      ).kind,
    ).toBe('allow');
  });
});
