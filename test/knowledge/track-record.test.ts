import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/execution/attempt.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { trackRecords } from '../../src/knowledge/track-record.ts';
import { opened } from '../kit/incident/walk.ts';

const [base] = [opened('Small').incident];

function fix(changes: Partial<Attempt> = {}): Attempt {
  return {
    id: 'a1',
    plan: 'p1',
    planDigest: 'd',
    playbook: 'ease',
    purpose: 'fix',
    targets: ['x'],
    startedAt: 1_000,
    endedAt: 2_000,
    tasks: [],
    result: { kind: 'succeeded', summary: 'done' },
    proof: { kind: 'proven', at: 5_000 },
    ...changes,
  };
}

function ended(attempts: readonly Attempt[], changes: Partial<Incident> = {}): Incident {
  return { ...base, attempts, phase: { at: 'closed', how: 'healed', reason: 'it did' }, ...changes };
}

const only = (incidents: readonly Incident[]) => {
  const [record, ...others] = trackRecords(incidents);
  expect(others).toEqual([]);
  return record;
};

const without = ({ proof: _proof, ...attempt }: Attempt): Attempt => attempt;

describe('the record of a playbook', () => {
  it.each<[string, Incident, 'helped' | 'didNotHelp' | 'didNotLast' | 'unknown']>([
    ['that was proven has helped', ended([fix()]), 'helped'],
    ['whose trouble came back did not last', ended([fix()], { relapsed: 'inc-2' }), 'didNotLast'],
    ['that was refuted did not help', ended([fix({ proof: { kind: 'refuted', at: 5_000 } })]), 'didNotHelp'],
    [
      'that could not be proven is not known to have helped',
      ended([fix({ proof: { kind: 'unproven', at: 5_000 } })]),
      'unknown',
    ],
    [
      'that somebody stopped is not known to have helped',
      ended([without(fix({ result: { kind: 'stopped', reason: 'by Bob' } }))]),
      'unknown',
    ],
    ...(
      [
        ['that failed', { kind: 'failed', reason: 'no space left', exitCode: 2 }, 'didNotHelp'],
        ['that timed out', { kind: 'timed-out', reason: 'after 10 s' }, 'didNotHelp'],
        ['that was broken off', { kind: 'interrupted', reason: 'its worker died' }, 'unknown'],
        ['that somebody stopped', { kind: 'stopped', reason: 'by Bob' }, 'unknown'],
        ['that changed nothing', { kind: 'succeeded', summary: 'done', changed: 0 }, 'didNotHelp'],
      ] as const
    ).map(
      ([what, outcome, counts]) =>
        [
          `${what} is not what healed, although its service is well`,
          ended([fix({ result: outcome })], { relapsed: 'inc-2' }),
          counts,
        ] as [string, Incident, typeof counts],
    ),
    [
      'that changed something has helped',
      ended([fix({ result: { kind: 'succeeded', summary: 'done', changed: 3 } })]),
      'helped',
    ],
  ])('%s', (_, incident, result) => {
    expect(only([incident])).toMatchObject({ playbook: 'ease', runs: 1, [result]: 1 });
  });

  it('counts what was proven and needed another fix all the same as what did not last', () => {
    expect(only([ended([fix(), fix({ id: 'a2' })])])).toMatchObject({ runs: 2, helped: 1, didNotLast: 1 });
  });

  it('does not count what never began, what still runs or is watched, and rollbacks', () => {
    const untouched = fix({ result: { kind: 'failed', reason: 'no', exitCode: null, untouched: true } });
    const running = fix({ result: null, endedAt: null });
    expect(trackRecords([ended([without(untouched)])])).toEqual([]);
    expect(trackRecords([ended([without(running)])])).toEqual([]);
    expect(trackRecords([ended([fix({ purpose: 'rollback' })])])).toEqual([]);
  });

  it('tells the median time from the start of a fix to its proof, and how often its diagnosis was called wrong', () => {
    const took = (ms: number) => ended([fix({ proof: { kind: 'proven', at: 1_000 + ms } })]);
    const wrong = {
      by: 'UBOB',
      at: 1,
      verdict: 'wrong',
      cause: null,
      playbook: 'ease',
      really: null,
    } as const;
    const judged = ended([fix()], { judgements: [wrong, { ...wrong, verdict: 'right', by: 'UDAVE' }] });
    expect(only([took(1_000), took(2_000), took(9_000)])?.medianTime).toBe(2_000);
    expect(only([took(1_000), took(2_000)])?.medianTime).toBe(1_500);
    expect(only([judged])).toMatchObject({ calledWrong: 1 });
    expect(only([ended([fix({ proof: { kind: 'refuted', at: 2 } })])])?.medianTime).toBeNull();
    const failed = ended([fix({ result: { kind: 'failed', reason: 'no', exitCode: 1 } })]);
    expect(only([failed])?.medianTime).toBeNull();
    expect(only([failed, took(3_000)])?.medianTime).toBe(3_000);
  });

  it('names the most used playbook first', () => {
    const other = ended([fix({ playbook: 'mend' })]);
    expect(trackRecords([ended([fix()]), other, other]).map(({ playbook }) => playbook)).toEqual([
      'mend',
      'ease',
    ]);
  });

  const attempts = fc.array(
    fc
      .record({
        playbook: fc.constantFrom('ease', 'mend', undefined),
        purpose: fc.constantFrom('fix' as const, 'rollback' as const),
        proof: fc.constantFrom('proven' as const, 'refuted' as const, 'unproven' as const, undefined),
        result: fc.constantFrom<Attempt['result']>(
          null,
          { kind: 'succeeded', summary: '' },
          { kind: 'stopped', reason: '' },
          { kind: 'interrupted', reason: '' },
          { kind: 'failed', reason: '', exitCode: 1 },
          { kind: 'failed', reason: '', exitCode: null, untouched: true },
        ),
      })
      .map(({ playbook, proof, ...rest }): Attempt => {
        const { playbook: _p, proof: _q, ...plain } = fix(rest);
        return {
          ...plain,
          ...(playbook === undefined ? {} : { playbook }),
          ...(proof === undefined ? {} : { proof: { kind: proof, at: 3_000 } }),
        };
      }),
    { maxLength: 4 },
  );

  it('accounts for every run, whatever became of it', () => {
    const incidents = fc.array(
      fc
        .record({ attempts, back: fc.boolean() })
        .map((one) => ended(one.attempts, { relapsed: one.back ? 'inc-2' : null })),
    );
    fc.assert(
      fc.property(incidents, (all) => {
        for (const { runs, helped, didNotHelp, didNotLast, unknown } of trackRecords(all)) {
          expect(helped + didNotHelp + didNotLast + unknown).toBe(runs);
          expect(runs).toBeGreaterThan(0);
        }
      }),
    );
  });
});
