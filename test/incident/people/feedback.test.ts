import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/approval/person.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import { alert, alice, bob, dave, shop, telling } from '../../kit/incident/fixtures.ts';
import {
  diagnosed,
  executing,
  opened,
  prepared,
  rechecked,
  reproved,
  resolved,
  shown,
  starting,
  type Walk,
} from '../../kit/incident/walk.ts';

const says = (verdict: 'right' | 'wrong', by: Person = dave, really: string | null = null) =>
  ({
    type: 'diagnosis-judged',
    by,
    verdict,
    really,
  }) as const satisfies IncidentEvent;
const act = (action: 'hold' | 'resume', by: Person = bob): IncidentEvent => ({
  type: 'acted',
  action,
  plan: null,
  by,
  reason: null,
});

/** A medium plan of Medic's on its way: rehearsed, in its window, or about to start. */
function preparing(): Walk {
  return diagnosed('Middling');
}
function inWindow(walked = preparing()): Walk {
  const plan = walked.phase('preparing').decided.plan.id;
  walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
  return walked.feed(shown(walked.incident));
}

describe('what people make of a diagnosis', () => {
  it('is kept with the cause and playbook it was about, for anyone, and the newest word of each counts', () => {
    const walked = diagnosed('Small');
    walked
      .feed(says('wrong', dave, 'a full disk'))
      .feed(says('right', alice), 5)
      .feed(says('right', dave), 5);
    const about = { cause: 'cause of Small', playbook: 'ease' };
    expect(walked.incident.judgements).toEqual([
      { by: alice.id, at: walked.now - 5, verdict: 'right', really: null, ...about },
      { by: dave.id, at: walked.now, verdict: 'right', really: null, ...about },
    ]);
    expect(walked.told.filter(({ kind }) => kind === 'judged')).toHaveLength(3);
  });

  it('is about the diagnosis they had before them: one that a newer took the place of is judged no more', () => {
    const walked = diagnosed('Small');
    walked.feed({ type: 'acted', action: 'cancel', plan: null, by: bob, reason: null });
    walked.feed({ type: 'diagnosis-requested', subject: shop, by: bob, text: 'look again' });
    const { round } = walked.incident;
    walked.feed({ type: 'evidence-collected', round, evidence: telling('Small', walked.now) });
    walked.feed({ ...says('wrong'), round: round - 1 });
    expect(walked.refusals.at(-1)).toContain('out of date');
    expect(walked.phase('reproving').decided.plan.id).toMatch(/-p2$/);
    expect(walked.incident.judgements).toEqual([]);
    expect(walked.feed({ ...says('wrong'), round }).incident.judgements).toHaveLength(1);
  });

  it('is not told again when somebody says the same again', () => {
    const walked = diagnosed('Small').feed(says('wrong')).feed(says('wrong'));
    expect(walked.refusals.at(-1)).toBe('you have said so already');
  });

  it('is heard after the end as well', () => {
    const walked = diagnosed('Grave');
    walked.feed({ type: 'acted', action: 'cancel', plan: null, by: dave, reason: null });
    rechecked(resolved(walked)).phase('closed');
    expect(walked.feed(says('wrong', bob, 'the network')).incident.judgements).toMatchObject([
      { by: bob.id, really: 'the network' },
    ]);
  });

  it('needs a diagnosis, and one that names no cause may be judged too', () => {
    const walked = opened('Grave').feed(says('right'));
    expect(walked.refusals.at(-1)).toContain('no diagnosis');
    const unsure = diagnosed('Grave', { model: true });
    expect(unsure.incident.diagnosis).not.toBeNull();
    const dull = opened('Grave', { model: true });
    dull.feed({ type: 'evidence-collected', round: 1, evidence: telling('Grave').slice(0, 1) });
    const proposal = { summary: 's', hypotheses: [], prevention: null, lead: 'the queue' };
    dull.feed({
      type: 'model-answered',
      round: 1,
      evidence: [],
      answer: { kind: 'proposal', proposal, model: 'm', promptHash: 'p', tokens: { in: 1, out: 1 } },
    });
    expect(dull.feed(says('wrong', dave, 'the queue')).incident.judgements).toMatchObject([
      { cause: null, playbook: null, really: 'the queue' },
    ]);
  });

  it('is kept of twenty people at most, the latest', () => {
    const walked = diagnosed('Small');
    for (let index = 0; index < 25; index += 1)
      walked.feed(says('right', { id: `U${index}`, name: '', groups: [] }));
    expect(walked.incident.judgements.map(({ by }) => by)).toEqual(
      Array.from({ length: 20 }, (_, at) => `U${at + 5}`),
    );
  });
});

describe('a diagnosis that somebody calls wrong', () => {
  it('holds the plan that would go on by itself, with the reason, and an operator may let it go on', () => {
    const walked = inWindow();
    const { plan, deadline } = {
      plan: walked.phase('waiting').decided.plan.id,
      deadline: walked.phase('waiting').deadline,
    };
    walked.feed(says('wrong', dave, 'a full disk'));
    const held = { by: dave.id, reason: 'the diagnosis is wrong: a full disk' };
    expect(walked.phase('waiting')).toMatchObject({ deadline: null, held });
    expect(walked.told.at(-1)).toEqual({ kind: 'held', plan, ...held });
    walked.feed({ type: 'timer', name: 'window', serves: `${plan}@${deadline}` }, 400_000);
    expect(walked.phase('waiting').held).toEqual(held);
    walked.feed(act('resume'));
    expect(walked.phase('waiting')).toMatchObject({ held: null, deadline: walked.now + 300_000 });
  });

  it('holds a plan while it is rehearsed, and it waits held once its dry run is in', () => {
    const walked = inWindow(preparing().feed(says('wrong')));
    expect(walked.phase('waiting')).toMatchObject({
      deadline: null,
      held: { by: dave.id, reason: 'the diagnosis is wrong' },
    });
  });

  it('holds a plan that was about to start', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed(says('wrong')).feed({ type: 'claimed', plan });
    expect(walked.phase('waiting')).toMatchObject({ for: 'turn', held: { by: dave.id } });
    walked.feed({ type: 'looked', plan, obstacle: null }, 4_000_000).feed(act('resume'));
    walked.feed({ type: 'looked', plan, obstacle: null }, 5_000);
    walked.feed(reproved(walked));
    expect(walked.feed({ type: 'claimed', plan }).phase('executing').decided.plan.id).toBe(plan);
  });

  it('leaves alone what waits for approval, what runs, and what a person asked for', () => {
    const asking = diagnosed('Grave');
    const plan = asking.phase('preparing').decided.plan.id;
    asking.feed({ type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '', changes: 0 } });
    asking.feed(shown(asking.incident)).feed(says('wrong'));
    expect(asking.phase('waiting')).toMatchObject({ for: 'approval', held: null });
    expect(asking.phase('waiting').deadline).not.toBeNull();

    const running = executing('Small').feed(says('wrong'));
    expect(running.phase('executing').stop).toBeNull();

    const wanted = inWindow().feed({
      type: 'replan-requested',
      plan: null,
      by: bob,
      playbook: 'mend',
      parameters: {},
      round: 1,
      evidence: [],
    });
    expect(wanted.refusals).not.toEqual([]);
    const present = wanted.phase('waiting').decided.plan.id;
    wanted.feed({
      type: 'replan-requested',
      plan: present,
      by: bob,
      playbook: 'soothe',
      parameters: {},
      round: 1,
      evidence: [],
    });
    wanted.feed(says('wrong'));
    wanted.feed(prepared(wanted)).feed(says('wrong', alice));
    expect(wanted.phase('reproving').decided.plan.requestedBy).toEqual({ kind: 'person', user: bob.id });
  });

  it('and right after all changes nothing else', () => {
    const walked = inWindow().feed(says('wrong'));
    const before = walked.incident.phase;
    expect(walked.feed(says('right')).incident.phase).toEqual(before);
  });
});

describe('a plan that somebody holds', () => {
  it('may be held while it is rehearsed, by anyone and without a reason, and let go before its dry run is in', () => {
    const walked = preparing().feed(act('hold', dave));
    expect(walked.told.at(-1)).toMatchObject({ kind: 'held', by: dave.id, reason: null });
    walked.feed(act('hold', dave));
    expect(walked.refusals.at(-1)).toBe('you hold it already');
    walked.feed(act('resume', dave));
    expect(walked.refusals.at(-1)).toContain('operator role');
    expect(inWindow(walked.feed(act('resume'))).phase('waiting')).toMatchObject({
      held: null,
      deadline: walked.now + 300_000,
    });
  });

  it('needs no hold while it waits for approval anyway', () => {
    const walked = diagnosed('Grave').feed(act('hold'));
    expect(walked.refusals.at(-1)).toBe('it waits for a person anyway');
    walked.feed(act('resume'));
    expect(walked.refusals.at(-1)).toBe('nobody holds it');
  });

  it('stays held while its alerts have resolved and fire again', () => {
    const walked = resolved(inWindow());
    expect(walked.phase('verifying').after.kind).toBe('resolved');
    walked.feed(act('hold', dave));
    const again = alert('Middling', { startsAt: walked.now + 20_000 });
    walked.feed({ type: 'alerts', subject: shop, alerts: [again] }, 20_000).feed(shown(walked.incident));
    expect(walked.phase('waiting')).toMatchObject({ held: { by: dave.id }, deadline: null });
  });
});
