import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/approval/person.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import { atWhoseWish, whenItRuns } from '../../../src/incident/plan/forecast.ts';
import { person, say } from '../../../src/lib/text/text.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import {
  alice,
  bob,
  carol,
  dave,
  evidenceItem,
  given,
  settings,
  telling,
} from '../../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  executing,
  lookAfter,
  opened,
  prepared,
  resolved,
  shown,
  starting,
  type Walk,
  WELL,
} from '../../kit/incident/walk.ts';
import { saying } from '../../kit/saying.ts';

const FACTS = evidenceItem({
  id: 'E10',
  kind: 'change',
  data: { type: 'facts', facts: { previous_version: 'v1' } },
});

type Wish = {
  readonly by?: Person;
  readonly playbook?: string;
  readonly parameters?: Record<string, string>;
};

/** A person with the present plan before them wants another one. */
function wanting(
  walked: Walk,
  { by = bob, playbook = 'tune', parameters = { pace: 'slow' } }: Wish = {},
): IncidentEvent {
  const plan = currentPlan(walked.incident)?.plan.id ?? null;
  const { round } = walked.incident;
  return {
    type: 'replan-requested',
    plan,
    by,
    playbook,
    parameters,
    round,
    evidence: [...telling('Grave'), FACTS],
  };
}

function dryRun(walked: Walk): Walk {
  walked.feed(prepared(walked));
  return walked.feed(shown(walked.incident));
}

/** A high plan of Medic's that waits for approval. */
const asking = (circumstances = {}) => dryRun(diagnosed('Grave', circumstances));
/** Bob's own plan, with choices, in its window. */
const chosen = () => {
  const walked = asking();
  return dryRun(walked.feed(wanting(walked)));
};

describe('another plan in place of the one that stands there', () => {
  it('is the person’s own, with a verdict and a window of its own, and the old one is told to be gone', () => {
    const walked = asking();
    const old = walked.phase('waiting').decided.plan.id;
    walked.feed(wanting(walked));
    walked.feed(prepared(walked));
    const { decided, deadline, for: what } = walked.phase('waiting');
    expect(decided.plan).toMatchObject({ playbook: 'tune', requestedBy: { kind: 'person', user: bob.id } });
    expect(decided.verdict).toMatchObject({ kind: 'wait', planDigest: decided.plan.digest });
    expect([what, deadline, decided.receipts]).toEqual(['window', null, []]);
    const kinds = walked.told.slice(-2).map(({ kind }) => kind);
    expect(kinds).toEqual(['replaced', 'planned']);
    expect(walked.told.at(-2)).toMatchObject({ plan: old, by: bob.id, playbook: 'tune' });
    expect(decided.plan.id).not.toBe(old);
  });

  it('has a dry run and approvals of its own, and those of the old one count for nothing', () => {
    const walked = asking({ settings: settings({ policy: { approvals: 2 } }) });
    walked.feed({ type: 'acted', action: 'approve', plan: null, by: alice, reason: null });
    expect(walked.phase('waiting').decided.receipts).toHaveLength(1);
    walked.feed(wanting(walked, { playbook: 'mend', parameters: {} }));
    expect(walked.phase('preparing').decided).toMatchObject({ receipts: [], diff: null });
    expect(walked.effects.at(-1)).toMatchObject({
      kind: 'dry-run',
      plan: walked.phase('preparing').decided.plan.id,
    });
  });

  it('is never approved by the person who asked for it', () => {
    const walked = asking();
    walked.feed(wanting(walked, { by: alice }));
    walked.feed(wanting(walked, { by: alice, playbook: 'undo', parameters: {} }));
    dryRun(walked);
    const approve = (by: Person) =>
      walked.feed({ type: 'acted', action: 'approve', plan: null, by, reason: null });
    approve(alice);
    expect(walked.refusals.at(-1)).toContain('someone else has to approve it');
    expect(
      approve(carol)
        .phase('reproving')
        .decided.receipts.map(({ user }) => user),
    ).toEqual([carol.id]);
  });

  it('keeps the origin of every value that stays, and names who gave the others', () => {
    const walked = chosen();
    expect(walked.phase('waiting').decided.plan.parameters).toMatchObject({
      release: { value: 'v1', origin: 'E10, previous_version' },
      percent: { value: '10', origin: 'the range 1 to 50' },
    });
    const parameters = { release: 'v1', pace: 'fast', percent: '20', service: 'shop' };
    const later = { ...wanting(walked, { parameters, by: carol }), evidence: [] } as IncidentEvent;
    expect(walked.feed(later).phase('preparing').decided.plan.parameters).toEqual({
      service: { value: 'shop', origin: 'service registry, name' },
      release: { value: 'v1', origin: 'E10, previous_version' },
      pace: { value: 'fast', origin: 'the values its manifest allows' },
      percent: { value: '20', origin: 'the range 1 to 50' },
    });
    walked.feed(wanting(walked, { parameters: { ...parameters, release: 'v7' } }));
    expect(walked.phase('preparing').decided.plan.parameters.release).toEqual({
      value: 'v7',
      origin: say`given by ${person(bob.id)}`,
    });
  });

  it('takes no fact from the evidence of another round', () => {
    const walked = asking();
    walked.feed({ ...wanting(walked), round: 7 } as IncidentEvent);
    expect(walked.refusals.at(-1)).toContain('for “release”, nothing is found in the evidence');
  });

  it('with values that may not be is refused by parameter, and the old plan stays as it is', () => {
    const walked = asking();
    const before = walked.incident;
    walked.feed(wanting(walked, { parameters: { pace: 'reckless', percent: '51' } }));
    expect(walked.refusals.at(-1)).toBe(
      'for “pace”, “reckless” is not known: it can be slow or fast; for “percent”, “51” cannot be used: give a number from 1 to 50',
    );
    expect(walked.incident).toBe(before);
    walked.feed(wanting(walked, { playbook: 'none' }));
    expect(walked.refusals.at(-1)).toContain('no playbook "none"');
    walked.feed(wanting(walked, { parameters: { service: 'bank', pace: 'slow' } }));
    expect(walked.refusals.at(-1)).toBe('for “service”, “bank” is not known: only shop is');
  });

  it('takes an operator, who had the present plan before them, and who changes something', () => {
    const walked = asking();
    walked.feed(wanting(walked, { by: dave }));
    expect(walked.refusals.at(-1)).toContain('operator role');
    const stale = wanting(walked);
    walked.feed(stale).feed(stale);
    expect(walked.refusals.at(-1)).toContain('no longer the current one');
    walked.feed({ ...stale, plan: null } as IncidentEvent);
    expect(walked.refusals.at(-1)).toContain('no longer the current one');
    walked.feed(wanting(walked));
    expect(walked.refusals.at(-1)).toContain('nothing would change');
  });

  it('finds every effect of the old one stale', () => {
    const walked = asking();
    const { decided, deadline } = walked.phase('waiting');
    const plan = decided.plan.id;
    walked.feed(wanting(walked));
    const before = walked.incident;
    const { playbookHash } = decided.plan;
    const late: IncidentEvent[] = [
      { type: 'timer', name: 'approval', serves: `${plan}@${deadline}` },
      { type: 'timer', name: 'reminder', serves: `${plan}@${deadline}` },
      { type: 'acted', action: 'approve', plan, by: alice, reason: null },
      { type: 'dry-run-ended', plan, result: { kind: 'diff', diff: '', changes: 0 } },
      { type: 'plan-shown', plan, diff: decided.diff?.hash ?? null },
      { type: 'reproved', plan, readings: [], diff: null, recovery: null, playbookHash },
      { type: 'looked', plan, obstacle: null },
      { type: 'claimed', plan },
      { type: 'claim-refused', plan, obstacle: { kind: 'busy', running: 1, ahead: 0, retryAt: 0 } },
      { type: 'sampled', plan, readings: [] },
    ];
    for (const event of late) walked.feed(event, 2_000_000);
    expect(walked.refusals).toHaveLength(late.length);
    expect(walked.incident).toBe(before);
  });
});

describe('another plan', () => {
  it('may be put in place of one that is about to start, which then does not', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed(wanting(walked)).feed({ type: 'claimed', plan });
    expect(walked.phase('preparing').decided.plan.playbook).toBe('tune');
    expect(walked.effects.some(({ kind }) => kind === 'execute')).toBe(false);
  });

  it('may not be put in place of one that runs, or of one that has run', () => {
    const running = executing('Small');
    running.feed(wanting(running));
    expect(running.refusals.at(-1)).toContain('running already');
    const over = ended('Small');
    over.feed(wanting(over));
    expect(over.refusals.at(-1)).toBe('it has run already');
  });

  it('needs a plan to take the place of, or an incident at rest', () => {
    const walked = opened('Grave');
    walked.feed(wanting(walked));
    expect(walked.refusals.at(-1)).toContain('still being looked into');
    walked.feed({ type: 'evidence-collected', round: 1, evidence: telling('Grave').slice(0, 1) });
    expect(walked.phase('escalated').decided).toBeNull();
    walked.feed(wanting(walked));
    expect(walked.phase('preparing').decided.plan.playbook).toBe('tune');
    expect(walked.told.some(({ kind }) => kind === 'replaced')).toBe(false);
  });

  it('may be the cancelled one once more, whose end is not told again', () => {
    const walked = asking();
    walked.feed({ type: 'acted', action: 'cancel', plan: null, by: dave, reason: null });
    expect(walked.phase('cancelled').reason).toBeNull();
    walked.feed(wanting(walked, { playbook: 'undo', parameters: {} }));
    expect(walked.phase('preparing').decided.plan.requestedBy).toEqual({ kind: 'person', user: bob.id });
    expect(walked.told.some(({ kind }) => kind === 'replaced')).toBe(false);
  });

  it('is only observed where Medic only observes', () => {
    const observing = settings({ policy: { mode: 'observe' } });
    const walked = diagnosed('Grave', { settings: observing });
    walked.feed(wanting(walked));
    expect(walked.phase('observed').decided.plan.playbook).toBe('tune');
  });

  it('is made for nothing in a storm, which is about many things', () => {
    const storm = { kind: 'storm', name: 'alert storm', environment: 'production' } as const;
    const walked = opened('Grave', {}, storm);
    walked.feed(wanting(walked));
    expect(walked.refusals.at(-1)).toContain('about many things at once');
  });

  it('that rests on a person’s word is not held because a second opinion contradicts the first one', () => {
    const walked = diagnosed('Middling', { model: true });
    walked.feed(wanting(walked)).feed(secondOpinion(walked));
    walked.feed(prepared(walked));
    expect(walked.told.find(({ kind }) => kind === 'second-opinion')).toMatchObject({
      verdict: 'contradicts',
    });
    expect(walked.phase('waiting')).toMatchObject({ for: 'window', decided: { verdict: { kind: 'wait' } } });
  });

  it('while its alerts have resolved is watched before it is put before people', () => {
    const walked = resolved(asking());
    walked.feed(wanting(walked));
    walked.feed(prepared(walked));
    expect(walked.phase('verifying').decided.plan.playbook).toBe('tune');
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 3000, WELL);
    expect(walked.phase('closed').how).toBe('recovered');
  });

  it('of the playbook that a second opinion contradicts still needs approval, and another one does not', () => {
    const contradicted = () => {
      const walked = diagnosed('Middling', { model: true });
      dryRun(walked);
      return walked.feed(secondOpinion(walked));
    };
    const again = contradicted();
    expect(again.phase('waiting').for).toBe('approval');
    // The same values under another policy: something has changed, and the doubt has not.
    again.feed(wanting(again, { playbook: 'mend', parameters: {} }), 0, { policyDigest: 'policy-2' });
    expect(again.phase('preparing').decided.verdict).toMatchObject({
      kind: 'ask',
      reasons: expect.arrayContaining([saying('the model would run undo instead')]),
    });
    const other = contradicted();
    other.feed(wanting(other, { playbook: 'tune' }));
    other.feed(prepared(other));
    expect(other.phase('waiting').for).toBe('window');
  });
});

describe('a plan that somebody holds', () => {
  it('waits for people once a second opinion contradicts it, and those who are asked hear of both', () => {
    const walked = dryRun(diagnosed('Middling', { model: true }));
    walked.feed({ type: 'acted', action: 'hold', plan: null, by: dave, reason: null });
    walked.feed(secondOpinion(walked));
    const { decided, for: what } = walked.phase('waiting');
    const doubt = plainly(decided.verdict.doubt ?? '');
    expect([what, doubt]).toEqual(['approval', expect.stringContaining('the model would run undo instead')]);
    expect(doubt).toContain('UDAVE held it back');
  });
});

describe('another plan in place of one that somebody holds', () => {
  /** A medium plan of Medic's that Dave holds, who may not even operate. */
  const heldByDave = (circumstances = {}) =>
    dryRun(diagnosed('Middling', circumstances)).feed({
      type: 'acted',
      action: 'hold',
      plan: null,
      by: dave,
      reason: 'I am on that host',
    });

  it.each([
    ['ease', {}],
    ['tune', { pace: 'slow' }],
  ] as const)(
    'is held by the same person, who is told, and goes on with somebody’s word: %s',
    (playbook, parameters) => {
      const walked = heldByDave();
      walked.feed(wanting(walked, { playbook, parameters }));
      const { plan } = currentPlan(walked.incident) ?? expect.fail();
      const told = { plan: plan.id, holder: dave.id, by: bob.id, stands: 'held' };
      expect(walked.told.at(-1)).toMatchObject({ kind: 'hold-kept', ...told });
      walked.feed(prepared(walked));
      expect(walked.phase('waiting').held).toEqual({ by: dave.id, reason: 'I am on that host' });
      walked.feed(shown(walked.incident));
      expect(walked.phase('waiting').deadline).toBeNull();
      walked.feed({ type: 'acted', action: 'resume', plan: null, by: bob, reason: null });
      expect(walked.phase('waiting').deadline).not.toBeNull();
    },
  );

  it('asks for approval where it would anyway, and whoever gives it hears of the hold', () => {
    const walked = heldByDave();
    walked.feed(wanting(walked, { playbook: 'undo', parameters: {} }));
    expect(walked.told.at(-1)).toMatchObject({ kind: 'hold-kept', holder: dave.id, stands: 'asks' });
    walked.feed(prepared(walked)).feed(shown(walked.incident));
    expect(walked.told.at(-1)).toMatchObject({ kind: 'approval-asked', why: saying('UDAVE') });
  });

  it('says so as well where only its look shows that it has to ask', () => {
    const walked = heldByDave();
    walked.feed(wanting(walked));
    walked.feed(prepared(walked, { look: 'well' }));
    const { decided, for: what } = walked.phase('waiting');
    expect([what, decided.verdict.doubt]).toEqual(['approval', saying('UDAVE')]);
  });

  it('is let go where whoever holds it chose it', () => {
    const walked = dryRun(diagnosed('Middling'));
    walked.feed({
      type: 'acted',
      action: 'hold',
      plan: null,
      by: bob,
      reason: 'another playbook is being chosen',
    });
    walked.feed(wanting(walked));
    walked.feed(prepared(walked));
    expect(walked.phase('waiting').held).toBeNull();
    expect(walked.told.some(({ kind }) => kind === 'hold-kept')).toBe(false);
    expect(walked.incident.wary).toBeUndefined();
  });

  it('stays held by whoever held it as well while the dialog was open, and they are told', () => {
    const holds = (by: typeof bob, reason: string | null) =>
      ({ type: 'acted', action: 'hold', plan: null, by, reason }) as const;
    const walked = dryRun(diagnosed('Middling')).feed(holds(bob, 'another playbook is being chosen'));
    walked.feed(holds(dave, 'I am on that host'));
    expect(walked.told.at(-1)).toMatchObject({ kind: 'held', by: dave.id, reason: 'I am on that host' });
    expect(walked.refusals).toEqual([]);
    walked.feed(wanting(walked));
    expect(walked.told.at(-1)).toMatchObject({ kind: 'hold-kept', holder: dave.id, by: bob.id });
    walked.feed(prepared(walked)).feed(shown(walked.incident));
    expect(walked.phase('waiting')).toMatchObject({
      held: { by: dave.id, reason: 'I am on that host' },
      deadline: null,
    });
  });

  it('is told before: when it would run, and whose wish it is that things stand so', () => {
    const walked = heldByDave();
    const foretold = (playbook: string, by = bob.id, changes = {}) =>
      plainly(
        whenItRuns(
          walked.incident,
          { by, playbook, evidence: [...telling('Middling'), FACTS] },
          { ...given(), ...changes },
        ),
      );
    expect(foretold('mend')).toMatch(
      /by itself after a cancel window of 5 min; but only once somebody resumes it/,
    );
    expect(foretold('mend', dave.id)).toBe('It would run by itself after a cancel window of 5 min');
    expect(foretold('ease')).toContain(
      'at once, if a look shows that it is needed; if not, it asks first; but only once',
    );
    expect(foretold('undo')).toBe('It would run once somebody else approves it');
    // Somebody has to say at what pace.
    expect(foretold('tune')).toContain('depends on the values');
    expect(foretold('ease', bob.id, { settings: settings({ policy: { mode: 'observe' } }) })).toContain(
      'only be noted',
    );
    expect(plainly(atWhoseWish(walked.incident, bob.id) ?? '')).toContain(
      'holds the plan that stands there: I am on',
    );
    expect(atWhoseWish(walked.incident, dave.id)).toBeNull();
  });
});

/** The model is sure that something else is the matter. */
function secondOpinion(walked: Walk): IncidentEvent {
  const evidence = telling('Middling', walked.now);
  const claims = evidence.map(({ id, text }) => ({
    text: 'as the evidence says',
    citations: [{ evidence: id, quote: text.slice(0, 20) }],
  }));
  const hypothesis = {
    cause: 'a bad release',
    claims,
    against: [],
    playbook: 'undo',
    parameters: {},
    selfConfidence: null,
  };
  const proposal = { summary: 's', hypotheses: [hypothesis], prevention: null, lead: null };
  return {
    type: 'model-answered',
    round: 1,
    evidence,
    answer: { kind: 'proposal', proposal, model: 'm', promptHash: 'p', tokens: { in: 1, out: 1 } },
  };
}
