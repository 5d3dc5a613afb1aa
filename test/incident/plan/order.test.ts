import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../../src/execution/attempt.ts';
import type { Effect } from '../../../src/incident/model/effect.ts';
import type { Decided, Incident } from '../../../src/incident/model/incident.ts';
import { checkOrder, checkPlan, type OwnPlaybook } from '../../../src/incident/plan/order.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { Manifest } from '../../../src/playbooks/manifest.ts';
import type { Plan } from '../../../src/playbooks/plan.ts';
import { bob, given, T0 } from '../../kit/incident/fixtures.ts';
import { diagnosed, ended, executing, ILL, watch } from '../../kit/incident/walk.ts';

type Execute = Extract<Effect, { kind: 'execute' }>;
type Claimed = { readonly incident: Incident; readonly effect: Execute };

/** A fix that was claimed, as a runner finds it: read back from what was stored. */
function fix(): Claimed {
  const walk = executing('Small');
  return { incident: stored(walk.incident), effect: executionIn(walk.effects) };
}

/** A fix that ended like this and did not help, by the time that its service should have recovered. */
function unhelpful(result: AttemptResult) {
  const walk = ended('Small', result);
  return walk.incident.phase.at === 'verifying' ? watch(walk, 61_000, ILL) : walk;
}

/** The rollback of a fix that did not help. */
function rollback(): Claimed {
  const walk = unhelpful({ kind: 'succeeded', summary: 'done' });
  return { incident: stored(walk.incident), effect: executionIn(walk.effects) };
}

const stored = (incident: Incident) => JSON.parse(JSON.stringify(incident)) as Incident;

function executionIn(effects: readonly Effect[]): Execute {
  const execution = effects.findLast((one) => one.kind === 'execute');
  if (execution?.kind !== 'execute') throw new Error('nothing is to be executed');
  return execution;
}

/** A playbook as the runner has it. */
function own(
  name = 'ease',
  changes: Partial<OwnPlaybook> & { readonly manifest?: object } = {},
): OwnPlaybook {
  const playbook = given().catalog.get(name);
  if (playbook === undefined) throw new Error(`there is no playbook ${name}`);
  const manifest = { ...playbook.manifest, ...changes.manifest } as Manifest;
  return { playbook: { ...playbook, manifest }, hash: playbook.hash, ...('hash' in changes ? changes : {}) };
}

/** The same incident after someone wrote into the store. */
function rewritten(incident: Incident, change: (decided: Decided) => Partial<Decided>): Incident {
  const { phase } = incident;
  if (phase.at !== 'executing' && phase.at !== 'rolling-back') throw new Error(`it is ${phase.at}`);
  return { ...incident, phase: { ...phase, decided: { ...phase.decided, ...change(phase.decided) } } };
}

function decidedIn({ phase }: Incident): Decided {
  if (phase.at !== 'executing' && phase.at !== 'rolling-back') throw new Error(`it is ${phase.at}`);
  return phase.decided;
}

/** Writes another plan, and a digest, a verdict and an attempt that agree with it. */
function forged(incident: Incident, changes: Partial<Plan>): Incident {
  const { digest: _digest, ...rest } = { ...decidedIn(incident).plan, ...changes };
  const plan = { ...rest, digest: createHash('sha256').update(JSON.stringify(rest)).digest('hex') };
  const agreeing = rewritten(incident, ({ verdict }) => ({
    plan,
    verdict: { ...verdict, planDigest: plan.digest },
  }));
  const attempts = incident.attempts.map((attempt) => ({ ...attempt, planDigest: plan.digest }));
  return { ...agreeing, attempts };
}

const reasonOf = (checked: ReturnType<typeof checkOrder>) =>
  checked.kind === 'refused' ? checked.reason : checked.kind;

describe('a runner runs', () => {
  it('a claimed fix with the command of its plan', () => {
    const { incident, effect } = fix();
    expect(checkOrder(incident, effect, own(), T0)).toMatchObject({
      kind: 'in-order',
      run: { command: ['true', 'shop'] },
    });
  });

  it('the rollback of the same plan, even where the fix has written into the folder', () => {
    const { incident, effect } = rollback();
    expect(effect.purpose).toBe('rollback');
    expect(checkOrder(incident, effect, own('ease', { hash: 'another' }), T0)).toMatchObject({
      kind: 'in-order',
      run: { command: ['true', 'back'] },
    });
  });
});

describe('a runner refuses', () => {
  it('a plan of which anything at all was changed after it was frozen', () => {
    const { incident, effect } = fix();
    const fields = Object.keys(decidedIn(incident).plan).filter(
      (name) => name !== 'id' && name !== 'playbook',
    );
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.string(), (field, value) => {
        const changed = rewritten(incident, ({ plan }) => ({ plan: { ...plan, [field]: value } }));
        const checked = checkOrder(changed, effect, own(), T0);
        expect(checked.kind).toBe('refused');
      }),
    );
  });

  it('another command, even under a digest that is right for it', () => {
    const { incident, effect } = fix();
    const evil = forged(incident, { run: { command: ['rm', '-rf', '/'] } });
    expect(reasonOf(checkOrder(evil, effect, own(), T0))).toBe('ease has another command than the plan');
    const undo = rollback();
    const evilUndo = forged(undo.incident, { rollback: { run: { command: ['rm'] }, rehearsed: true } });
    expect(reasonOf(checkOrder(evilUndo, undo.effect, own(), T0))).toBe(
      'ease has another command than the plan',
    );
  });

  it.each([
    ['does not match its pattern', { service: { value: 'shop; reboot', origin: 'me' } }, 'service'],
    ['is missing', {}, 'service'],
    [
      'has no place',
      { service: { value: 'shop', origin: 'me' }, colour: { value: 'red', origin: 'me' } },
      'colour',
    ],
  ])('a value that %s, whatever the digest says', (_, parameters, name) => {
    const { incident, effect } = fix();
    const value = 'service' in parameters ? parameters.service.value : '';
    const evil = forged(incident, { parameters, run: { command: ['true', value] } });
    expect(reasonOf(checkOrder(evil, effect, own(), T0))).toBe(
      `ease does not admit the plan's value of "${name}"`,
    );
  });

  it('a value outside the list or range that its own manifest gives', () => {
    const closed = Manifest.shape.parameters.parse({
      service: { description: 'which', from: [{ oneOf: ['till', 'stock'] }] },
    });
    const { incident, effect } = fix();
    const mine = own('ease', { manifest: { parameters: closed } });
    expect(reasonOf(checkOrder(incident, effect, mine, T0))).toContain('does not admit');
    const ranged = Manifest.shape.parameters.parse({
      service: { description: 'how much', from: [{ range: { min: 1, max: 5, default: 2 } }] },
    });
    const within = (value: string) =>
      checkOrder(
        forged(incident, {
          parameters: { service: { value, origin: 'me' } },
          run: { command: ['true', value] },
          targets: [`${decidedIn(incident).plan.environment}/${value}`],
        }),
        effect,
        own('ease', { manifest: { parameters: ranged } }),
        T0,
      ).kind;
    expect(['1', '5', '6', '0', 'x'].map(within)).toEqual([
      'in-order',
      'in-order',
      'refused',
      'refused',
      'refused',
    ]);
  });

  it('an attempt that nobody claimed, or that was claimed for something else', () => {
    const { incident, effect } = fix();
    const refusal = (changed: Incident, asked = effect) => reasonOf(checkOrder(changed, asked, own(), T0));
    expect(refusal(incident, { ...effect, attempt: 'inc-1-a9' })).toBe('nobody has claimed it');
    expect(refusal(incident, { ...effect, purpose: 'rollback' })).toBe('nobody has claimed it');
    expect(refusal(incident, { ...effect, plan: 'inc-1-p9' })).toBe('its plan is no longer current');
    expect(refusal({ ...incident, attempts: [] })).toBe('nobody has claimed it');
    const waiting = { at: 'escalated', reason: 'x', decided: decidedIn(incident) } as const;
    expect(refusal({ ...incident, phase: waiting })).toBe('nobody has claimed it');
    const attempts = incident.attempts.map((attempt) => ({ ...attempt, planDigest: 'another' }));
    expect(refusal({ ...incident, attempts })).toBe('it was claimed for another plan');
  });

  it.each([
    ['whose verdict is about another plan', { verdict: { planDigest: 'another' } }, 'about another plan'],
    ['that was only to be observed', { verdict: { kind: 'observe' } }, 'its verdict is observe'],
    ['that policy denies', { verdict: { kind: 'deny' } }, 'its verdict is deny'],
    ['whose window was skipped', { verdict: { kind: 'wait' } }, 'its window was skipped'],
    [
      'that lacks an approval',
      { verdict: { kind: 'ask', approvals: 1 }, consent: { kind: 'approved', at: 1, quiet: false } },
      'it has 0 of 1 approvals',
    ],
    ['that nobody consented to', { consent: null }, 'nobody and nothing consented'],
  ] as const)('a plan %s', (_, change, reason) => {
    const { incident, effect } = fix();
    const changed = rewritten(incident, (decided) => ({
      ...('consent' in change ? { consent: change.consent } : {}),
      verdict: { ...decided.verdict, ...('verdict' in change ? change.verdict : {}) },
    }));
    expect(reasonOf(checkOrder(changed, effect, own(), T0))).toContain(reason);
  });

  it('a playbook that it does not have, or has otherwise', () => {
    const { incident, effect } = fix();
    expect(reasonOf(checkOrder(incident, effect, null, T0))).toBe('ease is no longer in the catalog');
    const changed = 'ease has changed since the plan was made';
    expect(reasonOf(checkOrder(incident, effect, own('ease', { hash: 'another' }), T0))).toBe(changed);
    expect(reasonOf(checkOrder(incident, effect, own('ease', { hash: null }), T0))).toBe(changed);
  });

  it('an attempt that nobody began for a minute after it was claimed', () => {
    const { incident, effect } = fix();
    const later = (ms: number) => reasonOf(checkOrder(incident, effect, own(), T0 + ms));
    expect(later(60_000)).toBe('in-order');
    expect(later(60_001)).toContain('what was proven for it is out of date');
  });

  it('an attempt that a person stopped before it began', () => {
    const { incident, effect } = fix();
    const { phase } = incident;
    if (phase.at !== 'executing') throw new Error(`it is ${phase.at}`);
    const stopped = { ...incident, phase: { ...phase, stop: bob.id } };
    expect(checkOrder(stopped, effect, own(), T0)).toEqual({ kind: 'stopped', by: bob.id });
  });

  it('a rehearsal with another command than its playbook has', () => {
    const walk = diagnosed('Middling');
    const { plan } = walk.phase('preparing').decided;
    expect(checkPlan(plan, 'dry-run', own('mend')).kind).toBe('in-order');
    const evil = { ...plan, dryRun: { command: ['rm', '-rf', '/'] } };
    expect(checkPlan(evil, 'dry-run', own('mend'))).toEqual({
      kind: 'refused',
      reason: 'the plan was changed after it was frozen',
    });
    const { digest: _digest, ...rest } = evil;
    const digest = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
    expect(checkPlan({ ...rest, digest }, 'dry-run', own('mend'))).toEqual({
      kind: 'refused',
      reason: 'mend has another command than the plan',
    });
  });
});

describe('what a runner refused', () => {
  const refused = {
    kind: 'failed',
    reason: 'the plan was changed',
    exitCode: null,
    untouched: true,
  } as const;

  it('is neither watched nor undone, since nothing was done: a person is told at once that it never began', () => {
    const walk = unhelpful(refused);
    expect(plainly(walk.phase('escalated').reason)).toMatch(
      /never started; nothing was changed: the plan was changed$/,
    );
    expect(walk.effects.filter(({ kind }) => kind === 'execute')).toHaveLength(1);
  });

  it('is told apart from a fix that failed, which is undone', () => {
    const { untouched: _untouched, ...failed } = refused;
    expect(unhelpful(failed).phase('rolling-back').because.kind).toBe('refuted');
  });
});
