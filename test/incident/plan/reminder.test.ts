import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/incident/model/effect.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { alice, settings } from '../../kit/incident/fixtures.ts';
import { diagnosed, shown, type Walk } from '../../kit/incident/walk.ts';

type Timer = Extract<Effect, { readonly kind: 'timer' }>;

/** A high plan whose card stands in Slack. */
function asking(policy: object = {}, circumstances: object = {}): Walk {
  const walked = diagnosed('Grave', { settings: settings({ policy }), ...circumstances });
  const plan = walked.phase('preparing').decided.plan.id;
  walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
  return walked.feed(shown(walked.incident));
}

function timers(walked: Walk, name: Timer['name']): readonly Timer[] {
  return walked.effects.filter((effect): effect is Timer => effect.kind === 'timer' && effect.name === name);
}

/** Lets the newest timer of a name ring when it is due. */
function ring(walked: Walk, name: Timer['name']): Walk {
  const timer = timers(walked, name).at(-1);
  if (timer === undefined) throw new Error(`no timer ${name} was set`);
  return walked.feed({ type: 'timer', name, serves: timer.serves }, timer.at - walked.now);
}

describe('the reminder of an approval', () => {
  it('comes at the part of its time that policy says, and says how many are missing', () => {
    const walked = asking({ approvals: 2, approval_expires: '30m', approval_reminder: 0.8 });
    const { deadline } = walked.phase('waiting');
    walked.feed({ type: 'acted', action: 'approve', plan: null, by: alice, reason: null });
    const from = walked.now;
    ring(walked, 'reminder');
    expect(walked.now - from).toBe(24 * 60_000);
    const { decided } = walked.phase('waiting');
    expect(walked.told.at(-1)).toEqual({ kind: 'reminded', plan: decided.plan.id, deadline, missing: 1 });
    expect(walked.phase('waiting').deadline).toBe(deadline);
  });

  it('is followed by a call for a person when nobody decides', () => {
    const walked = ring(ring(asking(), 'reminder'), 'approval');
    expect(plainly(walked.phase('escalated').reason)).toBe('nobody approved Run undo in time');
  });

  it('comes anew when people get their time back, and the old one no longer counts', () => {
    const walked = asking();
    const [first] = timers(walked, 'reminder');
    const { deadline } = walked.phase('waiting');
    // Nobody could be reached until shortly before the end.
    const gap = { reachableSince: (deadline ?? 0) - 1000 };
    walked.feed({ type: 'timer', name: 'approval', serves: first?.serves ?? '' }, 1_800_000, gap);
    const later = walked.phase('waiting').deadline ?? 0;
    expect(later).toBeGreaterThan(deadline ?? 0);
    walked.feed({ type: 'timer', name: 'reminder', serves: first?.serves ?? '' });
    expect(walked.refusals.at(-1)).toBe('the deadline it served has moved');
    ring(walked, 'reminder');
    expect(walked.told.at(-1)).toMatchObject({ kind: 'reminded', deadline: later });
  });

  it('comes for nothing that is decided, and not after the end of its time', () => {
    const walked = asking();
    const [timer] = timers(walked, 'reminder');
    const late = { type: 'timer', name: 'reminder', serves: timer?.serves ?? '' } as const;
    walked.feed(late, 1_900_000);
    expect(walked.refusals.at(-1)).toBe('nobody is to be reminded any more');
    walked.feed({ type: 'acted', action: 'approve', plan: null, by: alice, reason: null }).feed(late);
    expect(walked.refusals.at(-1)).toBe('the incident is reproving by now');
  });

  it('is not set for a window, which needs nobody', () => {
    const walked = diagnosed('Middling');
    const plan = walked.phase('preparing').decided.plan.id;
    walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '', changes: 0 } });
    walked.feed(shown(walked.incident));
    expect([timers(walked, 'window').length, timers(walked, 'reminder').length]).toEqual([1, 0]);
  });
});
