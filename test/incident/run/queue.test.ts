import { describe, expect, it } from 'vitest';
import type { Blocker } from '../../../src/incident/model/blocker.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { bob, dave } from '../../kit/incident/fixtures.ts';
import { ILL, lookAfter, reproved, starting, type Walk, WELL } from '../../kit/incident/walk.ts';

const HOUR = 3_600_000;
const busy = (now: number): Blocker => ({ kind: 'busy', running: 2, ahead: 0, retryAt: now + 5000 });

/** A low-tier plan whose claim was refused for want of a slot. */
function inTurn(): { readonly walked: Walk; readonly plan: string } {
  const walked = starting('Small');
  const { plan } = walked.phase('starting').decided;
  walked.feed({ type: 'claim-refused', plan: plan.id, obstacle: busy(walked.now) });
  return { walked, plan: plan.id };
}

/** The way is clear, and all is read afresh: it is still ill, or it is well by now. */
function wayClear({ walked, plan }: ReturnType<typeof inTurn>, healthy: boolean): void {
  walked.feed({ type: 'looked', plan, obstacle: null });
  walked.feed(reproved(walked, healthy ? WELL : ILL));
}

describe('a plan that waits for its turn', () => {
  it('looks whether the way is clear before anything is read afresh for it', () => {
    const { walked, plan } = inTurn();
    const { deadline } = walked.phase('waiting');
    walked.feed({ type: 'timer', name: 'turn', serves: `${plan}@${deadline}` }, 5000);
    expect(walked.effects.at(-1)).toEqual({ kind: 'look', plan });
    walked.feed({ type: 'looked', plan, obstacle: busy(walked.now) });
    expect(walked.phase('waiting').for).toBe('turn');
    expect(walked.effects.filter(({ kind }) => kind === 'reprove')).toHaveLength(1);
  });

  it('is called as soon as something is released', () => {
    const { walked, plan } = inTurn();
    walked.feed({ type: 'your-turn' }, 100);
    expect(walked.effects.at(-1)).toEqual({ kind: 'look', plan });
  });

  it('tells the same obstacle once, and asks less and less often', () => {
    const { walked, plan } = inTurn();
    const gaps: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      walked.feed({ type: 'looked', plan, obstacle: busy(walked.now) });
      const gap = (walked.phase('waiting').deadline ?? 0) - walked.now;
      gaps.push(gap);
      walked.now += gap;
    }
    expect(walked.told.filter(({ kind }) => kind === 'in-turn')).toHaveLength(1);
    expect(gaps[0]).toBe(5000);
    expect(gaps.at(-1)).toBe(30_000);
  });

  it('starts when the way is clear and it is still needed', () => {
    const waiting = inTurn();
    wayClear(waiting, false);
    expect(waiting.walked.phase('starting').decided.plan.id).toBe(waiting.plan);
  });

  it('is withdrawn when what it waited for has healed its service too', () => {
    const waiting = inTurn();
    const { walked } = waiting;
    wayClear(waiting, true);
    expect(walked.phase('verifying').after.kind).toBe('looks-healthy');
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 4000, WELL);
    expect(walked.phase('closed').how).toBe('recovered');
    expect(walked.effects.filter(({ kind }) => kind === 'execute')).toEqual([]);
  });

  it('goes on when that was not so after all', () => {
    const waiting = inTurn();
    const { walked } = waiting;
    wayClear(waiting, true);
    lookAfter(walked, 1, ILL);
    expect(walked.phase('waiting')).toMatchObject({
      for: 'turn',
      decided: { consent: { kind: 'not-needed' } },
    });
  });

  it('is put before a person when its turn does not come within an hour', () => {
    const { walked, plan } = inTurn();
    walked.feed({ type: 'looked', plan, obstacle: busy(walked.now + HOUR) }, HOUR);
    expect(plainly(walked.phase('escalated').reason)).toMatch(
      /has waited 60 minutes for its turn: 2 fixes are running/,
    );
  });

  it('waits as long as a person has paused Medic', () => {
    const { walked, plan } = inTurn();
    walked.feed(
      { type: 'looked', plan, obstacle: { kind: 'paused', by: bob.id, retryAt: walked.now } },
      9 * HOUR,
    );
    expect(plainly(walked.phase('waiting').turn?.obstacle ?? '')).toContain('has paused Medic');
  });

  it('is given to a person at once where fixes of its target do not help or do not last', () => {
    const { walked, plan } = inTurn();
    const obstacle = { kind: 'tripped', target: 'production/shop', retryAt: walked.now } as const;
    walked.feed({ type: 'looked', plan, obstacle });
    expect(plainly(walked.phase('escalated').reason)).toContain('/heal reset shop');
  });

  it('is read afresh where the memory of Medic was restarted in between', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claim-refused', plan, obstacle: { kind: 'new-memory', retryAt: walked.now } });
    expect(walked.phase('reproving').decided.consent).toEqual({ kind: 'not-needed' });
    expect(walked.told.filter(({ kind }) => kind === 'in-turn')).toEqual([]);
  });

  it('may be started by an operator who judges otherwise about which of two ills is the cause', () => {
    const walked = starting('Small');
    const { plan } = walked.phase('starting').decided;
    const first = {
      subject: 'production/service/database',
      holder: 'inc-other',
      retryAt: walked.now,
    } as const;
    walked.feed({ type: 'claim-refused', plan: plan.id, obstacle: { kind: 'upstream', ...first } });
    const press = { type: 'acted', action: 'run-now', plan: plan.id, reason: null } as const;
    walked.feed({ ...press, by: dave });
    expect(walked.phase('waiting').for).toBe('turn');
    walked.feed({ ...press, by: bob });
    expect(walked.phase('reproving').decided.consent).toMatchObject({ kind: 'hurried', by: bob.id });
  });

  it('cannot be hurried past a fact, such as a fix that runs', () => {
    const { walked, plan } = inTurn();
    walked.feed({ type: 'acted', action: 'run-now', plan, by: bob, reason: null });
    expect(walked.refusals.at(-1)).toMatch(/it is next: 2 fixes are running/);
  });
});
