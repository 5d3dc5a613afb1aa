import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidence, type Support } from '../../src/diagnosis/confidence.ts';
import type { ProposedHypothesis } from '../../src/diagnosis/diagnosis.ts';
import { judge } from '../../src/diagnosis/judge.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { evidenceItem, T0 } from '../incident/fixtures.ts';

const MINUTE = 60_000;
const QUOTE = 'something broke';

/** Items that all say the same, each from one of four witnesses and up to three hours old. */
const items: fc.Arbitrary<Evidence[]> = fc
  .array(fc.record({ witness: fc.constantFrom('a', 'b', 'c', 'd'), age: fc.integer({ min: 0, max: 180 }) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((specs) =>
    specs.map(({ witness, age }, index) =>
      evidenceItem({ id: `E${index + 1}`, witness, text: QUOTE, observedAt: T0 - age * MINUTE }),
    ),
  );

/** A case as `confidence` is asked about it: which items are cited for and against, and how the claims fared. */
const cases = items.chain((evidence) =>
  fc.record({
    evidence: fc.constant(evidence),
    support: fc.record({
      citations: fc.subarray(evidence).map((some) => some.map(({ id }) => ({ evidence: id, quote: QUOTE }))),
      against: fc.subarray(evidence).map((some) => some.map(({ id }) => ({ evidence: id, quote: QUOTE }))),
      claims: fc
        .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 }))
        .map(([kept, struck]) => ({ kept, made: kept + struck })),
      selfConfidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    rival: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
);
const of = (support: Support, rival: number, evidence: readonly Evidence[]) =>
  confidence(support, rival, evidence, T0);

describe('confidence', () => {
  it('lies between 0 and 0.99, whatever is claimed', () => {
    fc.assert(
      fc.property(cases, ({ evidence, support, rival }) => {
        const value = of(support, rival, evidence);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(0.99);
      }),
    );
  });

  it('of one witness never reaches the threshold, however often it is quoted', () => {
    fc.assert(
      fc.property(cases, ({ evidence, support, rival }) => {
        const one = evidence.map((item) => ({ ...item, witness: 'the only one' }));
        expect(of(support, rival, one)).toBeLessThan(0.7);
      }),
    );
  });

  it('is never raised by what the proposer says of itself', () => {
    fc.assert(
      fc.property(cases, ({ evidence, support, rival }) => {
        const silent = of({ ...support, selfConfidence: null }, rival, evidence);
        expect(of(support, rival, evidence)).toBeLessThanOrEqual(silent);
      }),
    );
  });

  it('falls with every claim that was struck', () => {
    fc.assert(
      fc.property(cases, ({ evidence, support, rival }) => {
        const { kept, made } = support.claims;
        const worse = { ...support, claims: { kept, made: made + 1 } };
        expect(of(worse, rival, evidence)).toBeLessThanOrEqual(of(support, rival, evidence));
      }),
    );
  });

  it('falls with a better supported rival', () => {
    fc.assert(
      fc.property(
        cases,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ evidence, support, rival }, other) => {
          const [weak, strong] = rival < other ? [rival, other] : [other, rival];
          expect(of(support, strong, evidence)).toBeLessThanOrEqual(of(support, weak, evidence));
        },
      ),
    );
  });

  it('falls with what speaks against, and with age', () => {
    fc.assert(
      fc.property(cases, ({ evidence, support, rival }) => {
        const value = of(support, rival, evidence);
        expect(value).toBeLessThanOrEqual(of({ ...support, against: [] }, rival, evidence));
        const older = evidence.map((item) => ({ ...item, observedAt: item.observedAt - 60 * MINUTE }));
        expect(of(support, rival, older)).toBeLessThanOrEqual(value);
      }),
    );
  });

  it('is 0.84 for two fresh witnesses and 0.94 for three, undisputed', () => {
    const evidence = ['a', 'b', 'c'].map((witness, index) => evidenceItem({ id: `E${index + 1}`, witness }));
    const cited = (count: number): Support => ({
      citations: evidence.slice(0, count).map(({ id }) => ({ evidence: id, quote: 'nothing of note' })),
      against: [],
      claims: { kept: count, made: count },
      selfConfidence: null,
    });
    expect(of(cited(1), 0, evidence)).toBeCloseTo(0.6);
    expect(of(cited(2), 0, evidence)).toBeCloseTo(0.84);
    expect(of(cited(3), 0, evidence)).toBeCloseTo(0.936);
  });
});

describe('a diagnosis', () => {
  const evidence = [
    evidenceItem({ id: 'E1', witness: 'alert', text: 'alert Small is firing' }),
    evidenceItem({ id: 'E2', witness: 'log', text: '03:00 something broke badly' }),
    evidenceItem({ id: 'E3', witness: 'probe', status: 'failed', text: 'the probe could not be sent' }),
  ];
  const proposed = (changes: Partial<ProposedHypothesis> = {}): ProposedHypothesis => ({
    cause: 'a cause',
    claims: [
      { text: 'it fires', citations: [{ evidence: 'E1', quote: 'alert Small is firing' }] },
      { text: 'it broke', citations: [{ evidence: 'E2', quote: 'something broke' }] },
    ],
    against: [],
    playbook: 'ease',
    parameters: {},
    selfConfidence: null,
    ...changes,
  });
  const judged = (...hypotheses: ProposedHypothesis[]) =>
    judge(
      { summary: 'it is ill', hypotheses, prevention: null, lead: null },
      { kind: 'model', model: 'm', promptHash: 'h' },
      { evidence, threshold: 0.7, round: 1, now: T0 },
    );

  it('names a cause that two witnesses bear out', () => {
    expect(judged(proposed())).toMatchObject({
      conclusion: { kind: 'cause' },
      hypotheses: [{ confidence: 0.84, witnesses: ['alert', 'log'] }],
      struck: [],
    });
  });

  it.each([
    ['is not in that evidence', { evidence: 'E2', quote: 'something BROKE' }, 'the quote is not in E2'],
    [
      'names evidence that is not there',
      { evidence: 'E9', quote: 'something broke' },
      'there is no evidence E9',
    ],
    [
      'is from a source that failed',
      { evidence: 'E3', quote: 'could not be sent' },
      'E3 could not be collected',
    ],
    ['is too short', { evidence: 'E1', quote: 'is' }, 'too short to prove anything'],
  ])('strikes a claim whose quote %s', (_, citation, reason) => {
    const claims = [...proposed().claims, { text: 'made up', citations: [citation] }];
    const { struck, hypotheses } = judged(proposed({ claims }));
    expect(struck).toEqual([{ text: 'made up', reason: expect.stringContaining(reason) }]);
    expect(hypotheses[0]?.claims.map(({ text }) => text)).toEqual(['it fires', 'it broke']);
  });

  it('without a citation is none', () => {
    expect(judged(proposed({ claims: [{ text: 'I know', citations: [] }] }))).toMatchObject({
      conclusion: { kind: 'abstained', reason: 'no cause is borne out by the evidence' },
      hypotheses: [],
      struck: [{ text: 'I know', reason: 'nothing was cited' }],
    });
  });

  it('puts the better supported cause first, whatever the proposer said first', () => {
    const weak = proposed({ cause: 'weak', claims: proposed().claims.slice(0, 1), selfConfidence: 1 });
    const { hypotheses } = judged(weak, proposed({ cause: 'strong', selfConfidence: 0.9 }));
    expect(hypotheses.map(({ cause }) => cause)).toEqual(['strong', 'weak']);
  });
});
