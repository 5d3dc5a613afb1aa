import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Expected } from '../read/scenario.ts';
import { type Answer, SILENCE } from '../run/answer.ts';
import { compare } from './compare.ts';
import { isMeant } from './objects.ts';
import { quantile, type Row, summarise } from './summary.ts';
import { isScored, type Verdict, verdictOf, wantedOf } from './verdict.ts';

const NOTHING = new Map<string, readonly string[]>();
const LIBRARY = new Set(['image_pull_failed', 'quota_exhausted']);

function answer(changes: Partial<Answer> = {}): Answer {
  return {
    ...SILENCE,
    stands: true,
    fault: 'image_pull_failed',
    object: 'deployment/shop/payment',
    confidence: 0.9,
    words: { summary: 'payment cannot start', cause: 'its image is not there', claims: ['the pull failed'] },
    reason: null,
    ...changes,
  };
}

function verdict(said: Answer, written: object, labels = NOTHING): Verdict {
  const expected = Expected.parse(written);
  return verdictOf(said, expected, wantedOf(expected, labels, LIBRARY));
}

describe('a verdict', () => {
  it('is right where fault and object are those that were expected', () => {
    expect(verdict(answer(), { fault: 'image_pull_failed', object: 'deployment/payment' })).toBe('right');
    expect(verdict(answer(), { fault: 'image_pull_failed', object: 'deployment/cart' })).toBe('wrong');
    expect(verdict(answer(), { fault: 'quota_exhausted', object: 'deployment/payment' })).toBe('wrong');
  });

  it('is an abstention where Medic does not know, whatever it suspects', () => {
    const unsure = answer({ stands: false, confidence: 0.5 });
    expect(verdict(unsure, { fault: 'image_pull_failed' })).toBe('abstained');
    expect(verdict(SILENCE, { fault: 'image_pull_failed' })).toBe('abstained');
  });

  it('takes foreign labels as the map has them, the narrower first', () => {
    const labels = new Map([
      ['tag_missing', ['image_pull_failed']],
      ['cannot start', ['quota_exhausted']],
    ]);
    expect(verdict(answer(), { root_cause: 'tag_missing', category: 'cannot start' }, labels)).toBe('right');
    expect(verdict(answer(), { root_cause: 'unheard_of', category: 'cannot start' }, labels)).toBe('wrong');
    expect(wantedOf(Expected.parse({ root_cause: 'unheard_of' }), labels, LIBRARY)).toEqual({
      faults: null,
      unmapped: 'unheard_of',
    });
  });

  it('scores a case without a known label by the rest, and one without any rest not at all', () => {
    expect(verdict(answer(), { root_cause: 'unheard_of', object: 'app/payment' })).toBe('right');
    const bare = Expected.parse({ root_cause: 'unheard_of' });
    expect(isScored(bare, wantedOf(bare, NOTHING, LIBRARY))).toBe(false);
  });

  it('wants one word of each group, and none of the forbidden as a cause', () => {
    const said = { required: [['no such image', 'IMAGE IS NOT THERE']] };
    expect(verdict(answer(), said)).toBe('right');
    expect(verdict(answer(), { ...said, forbidden: ['Payment cannot'] })).toBe('wrong');
    expect(verdict(answer(), { required: [['disk full']] })).toBe('wrong');
  });

  it('leaves a healthy system alone: a cause, or a plan that asks, is wrong', () => {
    const plan = { playbook: 'restart_service', byItself: false };
    expect(verdict(SILENCE, { healthy: true })).toBe('right');
    expect(verdict(answer(), { healthy: true })).toBe('wrong');
    expect(verdict({ ...SILENCE, plan }, { healthy: true })).toBe('wrong');
    expect(verdict({ ...SILENCE, plan: { ...plan, byItself: true } }, { healthy: true })).toBe(
      'wrong_action',
    );
  });

  it('counts what would run by itself and was not to run as worse than anything that was said', () => {
    const acts = answer({ plan: { playbook: 'restart_service', byItself: true } });
    expect(verdict(acts, { fault: 'image_pull_failed', playbook: 'none' })).toBe('wrong_action');
    expect(verdict(acts, { fault: 'image_pull_failed', playbook: 'restart_service' })).toBe('right');
    expect(verdict(acts, { fault: 'quota_exhausted' })).toBe('wrong_action');
    const asks = answer({ plan: { playbook: 'restart_service', byItself: false } });
    expect(verdict(asks, { fault: 'image_pull_failed', playbook: 'none' })).toBe('right');
  });
});

describe('an object is meant', () => {
  it.each([
    ['app/cart', 'deployment/shop/cart'],
    ['app/cart', 'service/shop/cart'],
    ['app/cart', 'pod/shop/cart-7d9f8b6c5d-x2x4z'],
    ['app/shop/cart', 'deployment/cart'],
    ['deployment/cart', 'replicaset/shop/cart-7d9f8b6c5d'],
    ['statefulset/db', 'pod/shop/db-0'],
    ['node/n1', 'host/n1'],
    ['namespace/shop', 'resourcequota/shop/limits'],
    ['cart', 'deployment/shop/cart'],
  ])('%s by %s', (expected, named) => expect(isMeant(expected, named)).toBe(true));

  it.each([
    ['app/cart', 'deployment/shop/cart-db'],
    ['app/cart', 'pod/shop/cart-db-7d9f8b6c5d-x2x4z'],
    ['app/shop/cart', 'deployment/other/cart'],
    ['node/n1', 'pod/shop/n1'],
    ['deployment/cart', 'service/shop/cart'],
    ['namespace/shop', 'deployment/shop/cart'],
    ['app/cart', 'constructor/cart'],
  ])('%s not by %s', (expected, named) => expect(isMeant(expected, named)).toBe(false));
});

const row = (name: string, said: Verdict, changes: Partial<Row> = {}): Row => ({
  case: name,
  verdict: said,
  fault: null,
  object: null,
  confidence: null,
  seconds: 0.1,
  expected: '',
  healthy: false,
  note: null,
  citations: { made: 0, resolved: 0 },
  ...changes,
});

describe('a summary', () => {
  it('counts every case exactly once, whatever the verdicts', () => {
    const verdicts = fc.constantFrom<Verdict>('right', 'wrong', 'abstained', 'wrong_action', 'error');
    fc.assert(
      fc.property(fc.array(verdicts), (said) => {
        const { cases, right, wrong, abstained, wrong_action, errors } = summarise(
          'suite',
          said.map((one, index) => row(String(index), one)),
        );
        expect(right + wrong + abstained + wrong_action + errors).toBe(cases);
      }),
    );
  });

  it('says how often it was right by how sure it was', () => {
    const rows = [
      row('a', 'right', { confidence: 1 }),
      row('b', 'wrong', { confidence: 0.9 }),
      row('c', 'abstained', { confidence: 0.69 }),
    ];
    expect(summarise('suite', rows).bands).toEqual([
      { from: 0.5, to: 0.7, cases: 1, right: 0 },
      { from: 0.9, to: 1, cases: 2, right: 1 },
    ]);
  });

  it('takes quantiles by nearest rank', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2);
    expect(quantile([3, 1, 2], 0.99)).toBe(3);
    expect(quantile([], 0.5)).toBe(0);
  });
});

describe('a comparison', () => {
  it('tells what got worse first, the worst of it at the top, and leaves out what stayed', () => {
    const before = [
      row('a', 'right'),
      row('b', 'right'),
      row('c', 'wrong'),
      row('d', 'right'),
      row('e', 'wrong'),
    ];
    const after = [row('a', 'abstained'), row('b', 'wrong_action'), row('c', 'right'), row('d', 'right')];
    const changes = compare({ rows: before }, after);
    expect(changes.map((one) => [one.case, one.isWorse])).toEqual([
      ['e', true],
      ['b', true],
      ['a', true],
      ['c', false],
    ]);
  });
});
