import { describe, expect, it } from 'vitest';
import type { Person } from '../../src/approval/person.ts';
import { evidenceDigest } from '../../src/approval/receipt.ts';
import type { Comparison } from '../../src/execution/attempt.ts';
import { named, say } from '../../src/lib/text/text.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { alert, alice, bob, carol, dave, settings, shop, T0, telling } from '../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  executing,
  ILL,
  lookAfter,
  opened,
  prepared,
  rechecked,
  reproved,
  resolved,
  sees,
  shown,
  starting,
  UNSEEN,
  type Walk,
  WELL,
  watch,
} from '../kit/incident/walk.ts';

const act = (action: 'approve' | 'cancel' | 'hold' | 'resume' | 'run-now', by: Person = bob) =>
  ({ type: 'acted', action, plan: null, by, reason: null }) as const;

/** A low plan that did not help, and whose rollback has ended well by its runner's word. */
function undoneWith(compared: Comparison | undefined, meanwhile = (walked: Walk) => walked) {
  const walked = meanwhile(watch(ended('Small'), 61_000, ILL));
  const { attempt } = walked.phase('rolling-back');
  const result = { kind: 'succeeded', summary: 'undone', ...(compared && { compared }) } as const;
  return walked.feed({ type: 'attempt-ended', attempt, result }, 1_000);
}

/** A medium plan whose card stands in Slack. */
function inWindow(circumstances = {}) {
  const walked = diagnosed('Middling', circumstances);
  const plan = walked.phase('preparing').decided.plan.id;
  walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
  return { walked: walked.feed(shown(walked.incident)), plan };
}

describe('a low plan', () => {
  it('starts only once Medic has seen for itself that it is needed, right before its claim', () => {
    const walked = diagnosed('Small');
    expect(walked.effects.at(-1)).toMatchObject({ kind: 'reprove' });
    expect(walked.effects.some(({ kind }) => kind === 'claim')).toBe(false);
    walked.feed(reproved(walked)).phase('starting');
    expect(walked.effects.at(-1)).toMatchObject({ kind: 'claim' });
  });

  it.each(['well', 'other'] as const)(
    'does not start where the look no longer shows the fault (%s)',
    (look) => {
      const walked = diagnosed('Small');
      walked.feed(reproved(walked, { ...ILL, look }));
      expect(plainly(walked.phase('escalated').reason)).toContain('was not started');
      expect(walked.phase('escalated').retriable).toBeUndefined();
    },
  );

  it('does not start where the alert fires no more at its source, whatever the look says', () => {
    const walked = diagnosed('Small');
    walked.feed(reproved(walked, { ...ILL, firing: false }));
    expect(plainly(walked.phase('escalated').reason)).toContain('the alert does not fire');
  });

  it('is watched instead where all looks well by then', () => {
    const walked = diagnosed('Small');
    walked.feed(reproved(walked, WELL));
    expect(walked.phase('verifying').after.kind).toBe('looks-healthy');
  });

  it('is not needed any more where all looks well, which is no recovery as long as another alert fires', () => {
    const walked = diagnosed('Probed');
    walked.feed(reproved(walked, WELL)).phase('verifying');
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other')] }, 500);
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 5000, WELL);
    expect(walked.phase('investigating').doing).toBe('collecting');
    expect(walked.told.some(({ kind }) => kind === 'withdrawn')).toBe(true);
  });

  it('is claimed once, runs once, and closes when recovery held for its stability window', () => {
    const walked = executing('Small');
    const { attempt } = walked.phase('executing');
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } }, 2000);
    lookAfter(walked, 1000, WELL);
    expect(walked.phase('verifying').goodSince).toBe(walked.now);
    lookAfter(walked, 3000, WELL);
    expect(walked.phase('closed').how).toBe('healed');
    expect(walked.effects.filter(({ kind }) => kind === 'execute')).toHaveLength(1);
  });

  it('is rolled back only when a check contradicts recovery at the deadline', () => {
    const walked = ended('Small');
    const { plan } = walked.phase('verifying').decided;
    watch(walked, 61_000, ILL);
    expect(walked.phase('rolling-back').because.kind).toBe('refuted');
    walked.feed({ type: 'acted', action: 'stop', plan: plan.id, by: bob, reason: null });
    expect(walked.phase('rolling-back').stop).toBe(bob.id);
  });

  it.each([
    ['is well since', WELL, 20_000, 'closed', '; it is well since: every check was good'],
    ['is not well either', ILL, 61_000, 'escalated', '; it is not well after that either'],
    ['cannot be seen', UNSEEN, 61_000, 'escalated', '; whether it is well now is not known'],
  ] as const)('that was undone is looked at once more, and says so where it %s', (_, view, ms, at, words) => {
    const walked = watch(undoneWith({ kind: 'as-before', words: '3 replicas' }), ms, view);
    expect(plainly(walked.phase(at).reason)).toContain(
      ` and was rolled back (3 replicas, as before the fix)${words}`,
    );
    expect(walked.incident.attempts.map(({ purpose, proof }) => [purpose, proof?.kind])[0]).toEqual([
      'fix',
      'refuted',
    ]);
  });

  it.each([
    [{ kind: 'unknown', why: 'no answer came' }, '(no answer came)'],
    [undefined, '(nothing was read again after it)'],
  ] as const)(
    'of which nobody could compare what stands there is never said to be rolled back: %j',
    (compared, why) => {
      const walked = watch(undoneWith(compared), 20_000, WELL);
      const reason = plainly(walked.phase('closed').reason);
      expect(reason).toContain(
        `, and its rollback ran, but could not be compared with what was there before ${why}; it is well since`,
      );
      expect(reason).not.toContain('rolled back');
    },
  );

  it('whose undoing has not put back what was there calls a person at once, as one that failed', () => {
    const differs = { kind: 'differs', was: '2 replicas', now: '5 replicas', lines: [] } as const;
    const walked = undoneWith(differs);
    expect(plainly(walked.phase('escalated').reason)).toMatch(
      /, and its rollback did not put back what was there before: it was 2 replicas; it is 5 replicas now$/,
    );
    expect(walked.told.some((one) => one.kind === 'watching' && one.why === 'rollback')).toBe(false);
    expect(walked.incident.call).toBeDefined();
  });

  it('whose undoing has not put back what was there calls a person though every alert has resolved', () => {
    const walked = undoneWith({ kind: 'differs', was: 'a', now: 'b', lines: [] }, resolved);
    expect(walked.phase('escalated')).toBeDefined();
  });

  it('names a few of the values that differ, and leaves the others to the thread', () => {
    const lines = ['one: 1 -> 2', 'two: 1 -> 2', 'three: 1 -> 2', 'four: 1 -> 2'];
    const walked = undoneWith({ kind: 'differs', was: 'a', now: 'b', lines });
    expect(plainly(walked.phase('escalated').reason)).toMatch(
      /it was a; it is b now \(one: 1 -> 2; two: 1 -> 2; three: 1 -> 2; …\)$/,
    );
  });

  it('calls a person a minute after it was undone, however long a fix is given', () => {
    const walked = watch(ended('Small'), 61_000, ILL);
    const { attempt, decided } = walked.phase('rolling-back');
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'undone' } }, 1_000);
    const { since, deadline } = walked.phase('verifying');
    expect(deadline - since).toBe(Math.min(60_000, decided.plan.verify.within));
  });

  it('whose undoing fails calls a person at once', () => {
    const walked = watch(ended('Small'), 61_000, ILL);
    const { attempt } = walked.phase('rolling-back');
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'failed', reason: 'no', exitCode: 1 } });
    expect(plainly(walked.phase('escalated').reason)).toContain('its rollback did not succeed either: no');
  });

  it.each([
    [
      { kind: 'as-before', words: '3 replicas' },
      '; what was there before the fix is there again: 3 replicas',
    ],
    [
      { kind: 'differs', was: '3', now: '5', lines: [] },
      '; it is not as before the fix: it was 3; it is 5 now',
    ],
    [{ kind: 'unknown', why: 'nobody knows' }, ''],
  ] as const)(
    'whose undoing fails says as well what stands there, where it was read: %j',
    (compared, words) => {
      const walked = watch(ended('Small'), 61_000, ILL);
      const { attempt } = walked.phase('rolling-back');
      const result = { kind: 'failed', reason: 'no', exitCode: 1, compared } as const;
      walked.feed({ type: 'attempt-ended', attempt, result });
      const reason = plainly(walked.phase('escalated').reason);
      expect(reason.endsWith(`its rollback did not succeed either: no${words}`)).toBe(true);
    },
  );

  it('calls a person, and undoes nothing, when the data does not suffice', () => {
    const walked = watch(ended('Small'), 61_000, UNSEEN);
    expect(plainly(walked.phase('escalated').reason)).toContain('could not be proven');
  });

  it('is not proven by the end of its alerts where the look is not good, nor by a good look while they fire', () => {
    for (const view of [
      { ...WELL, look: 'fault' },
      { ...WELL, look: 'other' },
      { ...WELL, look: 'unknown' },
      { ...WELL, firing: true },
    ] as const) {
      const walked = watch(ended('Small'), 61_000, view);
      expect(walked.incident.outcome?.kind).not.toBe('proven');
    }
  });

  it('waits for its turn when the claim is refused, and says for what', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const obstacle = { kind: 'cooling-down', target: 'production/shop', retryAt: walked.now + 5000 } as const;
    walked.feed({ type: 'claim-refused', plan, obstacle });
    expect(walked.phase('waiting')).toMatchObject({
      for: 'turn',
      deadline: obstacle.retryAt,
      turn: {
        kind: 'cooling-down',
        obstacle: say`${named('shop')} is cooling down after an earlier fix`,
        since: walked.now,
      },
    });
  });
});

describe('a cancel window', () => {
  it('starts when Slack shows it, and not before', () => {
    const walked = diagnosed('Middling');
    const plan = walked.phase('preparing').decided.plan.id;
    walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
    expect(walked.phase('waiting').deadline).toBeNull();
    walked.feed(shown(walked.incident), 90_000);
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
    const { walked } = inWindow();
    walked.feed(act('run-now'));
    walked.feed(reproved(walked, { ...ILL, look: 'other' }));
    expect(plainly(walked.phase('escalated').reason)).toContain('was not started');
  });

  it('is no longer needed when the alert resolves and health is proven', () => {
    const walked = resolved(inWindow().walked);
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 3000, WELL);
    expect(walked.phase('closed').how).toBe('recovered');
    expect(walked.effects.some(({ kind }) => kind === 'execute')).toBe(false);
  });
});

describe('a plan that was decided', () => {
  it('is decided anew under another policy, and does not start by the old one', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const observing = settings({ policy: { mode: 'observe' } });
    walked.feed({ type: 'claimed', plan }, 0, { policyDigest: 'policy-2', settings: observing });
    expect(walked.phase('observed').decided.verdict).toMatchObject({
      kind: 'observe',
      policyDigest: 'policy-2',
    });
    expect(walked.told.map(({ kind }) => kind)).toContain('rules-changed');
    expect(walked.effects.some(({ kind }) => kind === 'execute')).toBe(false);
  });

  it('is decided anew, and starts all the same only where its premises hold', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    const busy = { kind: 'busy', running: 2, ahead: 0, retryAt: walked.now + 5_000 } as const;
    walked.feed({ type: 'claim-refused', plan, obstacle: busy });
    walked.feed({ type: 'looked', plan, obstacle: null }, 10_000);
    for (let look = 0; look < 2 && walked.incident.phase.at === 'reproving'; look += 1) {
      walked.feed(reproved(walked, { ...ILL, look: 'other' }), 0, { policyDigest: 'policy-2' });
    }
    expect(walked.told.map(({ kind }) => kind)).toContain('rules-changed');
    expect(plainly(walked.phase('escalated').reason)).toContain('was not started');
  });

  it('is not decided anew for ever where two processes go by different rules: a person is told to look', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    for (let turn = 0; turn < 20 && walked.incident.phase.at !== 'escalated'; turn += 1) {
      const brain = walked.incident.phase.at === 'starting';
      walked.feed(brain ? { type: 'claimed', plan } : reproved(walked), 0, {
        policyDigest: brain ? 'policy-2' : 'policy-3',
      });
    }
    expect(plainly(walked.phase('escalated').reason)).toContain('read the same medic.yml');
    expect(walked.told.filter(({ kind }) => kind === 'rules-changed')).toHaveLength(3);
    expect(walked.effects.some(({ kind }) => kind === 'execute')).toBe(false);
  });

  it('goes on asking people under another policy that would not ask, and forgets who approved', () => {
    const walked = diagnosed('Grave');
    const { plan, diff } = walked.phase('preparing').decided;
    expect(diff).toBeNull();
    walked.feed({
      type: 'dry-run-ended',
      plan: plan.id,
      result: { kind: 'diff', diff: 'a change', changes: 1 },
    });
    walked.feed({
      type: 'plan-shown',
      plan: plan.id,
      diff: walked.phase('waiting').decided.diff?.hash ?? null,
    });
    walked.feed(act('approve', alice));
    expect(walked.phase('reproving').decided.receipts).toHaveLength(1);
    walked.feed(reproved(walked), 0, { policyDigest: 'policy-2' });
    const { decided } = walked.phase('preparing');
    expect([decided.verdict.kind, decided.receipts, decided.consent]).toEqual(['ask', [], null]);
  });

  it('does not start with another playbook than the one it was made of', () => {
    const { walked } = inWindow();
    walked.feed(act('run-now'));
    walked.feed({ ...reproved(walked), playbookHash: 'another' });
    expect(plainly(walked.phase('escalated').reason)).toContain('has changed');
  });

  it('is put before a person when a second opinion is sure of another cause', () => {
    const { walked } = inWindow({ model: true });
    const evidence = telling('Middling', walked.now);
    const claims = evidence.map(({ id, text }) => ({
      text: 'so it says',
      citations: [{ evidence: id, quote: text.slice(0, 20) }],
    }));
    const other = {
      cause: 'the disk',
      claims,
      against: [],
      playbook: 'undo',
      parameters: {},
      selfConfidence: null,
    };
    const proposal = { summary: 's', hypotheses: [other], prevention: null, lead: null };
    const answer = {
      kind: 'proposal',
      proposal,
      model: 'm',
      promptHash: 'p',
      tokens: { in: 1, out: 1 },
    } as const;
    walked.feed({ type: 'model-answered', round: 1, answer, evidence });
    expect(walked.phase('waiting')).toMatchObject({ for: 'approval', deadline: null });
    walked.feed(act('run-now'));
    expect(walked.refusals.at(-1)).toContain('needs approval');
  });

  it('that is held is not set going by Slack showing it', () => {
    const { walked } = inWindow();
    walked.feed(act('hold'));
    walked.feed(shown(walked.incident));
    expect(walked.phase('waiting').deadline).toBeNull();
  });
});

describe('a verification', () => {
  it('does not take a signal from before the fix for a recovery', () => {
    const walked = lookAfter(ended('Small'), 1000, WELL, 1001);
    expect(walked.phase('verifying').sample?.answers.map(({ answer }) => answer)).toEqual([
      'unknown',
      'unknown',
    ]);
  });

  it('does not take one observation, looked at twice, for stability', () => {
    const walked = ended('Small');
    const once = walked.now + 100;
    lookAfter(walked, 1000, WELL, 900);
    lookAfter(walked, 9000, WELL, 9900);
    expect(walked.phase('verifying').goodSince).toBe(once);
  });

  it('begins afresh after Medic was away', () => {
    const walked = lookAfter(ended('Small'), 500, WELL);
    const { plan } = walked.phase('verifying').decided;
    const back = walked.now + 20_000;
    const readings = sees(plan.verify.checks, WELL, back);
    walked.feed({ type: 'sampled', plan: plan.id, readings }, 20_000, { aliveSince: back });
    expect(walked.phase('verifying').goodSince).toBe(back);
  });

  it('by a check of alerts holds for the alerts that came up meanwhile', () => {
    const walked = ended('Small');
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other')] }, 500);
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 5000, WELL);
    expect(walked.phase('closed').how).toBe('healed');
  });

  it('without a check of alerts leaves the alerts that came up meanwhile to a new look', () => {
    const walked = executing('Probed');
    const { attempt } = walked.phase('executing');
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other')] }, 500);
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: '' } });
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 5000, WELL);
    expect(walked.phase('investigating').doing).toBe('collecting');
    expect(walked.incident.round).toBe(2);
    const said = walked.told.findLast(({ kind }) => kind === 'outcome');
    expect(said).toMatchObject({ outcome: { kind: 'unproven' } });
    expect(walked.incident.attempts[0]?.proof?.kind).toBe('proven');
  });
});

describe('an incident at rest', () => {
  it('looks into the next outage once everything that fired had resolved', () => {
    const walked = opened('Unknown').feed({
      type: 'heal-requested',
      subject: shop,
      by: bob,
      playbook: 'ease',
      parameters: {},
    });
    walked.feed(prepared(walked));
    walked.feed(reproved(walked));
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claimed', plan });
    const { attempt } = walked.phase('executing');
    walked.feed({ type: 'acted', action: 'stop', plan, by: bob, reason: null });
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'stopped', reason: 'asked to' } });
    walked.phase('escalated');
    expect(rechecked(resolved(walked)).phase('closed').how).toBe('recovered');
  });

  it('that was cancelled while nothing fired any more is over once it was seen to be well', () => {
    const walked = resolved(inWindow().walked);
    walked.phase('verifying');
    expect(rechecked(walked.feed(act('cancel'))).phase('closed').how).toBe('recovered');
  });

  it('is resumed by /diagnose only for an operator', () => {
    const { walked } = inWindow();
    walked.feed(act('cancel'));
    walked.feed({ type: 'diagnosis-requested', subject: shop, by: dave, text: 'shop' });
    expect(walked.refusals.at(-1)).toContain('operator role');
    walked.feed({ type: 'diagnosis-requested', subject: shop, by: bob, text: 'shop' });
    expect(walked.phase('investigating').doing).toBe('collecting');
  });

  it('is not moved by an answer to a question of an earlier round', () => {
    const { walked } = inWindow();
    walked.feed(act('cancel')).feed({ type: 'diagnosis-requested', subject: shop, by: bob, text: 'shop' });
    walked.feed({ type: 'evidence-collected', round: 1, evidence: telling('Middling') });
    expect(walked.refusals.at(-1)).toContain('earlier round');
  });
});

describe('an approval', () => {
  function asked(policy = {}) {
    const walked = diagnosed('Grave', { settings: settings({ policy }) });
    const plan = walked.phase('preparing').decided.plan.id;
    walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
    return { walked: walked.feed(shown(walked.incident)), plan };
  }

  it('is bound to the plan, the policy, the diff and the evidence that were on the table', () => {
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
        evidenceDigest: evidenceDigest(telling('Grave')),
      },
    ]);
  });

  it('says of which workspace the person is', () => {
    const { walked } = asked();
    walked.feed(act('approve', { ...alice, team: 'T0EXAMPLE' }));
    expect(walked.phase('reproving').decided.receipts).toMatchObject([{ user: alice.id, team: 'T0EXAMPLE' }]);
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
    const { walked } = asked();
    walked.feed(act('approve', alice));
    walked.feed({ ...reproved(walked), diff: { kind: 'diff', diff: '-a\n+c', changes: 1 } });
    expect(walked.phase('waiting').decided.receipts).toEqual([]);
  });

  it('cannot be given by the person who asked for the plan', () => {
    const walked = opened('Grave');
    walked.feed({ type: 'heal-requested', subject: shop, by: alice, playbook: 'undo', parameters: {} });
    walked.feed(prepared(walked));
    walked.feed(shown(walked.incident)).feed(act('approve', alice));
    expect(walked.refusals.at(-1)).toContain('someone else');
  });

  it('that nobody gives in time calls a person', () => {
    const { walked, plan } = asked();
    const { deadline } = walked.phase('waiting');
    walked.feed({ type: 'timer', name: 'approval', serves: `${plan}@${deadline}` }, 1_800_000);
    expect(plainly(walked.phase('escalated').reason)).toContain('nobody approved');
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

  it('that all resolve while nothing was started have the subject looked at, and close it where that is well', () => {
    const walked = opened('Unknown').feed({
      type: 'evidence-collected',
      round: 1,
      evidence: telling('Nothing').slice(1),
    });
    expect(plainly(walked.phase('escalated').reason)).toContain('no known fault');
    resolved(walked).phase('escalated');
    expect(walked.effects.at(-1)).toEqual({ kind: 'recheck' });
    expect(rechecked(walked).phase('closed').how).toBe('recovered');
  });
});
