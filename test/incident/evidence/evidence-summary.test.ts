import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { LookReading, LookSpec } from '../../../src/evidence/looks/look.ts';
import { evidenceSummary } from '../../../src/incident/evidence/evidence-summary.ts';
import { step } from '../../../src/incident/step.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { evidenceItem, given, shop, T0 } from '../../kit/incident/fixtures.ts';
import { saying } from '../../kit/saying.ts';

const DAY = 24 * 3_600_000;
const probe = evidenceItem({
  kind: 'probe',
  title: 'Probe health',
  text: 'healthy: answered 200 in 3 ms',
  data: { type: 'facts', facts: { healthy: true, status: 200, milliseconds: 3 } },
  witness: 'probe/health',
  observedAt: T0 - 400,
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

const reading = {
  host: 'web-1',
  verdict: 'well',
  words: 'systemd on web-1: active since 03:12:07Z',
  instrument: 'systemd/web-1/shop.service',
  facts: {},
  at: T0 - 12_000,
} as const;
const look = (verdict: LookReading['verdict'], words: string = reading.words, undecided = false) =>
  evidenceItem({
    kind: 'state',
    data: {
      type: 'look',
      playbooks: [],
      spec: { unit: {} } as LookSpec,
      reading: { ...reading, verdict, words, ...(undecided ? { undecided } : {}) },
    },
    witness: reading.instrument,
    observedAt: reading.at,
  });

describe('what was looked at for somebody who asked', () => {
  it('says that it looks healthy, and by which looks, probes and logs, without the numbers that nobody needs', () => {
    const memory = { ...vitals, text: 'memory: 80 MB at least, now 84 MB\n  flat', observedAt: T0 - 3_000 };
    expect(evidenceSummary([look('well'), probe, log, change, memory, vitals], T0)).toBe(
      'looks healthy: web-1: active since 03:12:07Z; health answered 200 in 3 ms; no errors in the log',
    );
  });

  it.each<[string, readonly Evidence[], RegExp]>([
    [
      'a probe that is ill',
      [look('well'), { ...probe, text: 'unhealthy: answered 500', data: null }],
      /^does not look healthy: .*health is unhealthy: answered 500/,
    ],
    ['a look that finds a fault', [look('fault'), probe], /^does not look healthy/],
    ['a look that finds something else', [look('other'), probe], /^does not look healthy/],
    [
      'an alert that fires',
      [probe, evidenceItem({ kind: 'alert', text: 'alert Slow is firing\nsince …' })],
      /^does not look healthy: Slow is firing/,
    ],
    [
      'errors in a log',
      [probe, { ...log, text: 'x.log\nERROR one\nfine' }],
      /^shows no clear sign of health: .*errors in 1 line of the log/,
    ],
    ['a log in which nothing is', [{ ...log, text: 'x.log is empty' }], /nothing new in the log/],
    [
      'no errors that were there as long as anybody knows',
      [log, { ...log, text: 'compared\nERROR one', supportsNothing: 'it was there before' }],
      /no errors in the logs/,
    ],
    [
      'what could not be read, which is never health',
      [{ ...log, source: 'logs', status: 'failed' }],
      /^shows no clear sign of health: logs could not be read$/,
    ],
    [
      'what is wrong before what is well',
      [look('well'), probe, { ...probe, text: 'unhealthy: answered 500', data: null }],
      /^does not look healthy: health is unhealthy: answered 500; web-1: active/,
    ],
    [
      'what several looks at a host say, each in its first clause',
      [
        look('well', 'kernel on web-1: /srv is 31 % used, 41 GB free of 60 GB'),
        look('well', 'systemd on web-1: shop.service: active (running)'),
        probe,
      ],
      /^looks healthy: web-1: \/srv is 31 % used, shop\.service: active \(running\); health answered 200 in 3 ms$/,
    ],
    [
      'nothing of a look that was read and can be compared with nothing',
      [look('unknown', 'kernel on web-1: it uses 80 MB of memory', true), probe],
      /^looks healthy: health answered 200 in 3 ms$/,
    ],
    [
      'a process without its id and how long it has been up',
      [look('well', 'supervisor on web-1: shop: RUNNING (pid 7, uptime 0:01:20), running')],
      /^looks healthy: web-1: shop: RUNNING$/,
    ],
  ])('names %s', (_, evidence, words) => {
    expect(evidenceSummary(evidence, T0)).toMatch(words);
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
      reason: saying(/^looks healthy: health answered 200 in 3 ms; no errors in the log$/),
    });
  });
});
