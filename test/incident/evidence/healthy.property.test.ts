import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/alerts/alert.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Effect } from '../../../src/incident/model/effect.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import { step } from '../../../src/incident/step.ts';
import { alert, evidenceItem, given, shop, T0, telling } from '../../kit/incident/fixtures.ts';
import { sees, shown, type View } from '../../kit/incident/walk.ts';

const NAMES = ['Small', 'Probed', 'Middling', 'Choosy', 'Grave', 'Unheard'];
const LINES = [
  'something broke badly',
  'web-1 was looked at: fault',
  'alert Small is firing',
  'no',
  'EXITED',
];

/** Labels that mean something to Medic or to a playbook, and any other. */
const LABELS = [
  'service',
  'job',
  'instance',
  'environment',
  'severity',
  'mountpoint',
  'hosts',
  'release',
  'look',
];
const word = fc.oneof(fc.constantFrom(...LINES, 'shop', 'web-1', 'production', 'fault', 'ease'), fc.string());
const labels = fc.dictionary(fc.oneof(fc.constantFrom(...LABELS), fc.string({ minLength: 1 })), word, {
  maxKeys: 5,
});

/** Whatever a sender and a service may write: alerts of any name, text and labels, and log lines of any number of instruments. */
const noise = fc.record({
  alerts: fc.array(
    fc.record({ name: fc.constantFrom(...NAMES), text: word, more: labels }).map(({ name, text, more }) =>
      alert(name, {
        annotations: { summary: text, ...more },
        labels: { ...more, alertname: name, service: 'shop', note: text },
      }),
    ),
    { maxLength: 4 },
  ),
  lines: fc.array(
    fc.record({
      kind: fc.constantFrom('log' as const, 'metric' as const, 'state' as const, 'probe' as const),
      witness: fc.constantFrom('log/shop', 'log/other', 'metric/shop', 'sender/alertmanager'),
      text: fc.oneof(fc.constantFrom(...LINES), fc.string()),
    }),
    { maxLength: 6 },
  ),
  playbook: fc.constantFrom('ease', 'soothe', 'mend', 'undo', 'none'),
});
type Noise = typeof noise extends fc.Arbitrary<infer N> ? N : never;

/** What is found: what was written, and Medic's own look, which says that all is well. */
function found(alerts: readonly Alert[], { lines }: Noise, look: View['look'], now: number): Evidence[] {
  const said = alerts.map((one, index) =>
    evidenceItem({
      id: `A${index}`,
      kind: 'alert',
      witness: 'scrape/shop',
      also: ['exporter/shop'],
      text: `alert ${one.name} is firing\n${one.annotations.summary}`,
      data: { type: 'alert', reads: ['up'] },
      observedAt: now,
    }),
  );
  const written = lines.map((line, index) => evidenceItem({ ...line, id: `L${index}`, observedAt: now }));
  const looks = telling('Small', now).flatMap((item) =>
    item.data?.type === 'look'
      ? [
          {
            ...item,
            status: look === 'unknown' ? ('failed' as const) : ('ok' as const),
            data: { ...item.data, reading: { ...item.data.reading, verdict: look } },
          },
        ]
      : [],
  );
  return [...said, ...written, ...looks];
}

/** A model that is sure of one playbook, and quotes everything. */
function sure(evidence: readonly Evidence[], playbook: string, round: number): IncidentEvent {
  const claims = evidence.map(({ id, text }) => ({
    text: 'so it is',
    citations: [{ evidence: id, quote: text }],
  }));
  const hypothesis = { cause: 'c', claims, against: [], playbook, parameters: {}, selfConfidence: null };
  const proposal = { summary: 's', hypotheses: [hypothesis], prevention: null, lead: null };
  const answer = {
    kind: 'proposal',
    proposal,
    model: 'm',
    promptHash: 'p',
    tokens: { in: 1, out: 1 },
  } as const;
  return { type: 'model-answered', round, evidence, answer };
}

/** Everything an incident asks for while this is written about its service, answered as a service would that is well. */
function lived(all: readonly Noise[], model: boolean, look: View['look']): readonly Effect['kind'][] {
  let now = T0;
  let incident: Incident | null = null;
  let present: Noise | null = null;
  const done: Effect['kind'][] = [];
  const asked: Effect[] = [];
  const feed = (event: IncidentEvent | null) => {
    const stepped = event === null ? null : step(incident, event, given({ now, model }));
    if (stepped?.kind !== 'next') return;
    incident = stepped.incident;
    asked.push(...stepped.owed.map(({ effect }) => effect));
  };
  for (const one of all) {
    present = one;
    feed({ type: 'alerts', subject: shop, alerts: one.alerts });
    for (let turn = 0; turn < 40 && incident !== null; turn += 1) {
      const { phase }: Incident = incident;
      if (phase.at === 'waiting' && phase.deadline === null) feed(shown(incident));
      const effect = asked.shift();
      if (effect === undefined) break;
      done.push(effect.kind);
      now = effect.kind === 'timer' ? Math.max(now, effect.at) : now + 1;
      feed(answerTo(effect, incident, present, look, now));
    }
  }
  return done;
}

function answerTo(
  effect: Effect,
  incident: Incident,
  one: Noise,
  look: View['look'],
  now: number,
): IncidentEvent | null {
  const alerts = Object.values(incident.alerts).map(({ alert: held }) => held);
  const evidence = found(alerts, one, look, now);
  const { round } = incident;
  const plan = currentPlan(incident)?.plan;
  // Alerts fire and health checks fail, for all that anybody says: only what Medic sees for itself is well.
  const read = (checks: Parameters<typeof sees>[0]) =>
    sees(checks, { look, firing: true, healthy: false }, now);
  switch (effect.kind) {
    case 'collect':
      return { type: 'evidence-collected', round, evidence };
    case 'ask-model':
      return sure(evidence, one.playbook, round);
    case 'timer':
      return { type: 'timer', name: effect.name, serves: effect.serves };
    case 'dry-run':
      return { type: 'dry-run-ended', plan: effect.plan, result: { kind: 'diff', diff: 'd', changes: 1 } };
    case 'reprove':
      return {
        type: 'reproved',
        plan: effect.plan,
        readings: read(plan?.preconditions ?? []),
        recovery: read(plan?.verify.checks ?? []),
        diff: { kind: 'diff', diff: 'd', changes: 1 },
        playbookHash: plan?.playbookHash ?? null,
      };
    case 'claim':
      return { type: 'claimed', plan: effect.plan };
    case 'sample':
      return { type: 'sampled', plan: effect.plan, readings: read(plan?.verify.checks ?? []) };
    default:
      return null;
  }
}

const lots = fc.array(noise, { minLength: 1, maxLength: 3 });

describe('a service that is well', () => {
  it.each(['well', 'other', 'unknown'] as const)(
    'has nothing started about it, whatever alerts and log lines are added (the look says %s)',
    (look) => {
      fc.assert(
        fc.property(lots, fc.boolean(), (all, model) => {
          const done = lived(all, model, look);
          expect(done.filter((kind) => ['claim', 'execute'].includes(kind))).toEqual([]);
        }),
        { numRuns: 300, seed: 20_260_101 },
      );
    },
  );

  it('is told from one that is not: there the same words do start something', () => {
    const small: Noise = { alerts: [alert('Small')], lines: [], playbook: 'ease' };
    expect(lived([small], false, 'fault')).toContain('execute');
  });
});
