import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/diagnosis/judge.ts';
import { leadsIn } from '../../../src/diagnosis/leads.ts';
import { askPatterns } from '../../../src/diagnosis/patterns.ts';
import { type Evidence, summarise } from '../../../src/evidence/evidence.ts';
import { evidenceSummary, healthIn } from '../../../src/incident/evidence/evidence-summary.ts';
import { given, T0, telling } from '../../kit/incident/fixtures.ts';
import { opened } from '../../kit/incident/walk.ts';

const NAMES = ['Small', 'Medium', 'High', 'Unheard'] as const;

/** What would tell of an incident if it were the subject's own, as it is kept where it is a dependency's. */
const ofDependency = (name: string, now = T0): readonly Evidence[] =>
  telling(name, now).map((item, nth) => ({ ...item, id: `E${50 + nth}`, dependency: 'stock', data: null }));
const unread = (now = T0): readonly Evidence[] =>
  ofDependency('Small', now).map((item, nth) => ({ ...item, id: `E${60 + nth}`, status: 'failed' }));

describe.each(NAMES)('what is read of a dependency, where the alert is %s', (name) => {
  it('neither matches a pattern of a playbook, nor is a lead to one', () => {
    const { catalog, library } = given();
    const scene = { symptom: T0, needs: new Map() };
    expect(askPatterns(catalog, ofDependency(name))).toBeNull();
    const walked = opened('Unheard', {});
    const { found } = walked.feed({
      type: 'evidence-collected',
      round: 1,
      evidence: [...telling('Unheard', walked.now), ...ofDependency(name, walked.now)],
    }).incident;
    expect(found?.leads).toEqual(
      leadsIn(library, catalog, telling('Unheard', walked.now), scene).map((lead) =>
        expect.objectContaining(lead),
      ),
    );
    expect(found?.looks).toHaveLength(telling('Unheard').filter(({ data }) => data?.type === 'look').length);
  });

  it('says nothing of the health of the subject itself', () => {
    const own = telling(name);
    const all = [...own, ...ofDependency('Small'), ...unread()];
    expect(healthIn(all, T0)).toEqual(healthIn(own, T0));
    expect(evidenceSummary(all, T0)).toBe(evidenceSummary(own, T0));
    expect(healthIn(ofDependency(name), T0).verdict).toBe('unclear');
  });

  it('makes no plan of the subject less sure, and none surer, whether it could be read or not', () => {
    const concluded = (more: (now: number) => readonly Evidence[]) => {
      const walked = opened(name, {});
      const evidence = [...telling(name, walked.now), ...more(walked.now)];
      return walked.feed({ type: 'evidence-collected', round: 1, evidence }).incident;
    };
    const alone = concluded(() => []);
    const around = concluded((now) => [...ofDependency('Small', now), ...unread(now)]);
    expect(around.diagnosis).toEqual(alone.diagnosis);
    expect(around.phase).toEqual(alone.phase);
    expect(around.evidence).toHaveLength(alone.evidence.length + 2 * ofDependency('Small').length);
  });
});

it('a fix of the subject cannot rest on what is wrong with a dependency, and a cause in words can', () => {
  const { catalog } = given();
  const evidence = ofDependency('Small').map((item) => ({ ...item, observedAt: T0 }));
  const judged = (playbook: string | null) =>
    judge(
      {
        summary: 'Stock is down.',
        hypotheses: [
          {
            cause: 'Stock is down.',
            claims: evidence.map(({ id, text }) => ({
              text: 'It is down.',
              citations: [{ evidence: id, quote: text.split('\n')[0] ?? '' }],
            })),
            against: [],
            playbook,
            parameters: {},
            selfConfidence: 1,
          },
        ],
        prevention: null,
        lead: null,
      },
      { kind: 'model', model: 'gpt', promptHash: 'h' },
      { evidence, catalog, threshold: 0.7, round: 1, now: T0 },
    );
  expect(judged(null).hypotheses[0]?.claims).toHaveLength(evidence.length);
  const fix = judged('ease');
  expect(fix.hypotheses).toEqual([]);
  expect(fix.conclusion.kind).toBe('abstained');
  expect(fix.struck.map(({ reason }) => reason)).toContain(
    'nothing follows from E50: it is about stock, and a fix here mends nothing there',
  );
});

it('whose an item is stays with it in the record', () => {
  expect(ofDependency('Small').map(summarise)).toEqual(
    expect.arrayContaining([expect.objectContaining({ dependency: 'stock' })]),
  );
});
