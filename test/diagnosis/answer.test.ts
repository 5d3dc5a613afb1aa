import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkClaims, soundsLikeOrder } from '../../src/diagnosis/answer.ts';
import type { Claim } from '../../src/diagnosis/diagnosis.ts';
import { linesWanted, tellFromEvidence } from '../../src/diagnosis/from-evidence.ts';
import type { Evidence, EvidenceKind } from '../../src/evidence/evidence.ts';
import { evidenceItem } from '../kit/incident/fixtures.ts';

const KINDS: readonly EvidenceKind[] = ['alert', 'metric', 'log', 'change', 'state', 'probe', 'event'];
const WORDS = 'error logs cpu memory changed deployed v2 shop catalog now 0.93 refused 🌶 \u0000 é free disk';
const word = fc.constantFrom(...WORDS.split(' '));
const line = fc.oneof(
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  fc.string(),
);

const anyEvidence: fc.Arbitrary<readonly Evidence[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      lines: fc.array(line, { maxLength: 6 }),
      failed: fc.boolean(),
      long: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((items) =>
    items.map(({ kind, lines, failed, long }, index) =>
      evidenceItem({
        id: `Q1E${index + 1}`,
        kind,
        title: `${kind} ${index + 1}`,
        query: `query ${index}`,
        text: (long ? lines.map((one) => `${one} ${'🌶x'.repeat(300)}`) : lines).join('\n').toWellFormed(),
        status: failed ? 'failed' : 'ok',
      }),
    ),
  );

/** Whether every citation of a claim is in an item that could be collected, to the letter. */
function stands(claim: Claim, evidence: readonly Evidence[]): boolean {
  return (
    claim.citations.length > 0 &&
    claim.citations.every(({ evidence: id, quote }) =>
      evidence.some(
        (item) => item.id === id && item.status === 'ok' && quote.trim() !== '' && item.text.includes(quote),
      ),
    )
  );
}

describe('a model’s claims', () => {
  it('survive only with a quote that is there to the letter, whatever the model made up', () => {
    const citation = (evidence: readonly Evidence[]) =>
      fc.record({
        evidence: fc.constantFrom('Q1E1', 'Q1E2', 'E9', ...evidence.map(({ id }) => id)),
        quote: fc.oneof(line, fc.constantFrom('', ' ', ...evidence.flatMap(({ text }) => text.split('\n')))),
      });
    fc.assert(
      fc.property(
        anyEvidence.chain((evidence) =>
          fc.tuple(
            fc.constant(evidence),
            fc.array(fc.record({ text: line, citations: fc.array(citation(evidence), { maxLength: 4 }) })),
          ),
        ),
        ([evidence, claims]) => {
          const { kept, struck } = checkClaims(claims, evidence);
          for (const claim of kept) expect(stands(claim, evidence)).toBe(true);
          expect(kept.length).toBeLessThanOrEqual(8);
          const said = new Set(claims.map(({ text }) => text));
          for (const { text } of [...kept, ...struck]) expect(said).toContain(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('lose a quote that is false and keep one that is true', () => {
    const evidence = [evidenceItem({ id: 'E1', text: 'error: it broke' })];
    const citations = [
      { evidence: 'E1', quote: 'it burst' },
      { evidence: 'E1', quote: 'it broke' },
    ];
    const { kept, struck } = checkClaims(
      [
        { text: 'It broke.', citations },
        { text: 'Believe me.', citations: [] },
      ],
      evidence,
    );
    expect(kept).toEqual([{ text: 'It broke.', citations: [{ evidence: 'E1', quote: 'it broke' }] }]);
    expect(struck).toEqual([{ text: 'Believe me.', reason: 'nothing was cited' }]);
  });

  it('cite nothing that could not be collected', () => {
    const evidence = [evidenceItem({ id: 'E1', text: 'the log could not be read', status: 'failed' })];
    const claim = { text: 'No errors.', citations: [{ evidence: 'E1', quote: 'could not be read' }] };
    expect(checkClaims([claim], evidence).kept).toEqual([]);
  });
});

describe('the evidence by itself', () => {
  const change = evidenceItem({
    id: 'Q1E1',
    kind: 'change',
    title: 'Deploys of shop',
    query: 'deploys',
    text: '03:00 version v2 deployed by dana (previous v1, 4 min before the alert began)\n01:00 version v1 deployed',
  });
  const log = evidenceItem({
    id: 'Q1E2',
    title: 'Log of shop',
    query: 'tail of shop.log',
    text: 'shop.log: its last 3 lines\n03:01 all is well\n03:04 error: the till is jammed\n03:05 closing',
  });
  const metric = evidenceItem({
    id: 'Q1E3',
    kind: 'metric',
    title: 'Vital signs of shop',
    query: 'vitals',
    text: 'cpu cores: now 0.93\nmemory: now 84 MB\nrequests per second: now 12',
  });
  const probe = evidenceItem({
    id: 'Q1E4',
    kind: 'probe',
    title: 'Probe health',
    query: 'GET /',
    text: 'unhealthy: answered 500',
  });
  const all = [change, log, metric, probe];

  it.each([
    ['what changed before this?', 'Q1E1', 'version v2 deployed by dana'],
    ['which release is it?', 'Q1E1', 'version v2 deployed'],
    ['show me the logs of the other replica', 'Q1E2', 'error: the till is jammed'],
    ['how much memory does it use', 'Q1E3', 'memory: now 84 MB'],
    ['cpu?', 'Q1E3', 'cpu cores: now 0.93'],
    ['is it healthy?', 'Q1E4', 'unhealthy: answered 500'],
  ])('answers “%s” with the line that is asked about', (question, id, quote) => {
    const [claim] = tellFromEvidence(question, all).claims;
    expect(claim?.citations[0]?.evidence).toBe(id);
    expect(claim?.citations.map((citation) => citation.quote).join('\n')).toContain(quote);
  });

  it('quotes of a metric only what was asked about', () => {
    const { claims } = tellFromEvidence('cpu?', all);
    expect(claims.flatMap(({ citations }) => citations.map(({ quote }) => quote))).toEqual([
      'cpu cores: now 0.93',
    ]);
  });

  it('quotes what a log says, and not how much of it was read', () => {
    const text = 'shop.log: its last line, last written 2026-06-01T03:04:00Z; newest last\n03:04 all is well';
    const { claims } = tellFromEvidence('show me the logs', [{ ...log, text }]);
    expect(claims.flatMap(({ citations }) => citations.map(({ quote }) => quote))).toEqual([
      '03:04 all is well',
    ]);
  });

  it('gives all the lines of a log that somebody wants to read, as they are', () => {
    const text = Array.from({ length: 20 }, (_, n) => `2026-06-01T03:04:${10 + n}Z GET /${n}`).join('\n');
    const last = {
      ...log,
      id: 'Q1E9',
      title: 'Last 20 lines of shop on web-1',
      text,
      data: { type: 'facts', facts: { last: 20 } },
    } as const;
    const { claims } = tellFromEvidence('last 20 log lines of shop', [last, log]);
    expect(claims.map((claim) => claim.text)).toEqual(['Last 20 lines of shop on web-1']);
    expect(claims.flatMap(({ citations }) => citations.map(({ quote }) => quote)).join('\n')).toBe(text);
  });

  it.each([
    ['last 20 log lines of catalog', 20],
    ['show me the last 5 lines', 5],
    ['the newest 12 journal entries?', 12],
    ['tail -n 30 logs', 30],
    ['what happened in the last 20 minutes?', null],
    ['show me the logs', null],
    ['last 0 lines', null],
  ])('reads from “%s” how many lines are wanted: %s', (question, count) => {
    expect(linesWanted(question)).toBe(count);
  });

  it('says that nothing was found about what was asked, and why it could not be read', () => {
    const failed = evidenceItem({
      id: 'Q1E5',
      kind: 'change',
      title: 'changes: no answer',
      query: 'changes',
      status: 'failed',
    });
    expect(tellFromEvidence('what changed?', [log, failed]).note).toBe(
      'Nothing about changes was found, and could not be read: changes: no answer. This is what stands out instead.',
    );
  });

  it('shows what stands out where it cannot tell what is asked, and says so', () => {
    const { claims, note } = tellFromEvidence('hm?', all);
    expect(claims.length).toBeGreaterThan(0);
    expect(note).toContain('I am not sure what you are asking');
    expect(tellFromEvidence('hm?', [])).toEqual({ claims: [], note: 'Nothing was found that answers this.' });
  });

  it('never says what is not there to the letter, and never too much, whatever is asked', () => {
    fc.assert(
      fc.property(line, anyEvidence, (question, evidence) => {
        const { claims, note } = tellFromEvidence(question, evidence);
        for (const claim of claims) expect(stands(claim, evidence)).toBe(true);
        expect(claims.length).toBeLessThanOrEqual(6);
        if (claims.length === 0) expect(note).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});

describe('words that sound like an order', () => {
  it.each([
    ['approve', true],
    ['run restart_service now, skip the approval', true],
    ['please roll back', true],
    ['what changed before this?', false],
    ['show me the logs', false],
  ])('“%s”: %s', (text, order) => {
    expect(soundsLikeOrder(text)).toBe(order);
  });
});
