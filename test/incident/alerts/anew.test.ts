import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/alerts/alert.ts';
import type { PlanAction } from '../../../src/incident/model/event.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { inWindow } from '../../corpus/moves.ts';
import { alert, alice, bob, carol, settings, shop, telling } from '../../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  ILL,
  opened,
  reproved,
  resolved,
  shown,
  type Walk,
  walk,
  watch,
} from '../../kit/incident/walk.ts';

const WARNING: Partial<Alert> = { severity: 'warning' };

const joins = (walked: Walk, ...alerts: readonly Alert[]) =>
  walked.feed({ type: 'alerts', subject: shop, alerts }, 1000);
const act = (walked: Walk, action: PlanAction, by = bob) =>
  walked.feed({ type: 'acted', action, plan: null, by, reason: null });
/** The facts come in, and the known pattern of this alert decides. */
const found = (walked: Walk, name: string) =>
  walked.feed({
    type: 'evidence-collected',
    round: walked.incident.round,
    evidence: telling(name, walked.now),
  });
/** What the window would have ended, had nobody taken it back. */
const cancelled = () => act(inWindow(), 'cancel');
const observed = () => diagnosed('Middling', { settings: settings({ policy: { mode: 'observe' } }) });
/** Nobody knows the cause, and a person is called. */
const called = () => {
  const walked = opened('Middling');
  return walked.feed({ type: 'evidence-collected', round: 1, evidence: [] });
};

const RESTS: readonly (readonly [string, () => Walk])[] = [
  ['cancelled', cancelled],
  ['observed', observed],
  ['escalated', called],
];

describe('an alert that joins what rests', () => {
  it.each(RESTS)('is looked into anew where it is of a new kind: %s', (at, made) => {
    const walked = made();
    expect(walked.incident.phase.at).toBe(at);
    const { round } = walked.incident;
    joins(walked, alert('Small', WARNING));
    expect(walked.incident).toMatchObject({ phase: { at: 'investigating' }, round: round + 1 });
    expect(walked.effects.at(-1)).toEqual({ kind: 'collect', round: round + 1 });
    expect(walked.told.at(-1)).toMatchObject({
      kind: 'looked-anew',
      why: 'new-kind',
      alert: { name: 'Small' },
    });
  });

  it('is looked into anew where it is more severe than all before, though of the same kind', () => {
    const walked = walk({ type: 'alerts', subject: shop, alerts: [alert('Middling', WARNING)] });
    walked.feed({ type: 'evidence-collected', round: 1, evidence: [] }).phase('escalated');
    joins(walked, { ...alert('Middling'), fingerprint: 'fp-worse' });
    expect(walked.incident).toMatchObject({ phase: { at: 'investigating' }, severity: 'critical' });
    expect(walked.told.at(-1)).toMatchObject({ kind: 'looked-anew', why: 'more-severe' });
  });

  it.each(RESTS)(
    'attaches, and no more, where it is another of the same kind and severity: %s',
    (at, made) => {
      const walked = made();
      const { round } = walked.incident;
      joins(walked, { ...alert('Middling'), fingerprint: 'fp-elsewhere' });
      expect(walked.incident).toMatchObject({ phase: { at }, round });
      expect(Object.keys(walked.incident.alerts)).toHaveLength(2);
    },
  );

  it('is looked into where the plan is held, which would wait for ever', () => {
    const walked = act(inWindow(), 'hold');
    const plan = currentPlan(walked.incident)?.plan.id;
    joins(walked, alert('Small'));
    expect(walked.incident.phase.at).toBe('investigating');
    expect(walked.told.slice(-2)).toMatchObject([{ kind: 'withdrawn', plan }, { kind: 'looked-anew' }]);
  });

  it('is looked into as well where the alerts of a held plan have just resolved, as those of a process that dies do', () => {
    const walked = resolved(act(inWindow(), 'hold'));
    expect(walked.incident.phase.at).toBe('verifying');
    joins(walked, alert('Small'));
    expect(walked.incident.phase.at).toBe('investigating');
    expect(walked.told.slice(-2)).toMatchObject([{ kind: 'withdrawn' }, { kind: 'looked-anew' }]);
    const { verdict } = found(walked, 'Small').phase('waiting').decided;
    expect([verdict.kind, plainly(verdict.doubt ?? '')]).toEqual([
      'ask',
      expect.stringContaining('held a plan'),
    ]);
  });

  it('goes on waiting as before where what had resolved comes back, and nothing else', () => {
    const walked = resolved(act(inWindow(), 'hold'));
    joins(walked, { ...alert('Middling'), startsAt: walked.now });
    expect(walked.phase('waiting').held).toMatchObject({ by: bob.id });
  });

  it('is looked into where the dry run of a held plan is under way', () => {
    const asked = called().feed({
      type: 'heal-requested',
      subject: shop,
      by: bob,
      playbook: 'ease',
      parameters: {},
    });
    const walked = act(asked, 'hold', carol);
    expect(walked.phase('preparing').held).toMatchObject({ by: carol.id });
    joins(walked, alert('Small'));
    expect(walked.incident.phase.at).toBe('investigating');
  });

  it('does not stop what nobody has taken back', () => {
    const walked = joins(inWindow(), alert('Small'));
    expect(walked.phase('waiting')).toMatchObject({ for: 'window', held: null });
  });
});

describe('the plan that comes of a new look', () => {
  it('runs by itself where nobody has said a word against the one before', () => {
    const walked = found(joins(called(), alert('Small')), 'Small');
    expect(walked.phase('reproving').decided).toMatchObject({
      plan: { playbook: 'ease' },
      verdict: { kind: 'allow' },
    });
  });

  it.each([
    ['cancelled', () => cancelled(), 'cancelled a plan'],
    ['held', () => act(inWindow(), 'hold'), 'held a plan'],
    ['called for a person', () => act(inWindow(), 'escalate'), 'called a person'],
  ])('asks where somebody %s before', (_what, made, words) => {
    const walked = found(joins(made(), alert('Small')), 'Small');
    const { decided, for: what } = walked.phase('waiting');
    expect([decided.plan.playbook, decided.verdict.kind, what]).toEqual(['ease', 'ask', 'approval']);
    expect(plainly(decided.verdict.doubt ?? '')).toContain(words);
    expect(walked.told.find(({ kind }) => kind === 'looked-anew')).toHaveProperty('asks');
    act(walked.feed(shown(walked.incident)), 'approve', alice);
    expect(walked.incident.phase.at).toBe('reproving');
  });

  it('asks as well where somebody is on it already, and where a fix has run before', () => {
    const taken = called().feed({ type: 'call-taken', by: carol });
    found(joins(taken, alert('Small')), 'Small');
    expect(plainly(taken.phase('waiting').decided.verdict.doubt ?? '')).toContain('is on it');

    const tried = watch(ended('Small'), 61_000, ILL);
    tried.feed({
      type: 'attempt-ended',
      attempt: tried.phase('rolling-back').attempt,
      result: { kind: 'succeeded', summary: 'undone' },
    });
    watch(tried, 61_000, ILL);
    found(joins(tried, alert('Middling')), 'Middling');
    expect(tried.incident.phase.at).toBe('preparing');
    expect(plainly(currentPlan(tried.incident)?.verdict.doubt ?? '')).toContain('a fix has run');
  });

  it('goes by the rules where somebody took back what somebody had asked for while nothing fired', () => {
    const walked = walk({ type: 'heal-requested', subject: shop, by: bob, playbook: 'mend', parameters: {} });
    act(walked, 'cancel', carol);
    found(joins(walked, alert('Small')), 'Small');
    expect(walked.phase('reproving').decided.verdict.kind).toBe('allow');
  });

  it('goes by the rules again once a person has let one go on, or has asked for another look', () => {
    const resumed = act(act(inWindow(), 'hold'), 'resume');
    expect(resumed.incident.wary).toBeUndefined();
    const asked = cancelled().feed({
      type: 'diagnosis-requested',
      subject: shop,
      by: bob,
      text: 'look again',
    });
    found(asked, 'Small');
    asked.feed(reproved(asked));
    expect(asked.phase('starting').decided.verdict.kind).toBe('allow');
  });
});
