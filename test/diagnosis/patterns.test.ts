import { describe, expect, it } from 'vitest';
import type { Diagnosis, Hypothesis } from '../../src/diagnosis/diagnosis.ts';
import { compare } from '../../src/diagnosis/judge.ts';
import { askPatterns } from '../../src/diagnosis/patterns.ts';
import { type Catalog, Manifest } from '../../src/playbooks/manifest.ts';
import { evidenceItem } from '../incident/fixtures.ts';

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

  it('says what speaks against it', () => {
    const log = evidenceItem({ id: 'E3', kind: 'log', text: '02:59 v2 deployed' });
    const [hypothesis] = askPatterns(catalog, [alert, state, log])?.proposal.hypotheses ?? [];
    expect(hypothesis?.against).toEqual([{ evidence: 'E3', quote: '02:59 v2 deployed' }]);
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
    expect(compare(first, opinion(changes), 0.7)).toBe(verdict);
  });

  it('abstains when it has nothing to say', () => {
    expect(compare(first, { ...first, hypotheses: [] }, 0.7)).toBe('abstains');
  });
});
