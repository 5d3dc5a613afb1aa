import { describe, expect, it } from 'vitest';
import { readIncident } from '../../src/adapters/redis/read-incident.ts';
import { strikesOf } from '../../src/engine/claim.ts';
import type { Reading } from '../../src/verification/reading.ts';
import { alert, alice, bob, carol, dave, settings, shop, T0 } from './fixtures.ts';
import { diagnosed, opened, saysOf, shown, type Walk, watch } from './walk.ts';

const act = (action: 'approve' | 'cancel' | 'run-now' | 'hold' | 'resume', by = bob) =>
  ({ type: 'acted', action, plan: null, by, reason: null }) as const;
const diff = (text: string) => ({ kind: 'diff', diff: text, changes: 1 }) as const;
const unknown: readonly Reading[] = [
  { check: { alert: 'resolved' }, kind: 'missing', reason: 'no evaluation yet' },
];

/** A plan that needs two approvals, on the card with its dry run. */
function asked(): { readonly walked: Walk; readonly plan: string } {
  const walked = diagnosed('Grave', { settings: settings({ policy: { approvals: 2 } }) });
  const { plan } = walked.phase('preparing').decided;
  walked.feed({ type: 'dry-run-ended', plan: plan.id, result: diff('-a\n+b') });
  return { walked: walked.feed(shown(walked.incident)), plan: plan.id };
}

/** A low plan that looked unneeded when its turn came. */
function lookingWell(): { readonly walked: Walk; readonly plan: string } {
  const walked = diagnosed('Small');
  const { plan } = walked.phase('starting').decided;
  const busy = { kind: 'busy', running: 2, ahead: 0, retryAt: walked.now + 5000 } as const;
  walked.feed({ type: 'claim-refused', plan: plan.id, obstacle: busy });
  walked.feed({ type: 'looked', plan: plan.id, obstacle: null });
  walked.feed({
    type: 'reproved',
    plan: plan.id,
    readings: saysOf('firing', false, walked.now),
    recovery: saysOf('resolved', false, walked.now),
    diff: null,
    playbookHash: plan.playbookHash,
  });
  walked.phase('verifying');
  return { walked, plan: plan.id };
}

function fixed(name: string): { readonly walked: Walk; readonly plan: string } {
  const walked = diagnosed(name);
  const plan = walked.phase('starting').decided.plan.id;
  walked.feed({ type: 'claimed', plan });
  const { attempt } = walked.phase('executing');
  walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } });
  return { walked, plan };
}

describe('an approval', () => {
  it('is not taken for a dry run that nobody has seen yet', () => {
    const { walked, plan } = asked();
    walked.feed(act('approve', alice)).feed(act('approve', carol));
    walked.feed({
      type: 'reproved',
      plan,
      readings: saysOf('firing', true, walked.now),
      recovery: null,
      diff: diff('-a\n+c'),
      playbookHash: walked.phase('reproving').decided.plan.playbookHash,
    });
    walked.feed(act('approve', alice));
    expect(walked.refusals.at(-1)).toContain('did not show the plan as it is now yet');
    walked.feed(shown(walked.incident)).feed(act('approve', alice));
    expect(walked.phase('waiting').decided.receipts).toHaveLength(1);
  });

  it('does not run against a silence that was made after it', () => {
    const { walked, plan } = asked();
    walked.feed(act('approve', alice)).feed(act('approve', carol));
    const { playbookHash } = walked.phase('reproving').decided.plan;
    const readings = saysOf('firing', true, walked.now);
    walked.feed({ type: 'reproved', plan, readings, recovery: null, diff: diff('-a\n+b'), playbookHash });
    const by = {
      source: 'slack',
      by: dave.id,
      reason: 'a deploy',
      service: 'shop',
      environment: null,
    } as const;
    const later = { id: 's-1', ...by, from: walked.now + 1, until: walked.now + 9e6, matchers: [] };
    walked.feed({ type: 'claimed', plan }, 1000, { silences: [later] });
    expect(walked.phase('muted').decided?.plan.id).toBe(plan);
  });
});

describe('a plan whose service looks well when it is to start', () => {
  it('is looked at again where a source has nothing new to say, and does not start over', () => {
    const { walked, plan } = lookingWell();
    walked.feed({ type: 'sampled', plan, readings: unknown }, 200);
    expect(walked.phase('verifying').after.kind).toBe('looks-healthy');
  });

  it('waits a while before the next look when it was not so after all', () => {
    const { walked, plan } = lookingWell();
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', true, walked.now + 200) }, 200);
    expect(walked.phase('waiting').deadline).toBeGreaterThanOrEqual(walked.now + 5000);
  });

  it('is put before a person when that goes on for an hour', () => {
    const { walked, plan } = lookingWell();
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', true, walked.now + 200) }, 200);
    walked.feed({ type: 'looked', plan, obstacle: null }, 3_600_000);
    expect(walked.phase('escalated').reason).toMatch(/has waited 60 minutes/);
  });

  it('may be cancelled, and then never starts', () => {
    const { walked } = lookingWell();
    walked.feed(act('cancel', dave));
    expect(walked.phase('cancelled').by).toBe(dave.id);
  });

  it('is watched to the end when its alerts resolve meanwhile, although it looked ill once more', () => {
    const { walked, plan } = lookingWell();
    const resolved = alert('Small', { status: 'resolved', endsAt: walked.now });
    walked.feed({ type: 'alerts', subject: shop, alerts: [resolved] });
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', true, walked.now + 200) }, 200);
    expect(walked.phase('verifying').after.kind).toBe('resolved');
  });
});

describe('a plan that waits for its turn', () => {
  it('does not start while a person holds it, whoever calls it, and goes on waiting when resumed', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const busy = { kind: 'busy', running: 2, ahead: 0, retryAt: walked.now + 5000 } as const;
    walked.feed({ type: 'claim-refused', plan, obstacle: busy }).feed(act('hold', dave));
    walked.feed({ type: 'your-turn' }).feed({ type: 'looked', plan, obstacle: null });
    expect(walked.phase('waiting')).toMatchObject({ deadline: null, held: { by: dave.id } });
    walked.feed(act('resume'));
    expect(walked.phase('waiting')).toMatchObject({ for: 'turn', held: null });
    expect(walked.effects.at(-1)).toMatchObject({ kind: 'timer', name: 'turn' });
  });

  it('gets its whole patience back after a pause', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const paused = { kind: 'paused', by: bob.id, retryAt: walked.now } as const;
    walked.feed({ type: 'claim-refused', plan, obstacle: paused });
    const busy = { kind: 'busy', running: 2, ahead: 0, retryAt: walked.now } as const;
    walked.feed({ type: 'looked', plan, obstacle: busy }, 7_200_000);
    expect(walked.phase('waiting').turn?.since).toBe(walked.now);
  });
});

describe('a verification', () => {
  it('looks anew after a time in which nobody looked, before it judges', () => {
    const { walked, plan } = fixed('Small');
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', true, walked.now + 1000) }, 1000);
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', true, walked.now + 300_000) }, 300_000);
    expect(walked.phase('verifying').deadline).toBeGreaterThan(walked.now);
    watch(walked, 15_000, (at) => saysOf('resolved', true, at));
    expect(walked.phase('rolling-back').because.kind).toBe('refuted');
  });

  it('does not take two good looks with nobody looking in between for stability', () => {
    const { walked, plan } = fixed('Small');
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', false, walked.now + 1000) }, 1000);
    walked.feed(
      { type: 'sampled', plan, readings: saysOf('resolved', false, walked.now + 300_000) },
      300_000,
    );
    expect(walked.phase('verifying').sample).not.toBeNull();
  });

  it('ends where a source stops telling anything new, and says that nothing is proven', () => {
    const { walked } = fixed('Small');
    const at = walked.now + 59_000;
    watch(walked, 50_000, (now) => saysOf('resolved', true, now));
    watch(walked, 9000, (now) => saysOf('resolved', false, now));
    for (let look = 0; look < 40 && walked.incident.phase.at === 'verifying'; look += 1)
      watch(walked, 10_000, () => saysOf('resolved', false, at));
    expect(walked.phase('escalated').reason).toContain('could not be proven');
  });

  it('does not call an alert resolved of which only the part held in full has', () => {
    const many = Array.from({ length: 60 }, (_, number) => alert('Small', { fingerprint: `fp-${number}` }));
    const walked = opened('Small');
    walked.feed({ type: 'alerts', subject: shop, alerts: many });
    const incident = walked.incident;
    expect(incident.crowd.firing).toBe(11);
    const healed = fixed('Small');
    healed.walked.feed({ type: 'alerts', subject: shop, alerts: many });
    watch(healed.walked, 20_000, (at) => saysOf('resolved', false, at));
    expect(healed.walked.phase('verifying').goodSince).toBeNull();
  });
});

describe('a fix that is proven while the alert falls back into firing', () => {
  it('counts as one that did not last', () => {
    const { walked, plan } = fixed('Probed');
    const again = alert('Probed', { startsAt: walked.now });
    walked.feed({ type: 'alerts', subject: shop, alerts: [again] }, 100);
    const probe = (at: number): Reading[] => [
      { check: { probe: 'healthy' }, kind: 'probe', healthy: true, detail: 'health answered 200', at },
    ];
    walked.feed({ type: 'sampled', plan, readings: probe(walked.now + 100) }, 100);
    const before = walked.incident;
    walked.feed({ type: 'sampled', plan, readings: probe(walked.now + 4000) }, 4000);
    walked.phase('investigating');
    expect(strikesOf(before, walked.incident)).toHaveLength(1);
  });
});

describe('effects', () => {
  it('of a memory that counts its versions anew do not bear the name of others it has forgotten', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const one = diagnosed('Small').feed({ type: 'claimed', plan });
    const two = diagnosed('Small');
    two.feed({ type: 'claim-refused', plan, obstacle: { kind: 'new-memory', retryAt: T0 } });
    expect(one.incident.version).toBe(two.incident.version);
    expect(one.owed.at(-1)).not.toBe(two.owed.at(-1));
  });
});

describe('an incident that an older Medic wrote', () => {
  it.each(['Small', 'Middling', 'Grave'])('goes on from where it was (%s)', (name) => {
    const { incident } = diagnosed(name);
    const { link, guests, relapsed, crowd, phase, ...rest } = incident;
    const { turn, provenAt, ...old } = { turn: null, provenAt: 0, ...phase };
    const stored = { ...rest, schema: 1, phase: old };
    const read = readIncident(JSON.stringify(stored));
    const missing = phase.at === 'starting' ? { turn: null, provenAt: 0 } : {};
    expect(read).toMatchObject({
      schema: 3,
      questions: [],
      link: null,
      guests: [],
      phase: { ...old, ...missing },
    });
    expect([link, guests, relapsed, crowd.total, turn, provenAt]).toEqual([
      null,
      [],
      null,
      0,
      null,
      expect.any(Number),
    ]);
  });
});
