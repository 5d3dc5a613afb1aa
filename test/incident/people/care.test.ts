import { describe, expect, it } from 'vitest';
import { readIncident } from '../../../src/adapters/stores/redis/record/read-incident.ts';
import { strikesOf } from '../../../src/engine/effects/claim.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { alert, alice, bob, carol, dave, settings, shop, T0 } from '../../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  ILL,
  lookAfter,
  opened,
  reproved,
  resolved,
  shown,
  starting,
  UNSEEN,
  type Walk,
  WELL,
  watch,
} from '../../kit/incident/walk.ts';

const act = (action: 'approve' | 'cancel' | 'run-now' | 'hold' | 'resume', by = bob) =>
  ({ type: 'acted', action, plan: null, by, reason: null }) as const;
const diff = (text: string) => ({ kind: 'diff', diff: text, changes: 1 }) as const;

/** A plan that needs two approvals, on the card with its dry run. */
function asked(): { readonly walked: Walk; readonly plan: string } {
  const walked = diagnosed('Grave', { settings: settings({ policy: { approvals: 2 } }) });
  const { plan } = walked.phase('preparing').decided;
  walked.feed({ type: 'dry-run-ended', plan: plan.id, result: diff('-a\n+b') });
  return { walked: walked.feed(shown(walked.incident)), plan: plan.id };
}

/** A low plan that looked unneeded when its turn came. */
function lookingWell(): { readonly walked: Walk; readonly plan: string } {
  const walked = starting('Small');
  const { plan } = walked.phase('starting').decided;
  const busy = { kind: 'busy', running: 2, ahead: 0, retryAt: walked.now + 5000 } as const;
  walked.feed({ type: 'claim-refused', plan: plan.id, obstacle: busy });
  walked.feed({ type: 'looked', plan: plan.id, obstacle: null });
  walked.feed(reproved(walked, WELL)).phase('verifying');
  return { walked, plan: plan.id };
}

describe('an approval', () => {
  it('is not taken for a dry run that nobody has seen yet', () => {
    const { walked } = asked();
    walked.feed(act('approve', alice)).feed(act('approve', carol));
    walked.feed({ ...reproved(walked), diff: diff('-a\n+c') });
    walked.feed(act('approve', alice));
    expect(walked.refusals.at(-1)).toContain('did not show the plan as it is now yet');
    walked.feed(shown(walked.incident)).feed(act('approve', alice));
    expect(walked.phase('waiting').decided.receipts).toHaveLength(1);
  });

  it('does not run against a silence that was made after it', () => {
    const { walked, plan } = asked();
    walked.feed(act('approve', alice)).feed(act('approve', carol));
    walked.feed(reproved(walked));
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
    const { walked } = lookingWell();
    lookAfter(walked, 200, UNSEEN);
    expect(walked.phase('verifying').after.kind).toBe('looks-healthy');
  });

  it('waits a while before the next look when it was not so after all', () => {
    const { walked } = lookingWell();
    lookAfter(walked, 200, ILL);
    expect(walked.phase('waiting').deadline).toBeGreaterThanOrEqual(walked.now + 5000);
  });

  it('is put before a person when that goes on for an hour', () => {
    const { walked, plan } = lookingWell();
    lookAfter(walked, 200, ILL);
    walked.feed({ type: 'looked', plan, obstacle: null }, 3_600_000);
    expect(plainly(walked.phase('escalated').reason)).toMatch(/has waited 60 minutes/);
  });

  it('may be cancelled, and then never starts', () => {
    const { walked } = lookingWell();
    walked.feed(act('cancel', dave));
    expect(walked.phase('cancelled').by).toBe(dave.id);
  });

  it('is watched to the end when its alerts resolve meanwhile, although it looked ill once more', () => {
    const walked = resolved(lookingWell().walked);
    lookAfter(walked, 200, ILL);
    expect(walked.phase('verifying').after.kind).toBe('resolved');
  });
});

describe('a plan that waits for its turn', () => {
  it('does not start while a person holds it, whoever calls it, and goes on waiting when resumed', () => {
    const walked = starting('Small');
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
    const walked = starting('Small');
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
    const walked = lookAfter(ended('Small'), 1000, ILL);
    lookAfter(walked, 300_000, ILL);
    expect(walked.phase('verifying').deadline).toBeGreaterThan(walked.now);
    watch(walked, 15_000, ILL);
    expect(walked.phase('rolling-back').because.kind).toBe('refuted');
  });

  it('does not take two good looks with nobody looking in between for stability', () => {
    const walked = lookAfter(ended('Small'), 1000, WELL);
    lookAfter(walked, 300_000, WELL);
    expect(walked.phase('verifying').sample).not.toBeNull();
  });

  it('ends where a source stops telling anything new, and says that nothing is proven', () => {
    const walked = ended('Small');
    const at = walked.now + 59_000;
    watch(walked, 50_000, ILL);
    watch(walked, 9000, WELL);
    for (let look = 0; look < 40 && walked.incident.phase.at === 'verifying'; look += 1)
      lookAfter(walked, 10_000, WELL, walked.now + 10_000 - at);
    expect(plainly(walked.phase('escalated').reason)).toContain('could not be proven');
  });

  it('does not call an alert resolved of which only the part held in full has', () => {
    const many = Array.from({ length: 60 }, (_, number) => alert('Small', { fingerprint: `fp-${number}` }));
    const walked = opened('Small');
    walked.feed({ type: 'alerts', subject: shop, alerts: many });
    const incident = walked.incident;
    expect(incident.crowd.firing).toBe(11);
    const healed = ended('Small');
    healed.feed({ type: 'alerts', subject: shop, alerts: many });
    watch(healed, 20_000, WELL);
    expect(healed.phase('verifying').goodSince).toBeNull();
  });
});

describe('a fix that is proven while the alert falls back into firing', () => {
  it('counts as one that did not last', () => {
    const walked = ended('Probed');
    const again = alert('Probed', { startsAt: walked.now });
    walked.feed({ type: 'alerts', subject: shop, alerts: [again] }, 100);
    lookAfter(walked, 100, WELL);
    const before = walked.incident;
    lookAfter(walked, 4000, WELL);
    walked.phase('investigating');
    expect(strikesOf(before, walked.incident)).toHaveLength(1);
  });
});

describe('effects', () => {
  it('of a memory that counts its versions anew do not bear the name of others it has forgotten', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const one = starting('Small').feed({ type: 'claimed', plan });
    const two = starting('Small');
    two.feed({ type: 'claim-refused', plan, obstacle: { kind: 'new-memory', retryAt: T0 } });
    expect(one.incident.version).toBe(two.incident.version);
    expect(one.owed.at(-1)).not.toBe(two.owed.at(-1));
  });
});

describe('an incident that an older Medic wrote', () => {
  it('is known by the thread that it was told in, until Slack’s own record says where that is', () => {
    const { incident } = diagnosed('Middling');
    const thread = { channel: 'C0INCIDENTS', ts: '1767236400.000100' };
    const read = readIncident(JSON.stringify({ ...incident, schema: 3, thread }));
    expect([read.formerThread, 'thread' in read, read.schema]).toEqual([thread, false, 4]);
    expect(readIncident(JSON.stringify(read)).formerThread).toEqual(thread);
    expect('formerThread' in readIncident(JSON.stringify({ ...incident, schema: 3, thread: null }))).toBe(
      false,
    );
  });

  it.each(['Small', 'Middling', 'Grave'])('goes on from where it was (%s)', (name) => {
    const { incident } = name === 'Small' ? starting(name) : diagnosed(name);
    const { link, guests, relapsed, crowd, phase, ...rest } = incident;
    const { turn, provenAt, ...old } = { turn: null, provenAt: 0, ...phase };
    const stored = { ...rest, schema: 1, phase: old };
    const read = readIncident(JSON.stringify(stored));
    const missing = phase.at === 'starting' ? { turn: null, provenAt: 0 } : {};
    expect(read).toMatchObject({
      schema: 4,
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
