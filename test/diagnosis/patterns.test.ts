import { describe, expect, it } from 'vitest';
import type { Diagnosis, Hypothesis } from '../../src/diagnosis/diagnosis.ts';
import { compare, judge } from '../../src/diagnosis/judge.ts';
import { askPatterns } from '../../src/diagnosis/patterns.ts';
import type { LookReading } from '../../src/evidence/looks/look.ts';
import { type Catalog, Manifest } from '../../src/playbooks/manifest.ts';
import { fact } from '../kit/faults/facts.ts';
import { evidenceItem, looked, T0 } from '../kit/incident/fixtures.ts';

const restart = Manifest.parse({
  name: 'restart',
  title: 'Restart',
  description: 'Restarts.',
  risk: 'low',
  category: 'restart',
  idempotent: true,
  parameters: {},
  targets: ['it'],
  run: { command: ['true'] },
  timeout: '1s',
  rollback: { none: 'nothing' },
  answers: [
    {
      pattern: 'down',
      summary: 'It is down.',
      cause: 'It ended.',
      when: [
        { evidence: 'alert', quote: '^alert Down is firing$', claim: 'It cannot be reached.' },
        { evidence: 'state', quote: 'EXITED|FATAL', claim: 'It does not run.' },
      ],
      against: [{ evidence: 'log', quote: 'deployed', claim: 'It was just deployed.' }],
    },
  ],
  verify: { checks: [{ probe: 'healthy' }], within: '1s', every: '1s', stable: '1s' },
});
const catalog: Catalog = new Map([['restart', { manifest: restart, folder: '/restart', hash: 'h' }]]);
const alert = evidenceItem({ id: 'E1', kind: 'alert', text: 'first line\nalert Down is firing\nlast line' });
const state = evidenceItem({
  id: 'E2',
  kind: 'state',
  text: `${'x'.repeat(500)} shop EXITED ${'y'.repeat(500)}`,
});

describe('a known pattern', () => {
  it('speaks only when all its conditions are met, each in evidence of its kind', () => {
    expect(askPatterns(catalog, [alert])).toBeNull();
    expect(askPatterns(catalog, [alert, { ...state, kind: 'log' }])).toBeNull();
    expect(askPatterns(catalog, [alert, { ...state, status: 'failed' }])).toBeNull();
    expect(askPatterns(catalog, [alert, state])).not.toBeNull();
  });

  it('quotes the line that matched to the letter, a long one around the match', () => {
    const claims = askPatterns(catalog, [alert, state])?.proposal.hypotheses[0]?.claims ?? [];
    const quotes = claims.flatMap(({ citations }) => citations);
    expect(quotes[0]).toEqual({ evidence: 'E1', quote: 'alert Down is firing' });
    expect(quotes[1]?.quote).toContain('EXITED');
    expect(quotes[1]?.quote.length).toBeLessThanOrEqual(200);
    expect(state.text).toContain(quotes[1]?.quote);
  });

  it('tells what the leader says is broken, of several that speak, and by whom', () => {
    const hypothesis = (cause: string, ...ids: readonly string[]) => ({
      ...{ cause, against: [], playbook: null, parameters: {}, selfConfidence: null },
      claims: [
        { text: cause, citations: ids.map((evidence) => ({ evidence, quote: 'alert Down is firing' })) },
      ],
    });
    const telling = (name: string) => ({
      by: { kind: 'fault', fault: name, digest: 'd' } as const,
      ...{ summary: `${name} is broken`, prevention: `mind ${name}` },
    });
    const also = { ...alert, id: 'E3', witness: 'another' };
    const hypotheses = [hypothesis('one', 'E1'), hypothesis('two', 'E1', 'E3')];
    const each = [telling('one'), telling('two')];
    const { by, ...words } = telling('one');
    const given = { evidence: [alert, also], catalog, threshold: 0.7, round: 1, now: T0 };
    expect(judge({ ...words, hypotheses, each, lead: null }, by, given)).toMatchObject(telling('two'));
  });

  it('says what speaks against it', () => {
    const log = evidenceItem({ id: 'E3', kind: 'log', text: '02:59 v2 deployed' });
    const [hypothesis] = askPatterns(catalog, [alert, state, log])?.proposal.hypotheses ?? [];
    expect(hypothesis?.against).toEqual([{ evidence: 'E3', quote: '02:59 v2 deployed' }]);
  });
});

describe('a known pattern of a playbook that declares a look', () => {
  const looking = Manifest.parse({
    ...restart,
    look: { unit: { is: 'failed' } },
    timeout: '1s',
    verify: { checks: [{ probe: 'healthy' }], within: '1s', every: '1s', stable: '1s' },
    answers: [
      {
        pattern: 'down',
        summary: 'It is down.',
        cause: 'It ended.',
        when: [{ alert: { reads: '^up$' }, claim: 'It cannot be reached.' }],
        against: [{ evidence: 'log', quote: 'deployed', claim: 'It was just deployed.' }],
        explains: ['slow'],
      },
    ],
  });
  const looks: Catalog = new Map([['restart', { manifest: looking, folder: '/restart', hash: 'h' }]]);
  const firing = (name: string, reads: readonly string[], more: object = {}) =>
    evidenceItem({
      id: 'E1',
      kind: 'alert',
      text: `alert ${name} is firing`,
      data: { type: 'alert', reads },
      ...more,
    });
  const seen = (verdict: LookReading['verdict'], playbooks: readonly string[] = ['restart']) =>
    evidenceItem({
      id: 'E2',
      kind: 'state',
      witness: 'systemd/web-1',
      text: `web-1 was looked at: ${verdict}`,
      data: { type: 'look', playbooks, spec: { unit: { is: 'failed' } }, reading: looked(verdict) },
    });

  it('speaks only where that shows the fault', () => {
    const down = firing('Anything', ['up']);
    expect(askPatterns(looks, [down, seen('fault')])).not.toBeNull();
    for (const items of [[], [seen('well')], [seen('other')], [seen('fault', ['clean'])]])
      expect(askPatterns(looks, [down, ...items])).toBeNull();
  });

  it('takes what a service holds for too much only over a limit, or where it grows', () => {
    const reading = (facts: object) => ({ ...looked('fault'), facts }) as LookReading;
    const memory = (facts: object) =>
      evidenceItem({
        ...seen('fault'),
        data: {
          type: 'look',
          playbooks: ['restart'],
          spec: { memory: { limit: null } },
          reading: reading(facts),
        },
      });
    const growing = (doubling: number) =>
      evidenceItem({
        id: 'E3',
        facts: [fact('process.resident_memory.doubling', 'service/catalog', doubling)],
      });
    const down = firing('Anything', ['up']);
    expect(askPatterns(looks, [down, memory({ limit_bytes: 1e8 })])).not.toBeNull();
    expect(askPatterns(looks, [down, memory({})])).toBeNull();
    expect(askPatterns(looks, [down, memory({}), growing(1e6)])).toBeNull();
    expect(askPatterns(looks, [down, memory({}), growing(3600)])).not.toBeNull();
  });

  it('goes by the metrics that an alert’s rule reads, and not by what it is called', () => {
    expect(askPatterns(looks, [firing('ServiceDown', ['node_load1']), seen('fault')])).toBeNull();
    expect(askPatterns(looks, [firing('Xyz', ['node_load1', 'up']), seen('fault')])).not.toBeNull();
  });

  it('takes nothing from an alert that its source does not know', () => {
    const absent = firing('Down', ['up'], { supportsNothing: 'it is not active there' });
    expect(askPatterns(looks, [absent, seen('fault')])).toBeNull();
  });

  it('speaks against whoever proposes its playbook', () => {
    const log = evidenceItem({ id: 'E3', text: '02:59 v2 deployed' });
    const evidence = [firing('Down', ['up']), seen('fault'), log];
    const claims = [{ text: 'it is down', citations: [{ evidence: 'E1', quote: 'alert Down is firing' }] }];
    const proposed = {
      cause: 'c',
      claims,
      against: [],
      playbook: 'restart',
      parameters: {},
      selfConfidence: null,
    };
    const [hypothesis] = judge(
      { summary: '', hypotheses: [proposed], prevention: null, lead: null },
      { kind: 'model', model: 'm', promptHash: 'p' },
      { evidence, catalog: looks, threshold: 0.7, round: 1, now: T0 },
    ).hypotheses;
    expect(hypothesis?.against).toEqual([{ evidence: 'E3', quote: '02:59 v2 deployed' }]);
  });

  it('is not made less sure by what it explains', () => {
    const evidence = [firing('Down', ['up']), seen('fault')];
    const proposed = askPatterns(looks, evidence)?.proposal.hypotheses[0] ?? expect.fail('it is silent');
    const sureBeside = (pattern: string) =>
      judge(
        {
          summary: '',
          hypotheses: [proposed, { ...proposed, cause: 'b', pattern }],
          prevention: null,
          lead: null,
        },
        { kind: 'pattern', playbook: 'restart', pattern: 'down', hash: 'h' },
        { evidence, catalog: looks, threshold: 0.7, round: 1, now: T0 },
      ).hypotheses.find(({ cause }) => cause === 'It ended.')?.confidence ?? 0;
    expect(sureBeside('slow')).toBeGreaterThan(sureBeside('another'));
  });

  it('is made less sure by a rival only as far as that stands itself, and not by what has nothing to do with it', () => {
    const log = evidenceItem({ id: 'E3', text: '02:59 v2 deployed', witness: 'deploys' });
    const evidence = [firing('Down', ['up']), seen('fault'), log];
    const proposed = askPatterns(looks, evidence)?.proposal.hypotheses[0] ?? expect.fail('it is silent');
    const one = { ...proposed, against: [], fault: 'one', object: 'host/a' as const };
    const other = { ...one, cause: 'b', pattern: 'another', fault: 'other', object: 'host/b' as const };
    const sureBeside = (changes: object, rival: object) =>
      judge(
        {
          summary: '',
          hypotheses: [
            { ...one, ...changes, playbook: null },
            { ...other, ...rival, playbook: null },
          ],
          prevention: null,
          lead: null,
        },
        { kind: 'fault', fault: 'one', digest: 'd' },
        { evidence, catalog: looks, threshold: 0.7, round: 1, now: T0 },
      ).hypotheses.find(({ cause }) => cause === 'It ended.')?.confidence ?? 0;
    const contradicted = { against: [{ evidence: 'E3', quote: '02:59 v2 deployed' }] };
    expect(sureBeside({}, contradicted)).toBeGreaterThan(sureBeside({}, {}));
    expect(sureBeside({ apart: ['other in host/b'] }, {})).toBeGreaterThan(sureBeside({}, contradicted));
    expect(sureBeside({ apart: ['other in host/c'] }, {})).toBe(sureBeside({}, {}));
  });
});

describe('a second opinion', () => {
  const opinion = (changes: Partial<Hypothesis>): Diagnosis => ({
    by: { kind: 'person', user: 'U1' },
    round: 1,
    at: 0,
    summary: '',
    hypotheses: [
      {
        cause: 'a cause',
        claims: [],
        against: [],
        playbook: 'restart',
        parameters: {},
        selfConfidence: null,
        confidence: 0.9,
        witnesses: ['a', 'b'],
        ...changes,
      },
    ],
    struck: [],
    prevention: null,
    lead: null,
    conclusion: { kind: 'cause' },
  });
  const first = opinion({ parameters: { to: 'v1' } });

  it.each([
    ['agrees', 'when it names the same playbook', {}],
    ['agrees', 'when it names a cause that no playbook mends', { playbook: null }],
    ['agrees', 'when it gives a value that the first left to grounding', { parameters: { service: 'shop' } }],
    ['contradicts', 'when it names another playbook', { playbook: 'rollback' }],
    ['contradicts', 'when it names another value', { parameters: { to: 'v0' } }],
    ['abstains', 'when it is not sure', { playbook: 'rollback', confidence: 0.69 }],
  ] as const)('%s %s', (verdict, _, changes) => {
    expect(compare(first, opinion(changes), 0.7).verdict).toBe(verdict);
  });

  it('says what it would do instead, in words that claim no other cause where it may be the same', () => {
    const sayings = [{ playbook: 'rollback' }, { parameters: { to: 'v0' } }].map((changes) =>
      compare(first, opinion(changes), 0.7),
    );
    expect(sayings).toEqual([
      { verdict: 'contradicts', words: 'the model would run rollback instead: a cause' },
      { verdict: 'contradicts', words: 'the model would run it with to v0 and not v1: a cause' },
    ]);
  });

  it('is told by the hypothesis that contradicts, and not by one that agrees', () => {
    const [same] = first.hypotheses;
    const [other] = opinion({ playbook: 'rollback', cause: 'a release' }).hypotheses;
    const both = { ...first, hypotheses: [same, other].filter((one) => one !== undefined) };
    expect(compare(first, both, 0.7)).toMatchObject({
      words: 'the model would run rollback instead: a release',
    });
  });

  it('contradicts when it is sure that the cause lies in a dependency, for nothing done here mends that', () => {
    const theirs = opinion({ playbook: null, dependency: 'stock', cause: 'stock is down' });
    expect(compare(first, theirs, 0.7)).toEqual({
      verdict: 'contradicts',
      words: 'the model sees the cause in stock, a dependency: stock is down',
    });
    expect(compare(theirs, theirs, 0.7).verdict).toBe('agrees');
  });

  it('abstains when it has nothing to say', () => {
    expect(compare(first, { ...first, hypotheses: [] }, 0.7).verdict).toBe('abstains');
  });
});
