import { describe, expect, it } from 'vitest';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { alert, bob, evidenceItem, settings, shop } from '../../kit/incident/fixtures.ts';
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
  starting,
  UNSEEN,
  WELL,
  watch,
} from '../../kit/incident/walk.ts';
import { saying } from '../../kit/saying.ts';

/** Nobody knows the cause, and a person was called. */
const escalated = () =>
  opened('Unheard').feed({ type: 'evidence-collected', round: 1, evidence: [evidenceItem({})] });

describe('the end of every alert', () => {
  it('is never called recovery where Medic can look: it looks first', () => {
    for (const walked of [opened('Small'), escalated()]) {
      const { at } = walked.incident.phase;
      resolved(walked).phase(at);
      expect(walked.effects.at(-1)).toEqual({ kind: 'recheck' });
    }
  });

  it('is recovery where the look is good, and says what was seen', () => {
    const { how, reason } = rechecked(resolved(escalated())).phase('closed');
    expect(how).toBe('recovered');
    expect(plainly(reason)).toContain('web-1 was looked at: well');
  });

  it('calls a person where the look is not good, and the incident stays open', () => {
    const walked = rechecked(resolved(opened('Small')), ILL);
    expect(plainly(walked.phase('escalated').reason)).toBe(
      'its alerts have resolved, but it is not well: web-1 was looked at: fault',
    );
    const told = walked.told.length;
    expect(rechecked(walked, ILL).told).toHaveLength(told);
  });

  it('is looked at again, ever more seldom, until somebody has mended it', () => {
    const walked = rechecked(resolved(opened('Small')), ILL);
    const waits: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const timer = walked.effects.at(-1);
      if (timer?.kind !== 'timer') throw new Error('nothing is looked at again');
      const { name, at, serves } = timer;
      waits.push(at - walked.now);
      walked.feed({ type: 'timer', name, serves }, at - walked.now);
      expect(walked.effects.at(-1)).toEqual({ kind: 'recheck' });
      rechecked(walked, round < 11 ? ILL : WELL);
    }
    expect([waits[0], waits.at(-1)]).toEqual([30_000, 600_000]);
    expect(waits).toEqual(waits.toSorted((one, other) => one - other));
    const { how, reason } = walked.phase('closed');
    expect(how).toBe('recovered');
    expect(plainly(reason)).toMatch(/^all alerts resolved; now healthy: web-1 was looked at: well/);
  });

  it('is no more than that where nothing could be read', () => {
    const { how, reason } = rechecked(resolved(opened('Small')), UNSEEN).phase('closed');
    expect([how, plainly(reason)]).toEqual([
      'resolved',
      'all alerts resolved; whether it is healthy could not be checked: web-1 was looked at: unknown; the alert: no answer',
    ]);
  });

  it('is none by its sender’s word alone while it fires at its source, and is looked for again', () => {
    const walked = rechecked(resolved(escalated()), { ...WELL, firing: true });
    walked.phase('escalated');
    const timer = walked.effects.at(-1);
    if (timer?.kind !== 'timer') throw new Error('nothing is looked for again');
    const { name, at, serves } = timer;
    expect(name).toBe('recheck');
    walked.feed({ type: 'timer', name, serves }, at - walked.now);
    expect(walked.effects.at(-1)).toEqual({ kind: 'recheck' });
    expect(rechecked(walked).phase('closed').how).toBe('recovered');
  });

  it('is no recovery where what its alert measures has vanished, however good the look', () => {
    const gone = { ...WELL, firing: null, vanished: true } as const;
    expect(rechecked(resolved(escalated()), gone).phase('closed').how).toBe('resolved');
    expect(rechecked(resolved(escalated()), { ...WELL, firing: null }).phase('closed').how).toBe('recovered');
    const walked = diagnosed('Middling');
    walked.feed(prepared(walked));
    expect(watch(resolved(walked), 70_000, gone).phase('waiting').for).toBe('approval');
    expect(watch(resolved(ended('Small')), 70_000, gone).phase('closed').how).toBe('healed');
  });

  it('is not believed while its source gives no answer, however good the look, and is asked about again', () => {
    const silent = { ...WELL, firing: null, unanswered: true } as const;
    const again = (walked: ReturnType<typeof escalated>) => {
      const timer = walked.effects.at(-1);
      if (timer?.kind !== 'timer') throw new Error('nothing is asked again');
      walked.feed({ type: 'timer', name: timer.name, serves: timer.serves }, timer.at - walked.now);
      expect(walked.effects.at(-1)).toEqual({ kind: 'recheck' });
      return walked;
    };
    const walked = rechecked(resolved(escalated()), silent);
    walked.phase('escalated');
    expect(rechecked(again(walked)).phase('closed').how).toBe('recovered');

    const dead = rechecked(resolved(escalated()), silent);
    const since = dead.now;
    while (dead.incident.phase.at !== 'closed') rechecked(again(dead), silent);
    expect(dead.now - since).toBeGreaterThanOrEqual(600_000);
    const { how, reason } = dead.phase('closed');
    expect([how, plainly(reason)]).toEqual([
      'resolved',
      saying('could not be checked: the alert: no answer'),
    ]);
  });

  it('is seen neither by the health check alone while its source gives no answer', () => {
    const blind = { look: 'unknown', firing: null, healthy: true, unanswered: true } as const;
    const walked = resolved(escalated());
    walked.feed({
      type: 'rechecked',
      readings: sees([{ probe: 'healthy' }, { alert: 'resolved' }], blind, walked.now),
    });
    walked.phase('escalated');
    const known = resolved(escalated());
    const { unanswered: _, ...view } = blind;
    known.feed({
      type: 'rechecked',
      readings: sees([{ probe: 'healthy' }, { alert: 'resolved' }], view, known.now),
    });
    expect(known.phase('closed').how).toBe('recovered');
  });

  it('is looked for no more at its source once something else was heard of it', () => {
    const walked = rechecked(resolved(escalated()), { ...WELL, firing: true });
    const timer = walked.effects.at(-1);
    const serves = timer?.kind === 'timer' ? timer.serves : '';
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other')] }, 1000);
    walked.feed({ type: 'timer', name: 'recheck', serves }, 30_000);
    expect(walked.refusals.at(-1)).toBe('the incident is investigating by now');
  });

  it('is not seen by the health check of a service whose look cannot be read, where no source can tell either', () => {
    const probe = [{ probe: 'healthy' }] as const;
    const view = { ...WELL, look: 'unknown' } as const;
    expect(rechecked(resolved(escalated()), { ...view, firing: null }, probe).phase('closed').how).toBe(
      'resolved',
    );
    expect(rechecked(resolved(escalated()), view, probe).phase('closed').how).toBe('recovered');
    const odd = { ...WELL, look: 'other', firing: null } as const;
    expect(rechecked(resolved(escalated()), odd, probe).phase('closed').how).toBe('resolved');
  });

  it('is no more than that at once where Medic has nothing to look with', () => {
    const walked = resolved(opened('Small', { settings: settings({ services: {} }) }));
    expect(walked.phase('closed')).toMatchObject({ how: 'resolved' });
    expect(plainly(walked.phase('closed').reason)).toContain('nobody has confirmed that it is healthy');
    expect(walked.effects.some(({ kind }) => kind === 'recheck')).toBe(false);
  });

  it('counts a host that is short of something because of somebody else neither for nor against it', () => {
    expect(rechecked(resolved(opened('Small')), { ...WELL, look: 'other' }).phase('closed').how).toBe(
      'resolved',
    );
  });

  it('means nothing any more where an alert fires again before it was looked at', () => {
    const walked = resolved(escalated());
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other')] }, 1000);
    expect(rechecked(walked).refusals.at(-1)).toBe('an alert fires again');
  });

  it('ends nothing under a plan that a person has asked for in the meantime', () => {
    const walked = resolved(escalated());
    walked.feed({ type: 'heal-requested', subject: shop, by: bob, playbook: 'ease', parameters: {} });
    const { phase } = walked.incident;
    expect(rechecked(walked).refusals.at(-1)).toBe('a plan is at work by now');
    expect(walked.incident.phase).toEqual(phase);
  });
});

describe('the end of every alert while a plan waits', () => {
  const waiting = () => {
    const walked = diagnosed('Middling');
    walked.feed(prepared(walked));
    return resolved(walked);
  };

  it('withdraws the plan only where the look is good as well', () => {
    const walked = watch(waiting(), 10_000, WELL);
    lookAfter(walked, 4000, WELL);
    expect(walked.phase('closed')).toMatchObject({
      how: 'recovered',
      reason: saying('web-1 was looked at: well'),
    });
  });

  it('puts it before people where the look still shows the fault, or shows nothing', () => {
    for (const look of ['fault', 'unknown'] as const) {
      const walked = watch(waiting(), 70_000, { ...WELL, look });
      expect(walked.phase('waiting').for).toBe('approval');
    }
  });

  it('counts by the sender’s word beside a good look, where no source can tell, and never without one', () => {
    const told = waiting();
    watch(told, 10_000, { ...WELL, firing: null });
    lookAfter(told, 4000, { ...WELL, firing: null });
    expect(told.phase('closed').how).toBe('recovered');
    const blind = watch(waiting(), 70_000, { ...UNSEEN, firing: null });
    expect(blind.phase('waiting').for).toBe('approval');
  });
});

describe('a fix', () => {
  const proven = (result: Parameters<typeof ended>[1]) => {
    const walked = lookAfter(ended('Small', result), 1, WELL);
    return lookAfter(walked, 4000, WELL).phase('closed');
  };

  it.each([
    ['failed', { kind: 'failed', reason: 'no space left', exitCode: 2 }, 'it failed: no space left'],
    ['timed out', { kind: 'timed-out', reason: 'over 10 s' }, 'it did not finish'],
    ['was broken off', { kind: 'interrupted', reason: 'its worker died' }, 'it did not finish'],
    ['changed nothing', { kind: 'succeeded', summary: 'done', changed: 0 }, 'it ran and changed nothing'],
  ] as const)('that %s is never what healed', (_, result, words) => {
    const { how, reason } = proven(result);
    expect(how).toBe('recovered');
    expect(plainly(reason)).toContain(words);
    expect(plainly(reason)).toContain('the service is healthy anyway');
  });

  it('that changed something, or of which nobody counts what it changed, is what healed', () => {
    expect(proven({ kind: 'succeeded', summary: 'done' }).how).toBe('healed');
    expect(proven({ kind: 'succeeded', summary: 'done', changed: 2 }).how).toBe('healed');
  });

  it('is not proven by the sender’s word that its alert has resolved where the look is not good', () => {
    const walked = resolved(ended('Small'));
    watch(walked, 70_000, { ...WELL, look: 'unknown', firing: null });
    expect(walked.incident.outcome?.kind).toBe('unproven');
  });

  it('is not proven by the sender’s word where its source only gave no answer, however good the look', () => {
    const walked = resolved(ended('Small'));
    watch(walked, 70_000, { ...WELL, firing: null, unanswered: true });
    expect(walked.incident.outcome?.kind).toBe('unproven');
    expect(watch(resolved(ended('Small')), 70_000, { ...WELL, firing: null }).phase('closed').how).toBe(
      'healed',
    );
  });

  it('is not proven by the end of an alert that rests on samples of before the fix, which may be repeated for minutes', () => {
    const old = (walked: ReturnType<typeof ended>) => ({ ...WELL, measuredAt: walked.now - 1 });
    const stale = ended('Small');
    watch(stale, 70_000, old(stale));
    expect(stale.incident.outcome?.kind).toBe('unproven');
    const fresh = ended('Small');
    watch(fresh, 70_000, { ...WELL, measuredAt: fresh.now + 1 });
    expect(fresh.phase('closed').how).toBe('healed');
    const called = ended('Small');
    const view = old(called);
    watch(called, 70_000, view);
    expect(rechecked(resolved(called), view).phase('closed').how).toBe('resolved');
  });

  it('is not undone because an alert fires whose rule still reads what was before the fix', () => {
    const lingering = { ...WELL, firing: true, looksBack: 300_000 };
    const walked = watch(ended('Small'), 250_000, lingering);
    expect(walked.phase('verifying').goodSince).toBeNull();
    expect(watch(walked, 60_000, WELL).phase('closed').how).toBe('healed');
    const forgotten = watch(ended('Small'), 330_000, { ...WELL, firing: true, looksBack: 3_600_000 });
    expect(forgotten.incident.outcome?.kind).toBe('unproven');
    expect(forgotten.incident.attempts).toHaveLength(1);
  });

  it('is undone where the alert fires when its rule reads nothing from before the fix any more, and sooner where the look says so', () => {
    const lingering = { ...WELL, firing: true, looksBack: 300_000 };
    expect(watch(ended('Small'), 330_000, lingering).phase('rolling-back').because.kind).toBe('refuted');
    const ill = watch(ended('Small'), 61_000, { ...lingering, look: 'fault' });
    expect(ill.phase('rolling-back').because.kind).toBe('refuted');
  });

  it('that runs is not ended by the end of its alerts', () => {
    expect(resolved(executing('Small')).phase('executing').stop).toBeNull();
  });

  it('does not begin where its alerts have resolved before its claim: it is looked at first', () => {
    const walked = resolved(starting('Small'));
    walked.feed({ type: 'claimed', plan: walked.phase('starting').decided.plan.id });
    expect(walked.phase('verifying').after.kind).toBe('resolved');
    expect(walked.effects.some(({ kind }) => kind === 'execute')).toBe(false);
    expect(reproved(walked).readings).toHaveLength(2);
  });
});
