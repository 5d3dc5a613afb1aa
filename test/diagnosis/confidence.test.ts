import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidence, type Support, witnessesOf } from '../../src/diagnosis/confidence.ts';
import type { ProposedHypothesis } from '../../src/diagnosis/diagnosis.ts';
import { judge } from '../../src/diagnosis/judge.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import type { LookReading } from '../../src/evidence/looks/look.ts';
import { evidenceItem, given, LOOK, looked, T0 } from '../kit/incident/fixtures.ts';

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
const of = (support: Support, bestRival: number, evidence: readonly Evidence[], unread = 0) =>
  confidence(support, { bestRival, unread }, evidence, T0);

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

  it('of one instrument never reaches the threshold, however often it is quoted', () => {
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

  it('falls with every source that could not be read, and with no more than three', () => {
    fc.assert(
      fc.property(cases, fc.nat(6), ({ evidence, support, rival }, unread) => {
        const value = of(support, rival, evidence, unread);
        expect(of(support, rival, evidence, unread + 1)).toBeLessThanOrEqual(value);
        expect(of(support, rival, evidence, unread + 3)).toBe(of(support, rival, evidence, 3));
      }),
    );
  });

  it('is never lowered by an honest witness more, nor is the count, with as many sources unread', () => {
    const witness = fc.record({
      witness: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      also: fc.subarray(['a', 'b', 'f', 'g']),
      age: fc.integer({ min: 0, max: 180 }),
    });
    fc.assert(
      fc.property(cases, witness, fc.nat(3), ({ evidence, support, rival }, { age, ...who }, unread) => {
        const more = evidenceItem({ ...who, id: 'E99', text: QUOTE, observedAt: T0 - age * MINUTE });
        const { kept, made } = support.claims;
        const heard = {
          ...support,
          citations: [...support.citations, { evidence: 'E99', quote: QUOTE }],
          claims: { kept: kept + 1, made: made + 1 },
        };
        const all = [...evidence, more];
        const before = witnessesOf(support.citations, evidence);
        expect(witnessesOf(heard.citations, all)).toEqual(expect.arrayContaining([...before]));
        expect(of(heard, rival, all, unread)).toBeGreaterThanOrEqual(
          of(support, rival, evidence, unread) - 1e-12,
        );
      }),
    );
  });

  it('counts an alert for every instrument that its rule reads, and alerts of one instrument once', () => {
    const cited = (evidence: readonly Evidence[]) =>
      witnessesOf(
        evidence.map(({ id }) => ({ evidence: id, quote: 'nothing of note' })),
        evidence,
      );
    const one = evidenceItem({ id: 'E1', kind: 'alert', witness: 'scrape/web', also: ['exporter/node'] });
    expect(cited([one])).toEqual(['scrape/web', 'exporter/node']);
    const alone = (id: string) => evidenceItem({ id, kind: 'alert', witness: 'scrape/web' });
    expect(cited([alone('E1'), alone('E2')])).toEqual(['scrape/web']);
  });

  it('is 0.84 for two fresh instruments and 0.94 for three, undisputed, and enough where three sources are dark', () => {
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
    expect(of(cited(2), 0, evidence, 1)).toBeCloseTo(0.798);
    expect(of(cited(2), 0, evidence, 3)).toBeGreaterThan(0.7);
  });
});

describe('a diagnosis', () => {
  const evidence = [
    evidenceItem({ id: 'E1', witness: 'alert', text: 'alert Small is firing' }),
    evidenceItem({ id: 'E2', witness: 'log', text: '03:00 something broke badly' }),
  ];
  const dark = evidenceItem({
    id: 'E3',
    witness: 'probe',
    title: 'A probe',
    status: 'failed',
    text: 'the probe could not be sent',
  });
  const usual = evidenceItem({
    id: 'E4',
    witness: 'metric',
    supportsNothing: 'it was so all week',
    text: 'the queue is long',
  });
  const proposed = (changes: Partial<ProposedHypothesis> = {}): ProposedHypothesis => ({
    cause: 'a cause',
    claims: [
      { text: 'it fires', citations: [{ evidence: 'E1', quote: 'alert Small is firing' }] },
      { text: 'it broke', citations: [{ evidence: 'E2', quote: 'something broke' }] },
    ],
    against: [],
    playbook: null,
    parameters: {},
    selfConfidence: null,
    ...changes,
  });
  const judgedFrom = (items: readonly Evidence[], ...hypotheses: ProposedHypothesis[]) =>
    judge(
      { summary: 'it is ill', hypotheses, prevention: null, lead: null },
      { kind: 'model', model: 'm', promptHash: 'h' },
      { evidence: items, catalog: given().catalog, threshold: 0.7, round: 1, now: T0 },
    );
  const judged = (...hypotheses: ProposedHypothesis[]) => judgedFrom(evidence, ...hypotheses);

  it('names a cause that two instruments bear out', () => {
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
    [
      'is from what is usual',
      { evidence: 'E4', quote: 'the queue is long' },
      'nothing follows from E4: it was so all week',
    ],
  ])('strikes a claim whose quote %s', (_, citation, reason) => {
    const claims = [...proposed().claims, { text: 'made up', citations: [citation] }];
    const { struck, hypotheses } = judgedFrom([...evidence, dark, usual], proposed({ claims }));
    expect(struck).toEqual([{ text: 'made up', reason: expect.stringContaining(reason) }]);
    expect(hypotheses[0]?.claims.map(({ text }) => text)).toEqual(['it fires', 'it broke']);
  });

  it('without a citation is none', () => {
    expect(judged(proposed({ claims: [{ text: 'I know', citations: [] }] }))).toMatchObject({
      conclusion: { kind: 'abstained', reason: 'no cause is backed by the evidence' },
      hypotheses: [],
      struck: [{ text: 'I know', reason: 'nothing was cited' }],
    });
  });

  it('puts the better supported cause first, whatever the proposer said first', () => {
    const weak = proposed({ cause: 'weak', claims: proposed().claims.slice(0, 1), selfConfidence: 1 });
    const { hypotheses } = judged(weak, proposed({ cause: 'strong', selfConfidence: 0.9 }));
    expect(hypotheses.map(({ cause }) => cause)).toEqual(['strong', 'weak']);
  });

  it('is less sure where a source could not be read, and names it', () => {
    expect(judgedFrom([...evidence, dark], proposed())).toMatchObject({
      unread: ['A probe'],
      hypotheses: [{ confidence: 0.84 * 0.95 }],
    });
    expect(judged(proposed()).unread).toBeUndefined();
  });

  describe('of a playbook that declares a look', () => {
    const mending = proposed({ playbook: 'ease' });
    const third = evidenceItem({ id: 'E5', witness: 'metric', text: 'the metric is high' });
    const sure = {
      ...mending,
      claims: [...mending.claims, { text: 'it is', citations: [{ evidence: 'E5', quote: 'the metric' }] }],
    };
    const looking = (verdict: LookReading['verdict'], playbooks: readonly string[] = ['ease']) =>
      evidenceItem({
        id: 'E9',
        kind: 'state',
        witness: 'command/cat',
        status: verdict === 'unknown' ? 'failed' : 'ok',
        text: `web-1 was looked at: ${verdict}`,
        data: { type: 'look', playbooks, spec: LOOK, reading: looked(verdict) },
      });
    const from = (...looks: readonly Evidence[]) => judgedFrom([...evidence, third, ...looks], sure);

    it('names its cause where the look shows the fault, and cites it', () => {
      const { conclusion, hypotheses } = from(looking('fault'));
      expect(conclusion.kind).toBe('cause');
      expect(hypotheses[0]?.witnesses).toContain('command/cat');
      expect(hypotheses[0]?.claims.at(-1)?.citations).toEqual([
        { evidence: 'E9', quote: 'web-1 was looked at: fault' },
      ]);
    });

    it.each([
      ['does not show the fault', [looking('well')], 'Medic’s own look does not show it'],
      ['shows another', [looking('other')], 'Medic’s own look does not show it'],
      ['could not be read', [looking('unknown')], 'Medic’s own look failed'],
      ['was never taken', [], 'nothing was looked at for it'],
      ['shows the fault of another playbook', [looking('fault', ['mend'])], 'nothing was looked at for it'],
    ])('abstains where the look %s, however many instruments speak for it', (_, looks, reason) => {
      const { conclusion, hypotheses } = from(...looks);
      expect(hypotheses[0]?.confidence).toBeGreaterThanOrEqual(0.7);
      expect(conclusion).toMatchObject({ kind: 'abstained', reason: expect.stringContaining(reason) });
    });

    it('abstains where the look is the only instrument', () => {
      const seen = { text: 'it is seen', citations: [{ evidence: 'E9', quote: 'web-1 was looked at' }] };
      expect(judgedFrom([looking('fault')], { ...mending, claims: [seen] }).conclusion).toMatchObject({
        kind: 'abstained',
        reason: 'only one instrument speaks for it: command/cat',
      });
    });

    it('is no cause by a look alone: somebody has to claim something that stands', () => {
      const made = { ...mending, claims: [{ text: 'I know', citations: [] }] };
      expect(judgedFrom([looking('fault')], made).hypotheses).toEqual([]);
    });
  });
});
