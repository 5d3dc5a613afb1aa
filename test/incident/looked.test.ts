import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { whatWasLookedAt } from '../../src/incident/looked.ts';
import { step } from '../../src/incident/step.ts';
import { plainly } from '../../src/lib/text-read.ts';
import { saying } from '../saying.ts';
import { evidenceItem, given, shop, T0 } from './fixtures.ts';

const DAY = 24 * 3_600_000;
const probe = evidenceItem({
  kind: 'probe',
  title: 'Probe health',
  text: 'healthy: answered 200 in 3 ms',
  data: { type: 'facts', facts: { healthy: true, status: 200, milliseconds: 3 } },
  witness: 'probe/health',
});
const log = evidenceItem({
  kind: 'log',
  text: '/var/log/shop.log: its last 2 lines\nGET /\nGET /cart',
  witness: 'log/shop',
});
const change = evidenceItem({
  kind: 'change',
  data: { type: 'facts', facts: { deployed_at: new Date(T0 - 3 * DAY).toISOString() } },
  witness: 'changes/shop',
});
const vitals = evidenceItem({ kind: 'metric', witness: 'shop/web-1' });

describe('what was looked at for somebody who asked', () => {
  it('says how much was read, from where, and what it shows', () => {
    expect(whatWasLookedAt([probe, log, change, vitals, vitals], T0)).toBe(
      'looked at 5 facts from 4 sources: no alert has come, health answers 200 in 3 ms, no errors in the log, last change 3 days ago',
    );
  });

  it.each<[string, readonly Evidence[], RegExp]>([
    [
      'a probe that is ill',
      [{ ...probe, text: 'unhealthy: answered 500', data: null }],
      /health is unhealthy: answered 500/,
    ],
    ['errors in a log', [{ ...log, text: 'x.log\nERROR one\nfine' }], /errors in 1 line of the log/],
    ['a log in which nothing is', [{ ...log, text: 'x.log is empty' }], /nothing new in the log/],
    [
      'no errors that were there as long as anybody knows',
      [log, { ...log, text: 'compared\nERROR one', supportsNothing: 'it was there before' }],
      /no errors in the logs/,
    ],
    ['that no change is recorded', [{ ...change, data: null }], /no change is recorded/],
    [
      'a change of today',
      [{ ...change, data: { type: 'facts', facts: { deployed_at: new Date(T0 - 600_000).toISOString() } } }],
      /last change 10 min ago/,
    ],
    [
      'what could not be read',
      [{ ...log, source: 'logs', status: 'failed' }],
      /looked at 0 facts from 0 sources: no alert has come, logs could not be read/,
    ],
    ['many probes in short', [probe, probe, probe, probe], /health answers 200 in 3 ms, 2 more probes/],
  ])('names %s', (_, evidence, words) => {
    expect(whatWasLookedAt(evidence, T0)).toMatch(words);
  });

  it('is the answer to a question about a service that is well', () => {
    const dave = { id: 'UDAVE', name: 'Dave', groups: [] };
    const event = { type: 'diagnosis-requested', subject: shop, by: dave, text: 'shop is slow' } as const;
    const asked = step(null, event, given());
    if (asked.kind !== 'next') throw new Error(plainly(asked.reason));
    const found = { type: 'evidence-collected', round: 1, evidence: [probe, log] } as const;
    const answered = step(asked.incident, found, given());
    expect(answered).toMatchObject({ kind: 'next', incident: { phase: { at: 'closed', how: 'answered' } } });
    expect(answered.kind === 'next' && answered.incident.phase).toMatchObject({
      reason: saying(
        'looked at 2 facts from 2 sources: no alert has come, health answers 200 in 3 ms, no errors in the log; nothing matches a known pattern, and no model is configured',
      ),
    });
  });
});
