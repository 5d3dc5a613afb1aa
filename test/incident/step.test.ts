import { describe, expect, it } from 'vitest';
import { alert, alice, bob, carol, dave, settings, shop, T0, telling } from './fixtures.ts';
import { diagnosed, opened } from './walk.ts';

/** What Prometheus says when asked whether the alert fires, or whether it has resolved. */
const saysOf = (check: 'firing' | 'resolved', firing: boolean, at: number) =>
  [{ check: { alert: check }, kind: 'alert', firing, at }] as const;
const act = (action: 'approve' | 'cancel' | 'hold' | 'resume' | 'run-now', by = bob) =>
  ({ type: 'acted', action, plan: null, by, reason: null }) as const;

/** A medium plan whose card stands in Slack. */
function inWindow(circumstances = {}) {
  const walked = diagnosed('Middling', circumstances);
  const plan = walked.phase('preparing').decided.plan.id;
  walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
  return { walked: walked.feed({ type: 'plan-shown', plan }), plan };
}

describe('a low plan', () => {
  it('is claimed at once, runs once, and closes when recovery held for its stability window', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claimed', plan });
    const { attempt } = walked.phase('executing');
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } }, 2000);
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', false, walked.now + 1000) }, 1000);
    expect(walked.phase('verifying').goodSince).toBe(walked.now);
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', false, walked.now + 3000) }, 3000);
    expect(walked.phase('closed').how).toBe('healed');
    expect(walked.effects.filter(({ kind }) => kind === 'execute')).toHaveLength(1);
  });

  it('is rolled back only when a check contradicts recovery at the deadline', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claimed', plan });
    const { attempt } = walked.phase('executing');
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } });
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', true, walked.now + 61_000) }, 61_000);
    expect(walked.phase('rolling-back').because.kind).toBe('refuted');
  });

  it('calls a person, and undoes nothing, when the data does not suffice', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claimed', plan });
    const { attempt } = walked.phase('executing');
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } });
    const missing = [{ check: { alert: 'resolved' }, kind: 'missing', reason: 'no answer' }] as const;
    walked.feed({ type: 'sampled', plan, readings: missing }, 61_000);
    expect(walked.phase('escalated').reason).toContain('could not be proven');
  });

  it('waits for its turn when the claim is refused, and says for what', () => {
    const walked = diagnosed('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claim-refused', plan, reason: 'shop is cooling down', retryAt: walked.now + 5000 });
    expect(walked.phase('waiting')).toMatchObject({ for: 'turn', obstacle: 'shop is cooling down' });
  });
});

describe('a cancel window', () => {
  it('starts when Slack shows it, and not before', () => {
    const walked = diagnosed('Middling');
    const plan = walked.phase('preparing').decided.plan.id;
    walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
    expect(walked.phase('waiting').deadline).toBeNull();
    walked.feed({ type: 'plan-shown', plan }, 90_000);
    expect(walked.phase('waiting').deadline).toBe(walked.now + 300_000);
  });

  it('gives people their time back when Medic or its chat was away', () => {
    const { walked, plan } = inWindow({ reachableSince: T0 + 290_000 });
    const { deadline } = walked.phase('waiting');
    walked.feed({ type: 'timer', name: 'window', serves: `${plan}@${deadline}` }, 300_000);
    expect(walked.phase('waiting').deadline).toBe(T0 + 350_000);
  });

  it('is frozen by a person, and runs afresh when resumed', () => {
    const { walked, plan } = inWindow();
    const { deadline } = walked.phase('waiting');
    walked.feed(act('hold'), 1000);
    expect(walked.phase('waiting').deadline).toBeNull();
    walked.feed({ type: 'timer', name: 'window', serves: `${plan}@${deadline}` }, 400_000);
    expect(walked.phase('waiting').held?.by).toBe(bob.id);
    walked.feed(act('resume'), 1000);
    expect(walked.phase('waiting').deadline).toBe(walked.now + 300_000);
  });

  it('may be cut short by an operator and by nobody else', () => {
    const { walked } = inWindow();
    walked.feed(act('run-now', dave));
    expect(walked.refusals.at(-1)).toContain('operator role');
    expect(walked.feed(act('run-now')).phase('reproving').decided.consent).toMatchObject({
      kind: 'hurried',
      by: bob.id,
    });
  });

  it('ends with a withdrawn plan when its premises no longer hold', () => {
    const { walked, plan } = inWindow();
    walked.feed(act('run-now'));
    const { playbookHash } = walked.phase('reproving').decided.plan;
    const readings = saysOf('firing', false, walked.now);
    walked.feed({ type: 'reproved', plan, readings, diff: null, playbookHash });
    expect(walked.phase('escalated').reason).toContain('was not started');
  });

  it('is no longer needed when the alert resolves and health is proven', () => {
    const { walked, plan } = inWindow();
    const resolved = alert('Middling', { status: 'resolved', endsAt: walked.now });
    walked.feed({ type: 'alerts', subject: shop, alerts: [resolved] });
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', false, walked.now + 1) }, 1);
    walked.feed({ type: 'sampled', plan, readings: saysOf('resolved', false, walked.now + 3000) }, 3000);
    expect(walked.phase('closed').how).toBe('recovered');
    expect(walked.effects.some(({ kind }) => kind === 'execute')).toBe(false);
  });
});

describe('an approval', () => {
  function asked(policy = {}) {
    const walked = diagnosed('Grave', { settings: settings({ policy }) });
    const plan = walked.phase('preparing').decided.plan.id;
    walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
    return { walked: walked.feed({ type: 'plan-shown', plan }), plan };
  }

  it('is bound to the plan, the policy and the diff that was on the table', () => {
    const { walked } = asked();
    walked.feed(act('approve', alice));
    const { decided } = walked.phase('reproving');
    expect(decided.receipts).toEqual([
      {
        user: alice.id,
        at: walked.now,
        planDigest: decided.plan.digest,
        policyDigest: 'policy-1',
        diffHash: decided.diff?.hash,
      },
    ]);
  });

  it('takes two people where two are needed, and never one person twice', () => {
    const { walked } = asked({ approvals: 2 });
    walked.feed(act('approve', alice)).feed(act('approve', alice));
    expect(walked.refusals.at(-1)).toContain('another person');
    expect(walked.phase('waiting').decided.receipts).toHaveLength(1);
    walked.feed(act('approve', carol));
    expect(walked.phase('reproving').decided.receipts).toHaveLength(2);
  });

  it('is void when the dry run says something else by now', () => {
    const { walked, plan } = asked();
    walked.feed(act('approve', alice));
    walked.feed({
      type: 'reproved',
      plan,
      readings: saysOf('firing', true, walked.now),
      diff: { kind: 'diff', diff: '-a\n+c', changes: 1 },
      playbookHash: walked.phase('reproving').decided.plan.playbookHash,
    });
    expect(walked.phase('waiting').decided.receipts).toEqual([]);
  });

  it('cannot be given by the person who asked for the plan', () => {
    const walked = opened('Grave');
    walked.feed({ type: 'heal-requested', subject: shop, by: alice, playbook: 'undo', parameters: {} });
    const plan = walked.phase('preparing').decided.plan.id;
    walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '', changes: 0 } });
    walked.feed({ type: 'plan-shown', plan }).feed(act('approve', alice));
    expect(walked.refusals.at(-1)).toContain('someone else');
  });

  it('that nobody gives in time calls a person', () => {
    const { walked, plan } = asked();
    const { deadline } = walked.phase('waiting');
    walked.feed({ type: 'timer', name: 'approval', serves: `${plan}@${deadline}` }, 1_800_000);
    expect(walked.phase('escalated').reason).toContain('nobody approved');
  });
});

describe('alerts', () => {
  it('that say nothing new change nothing', () => {
    const walked = opened('Small');
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Small')] });
    expect(walked.incident.version).toBe(1);
  });

  it('of one service attach to its incident, and a re-fire is counted', () => {
    const walked = opened('Small');
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other')] });
    walked.feed({
      type: 'alerts',
      subject: shop,
      alerts: [alert('Other', { status: 'resolved', endsAt: T0 + 10 })],
    });
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other', { startsAt: T0 + 20 })] });
    expect(walked.incident.alerts['fp-Other']?.fires).toBe(2);
  });

  it('whose end comes before their beginning, out of order, do not end it', () => {
    const walked = opened('Small');
    walked.feed({
      type: 'alerts',
      subject: shop,
      alerts: [alert('Small', { status: 'resolved', endsAt: T0 - 60_000 })],
    });
    expect(walked.incident.alerts['fp-Small']?.alert.status).toBe('firing');
  });

  it('that all resolve while nothing was started close the incident', () => {
    const walked = opened('Unknown').feed({
      type: 'evidence-collected',
      round: 1,
      evidence: telling('Nothing').slice(1),
    });
    expect(walked.phase('escalated').reason).toContain('no known pattern');
    walked.feed({
      type: 'alerts',
      subject: shop,
      alerts: [alert('Unknown', { status: 'resolved', endsAt: T0 + 1000 })],
    });
    expect(walked.phase('closed').how).toBe('recovered');
  });
});
