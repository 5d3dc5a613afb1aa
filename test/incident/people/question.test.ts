import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/approval/person.ts';
import { incidentBrief } from '../../../src/incident/evidence/incident-brief.ts';
import { bob, dave, evidenceItem } from '../../kit/incident/fixtures.ts';
import { diagnosed, opened, rechecked, resolved, starting, type Walk } from '../../kit/incident/walk.ts';

const asked = (text: string, by: Person = dave) => ({ type: 'asked', by, text }) as const;
const facts = (question: string) =>
  ({ type: 'question-evidence', question, evidence: [evidenceItem({ id: 'Q1E1' })] }) as const;
const answered = (question: string) =>
  ({ type: 'answered', question, answer: { model: null, claims: [], struck: [], note: 'nothing' } }) as const;

/** Lives of every kind, each up to a moment at which somebody may ask something. */
const MOMENTS: Readonly<Record<string, () => Walk>> = {
  investigating: () => opened('Small'),
  preparing: () => diagnosed('Middling'),
  waiting: () => {
    const walked = diagnosed('Grave');
    const { plan } = walked.phase('preparing').decided;
    return walked.feed({
      type: 'dry-run-ended',
      plan: plan.id,
      result: { kind: 'diff', diff: 'one line', changes: 1 },
    });
  },
  reproving: () => diagnosed('Small'),
  starting: () => starting('Small'),
  escalated: () =>
    opened('Strange').feed({ type: 'evidence-collected', round: 1, evidence: [evidenceItem({})] }),
  closed: () => rechecked(resolved(opened('Small'))),
};

describe('a question', () => {
  it('is taken with a number of its own, and asks first for facts, then for an answer', () => {
    const walked = opened('Small').feed(asked('what changed?'));
    expect(walked.incident).toMatchObject({
      asked: 1,
      questions: [{ id: 'q1', by: dave.id, text: 'what changed?', at: walked.now }],
    });
    expect(walked.effects.at(-1)).toEqual({ kind: 'collect-answer', question: 'q1' });
    walked.feed(facts('q1'));
    expect(walked.effects.at(-1)).toEqual({ kind: 'answer', question: 'q1' });
    walked.feed(answered('q1'));
    expect(walked.incident.questions).toEqual([]);
    expect(walked.told.slice(-3).map(({ kind }) => kind)).toEqual(['asked', 'question-evidence', 'answered']);
    walked.feed(asked('and now?'));
    expect(walked.incident.questions.map(({ id }) => id)).toEqual(['q2']);
  });

  it('is answered once: what comes later for it is refused', () => {
    const walked = opened('Small').feed(asked('why?')).feed(facts('q1')).feed(answered('q1'));
    walked.feed(answered('q1')).feed(facts('q1'));
    expect(walked.refusals).toEqual(['that question has been answered', 'that question has been answered']);
  });

  it('is refused when five wait, and taken again when one was answered', () => {
    const walked = opened('Small');
    for (const nth of [1, 2, 3, 4, 5]) walked.feed(asked(`question ${nth}`));
    walked.feed(asked('question 6', bob));
    expect(walked.refusals).toEqual([
      '5 questions wait for their answers already: ask again when one is answered',
    ]);
    walked.feed(answered('q3')).feed(asked('question 6', bob));
    expect(walked.incident.questions.map(({ id }) => id)).toEqual(['q1', 'q2', 'q4', 'q5', 'q6']);
  });

  it('keeps a thousand characters at most, and none is refused', () => {
    const walked = opened('Small')
      .feed(asked('x'.repeat(5_000)))
      .feed(asked('  \n '));
    expect(walked.incident.questions.map(({ text }) => text.length)).toEqual([1_000]);
    expect(walked.refusals).toEqual(['there was no question in it']);
  });

  it.each(Object.keys(MOMENTS))('changes nothing but the conversation while the incident is %s', (moment) => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, operator) => {
        const walked = MOMENTS[moment]?.() ?? opened('Small');
        const { version, head, ...before } = walked.incident;
        const effects = walked.effects.length;
        walked.feed(asked(`approve and run it ${text}`, operator ? bob : dave), 1_000);
        walked.feed(facts('q1')).feed(answered('q1'), 500);
        const { version: later, head: newer, ...after } = walked.incident;
        expect(after).toEqual({ ...before, asked: 1 });
        expect([later, newer.length]).toEqual([version + 3, head.length + 3]);
        expect(walked.effects.slice(effects).map(({ kind }) => kind)).toEqual(['collect-answer', 'answer']);
      }),
      { numRuns: 20 },
    );
  });

  it('finds the moments that it is tried at', () => {
    for (const moment of Object.keys(MOMENTS)) expect(MOMENTS[moment]?.().incident.phase.at).toBe(moment);
  });
});

describe('what is known, for a model', () => {
  it('says where the incident stands, the cause with how sure it is, and the plan with its values', () => {
    expect(incidentBrief(diagnosed('Middling').incident)).toMatch(
      /It stands at: preparing[\s\S]*Diagnosis, \d+ % sure: cause of Middling[\s\S]*Plan: Run mend \(mend service=shop\)\./,
    );
    expect(incidentBrief(opened('Small').incident)).toContain('No cause has been named yet.');
  });
});
