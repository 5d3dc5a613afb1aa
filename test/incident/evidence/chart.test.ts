import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import { step } from '../../../src/incident/step.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { alert, evidenceItem, given, shop, T0, telling } from '../../kit/incident/fixtures.ts';
import { sees, WELL } from '../../kit/incident/walk.ts';
import { chart } from '../../kit/slack-sink/charts.ts';

const metric = evidenceItem({
  id: 'E3',
  kind: 'metric',
  title: 'Metric of Small',
  source: 'prometheus',
  witness: 'shop/web-1:80',
  window: { from: T0 - 7_200_000, to: T0 },
  data: {
    type: 'series',
    threshold: '> 5',
    unit: 'number',
    series: [
      { labels: {}, points: Array.from({ length: 240 }, (_, index) => [T0 - 30_000 * (240 - index), index]) },
    ],
  },
});

/** What became of an incident about an alert of this name, event by event; the last step. */
function played(name: string, events: readonly IncidentEvent[], circumstances: Partial<StepContext> = {}) {
  let incident: Incident | null = null;
  let last: Extract<ReturnType<typeof step>, { kind: 'next' }> | null = null;
  const opening: IncidentEvent = { type: 'alerts', subject: shop, alerts: [alert(name)] };
  for (const event of [opening, ...events]) {
    const next = step(incident, event, given(circumstances));
    if (next.kind === 'refused') throw new Error(`${event.type}: ${plainly(next.reason)}`);
    incident = next.incident;
    last = next;
  }
  if (last === null) throw new Error('nothing happened');
  return {
    incident: last.incident,
    told: last.entries.map(({ happening }) => happening),
    asks: last.owed.map(({ effect }) => effect.kind),
  };
}

const collected = (evidence: readonly Evidence[]): IncidentEvent => ({
  type: 'evidence-collected',
  round: 1,
  evidence,
});
const resolved: IncidentEvent = {
  type: 'alerts',
  subject: shop,
  alerts: [alert('Small', { status: 'resolved', endsAt: T0 + 1000 })],
};
const well: IncidentEvent = { type: 'rechecked', readings: sees([{ look: 'well' }], WELL, T0) };
const kinds = (told: readonly { readonly kind: string }[]) => told.map(({ kind }) => kind);

describe('a picture of the alert’s metric', () => {
  it('is told right after the diagnosis, in the same step', () => {
    const { told } = played('Small', [collected([...telling('Small'), metric])]);
    expect(kinds(told).slice(0, 3)).toEqual(['evidence', 'diagnosed', 'charted']);
    expect(told[2]).toMatchObject({
      moment: 'diagnosis',
      chart: { title: 'Small', marks: [{ what: 'alert' }] },
    });
  });

  it('is told where nobody knows the cause, before a person is called', () => {
    const { told } = played('Small', [collected([metric])]);
    expect(kinds(told)).toEqual(['evidence', 'charted', 'escalated']);
  });

  it('is told once, when the model has spoken or failed, where it was asked first', () => {
    const waiting = played('Small', [collected([metric])], { model: true });
    expect(kinds(waiting.told)).not.toContain('charted');
    const answer = { kind: 'failed', failure: 'unreachable', reason: 'it is away', model: 'm' } as const;
    const failed: IncidentEvent = { type: 'model-answered', round: 1, answer, evidence: [metric] };
    const { told } = played('Small', [collected([metric]), failed], { model: true });
    expect(kinds(told)).toEqual(['model-failed', 'charted', 'escalated']);
  });

  it('is not told where there is nothing to draw', () => {
    expect(kinds(played('Small', [collected(telling('Small'))]).told)).not.toContain('charted');
  });

  it('is asked for again once all is well, and only where a metric was found', () => {
    const unknown = collected([metric]);
    expect(played('Small', [unknown, resolved, well]).asks).toEqual(['chart']);
    expect(played('Small', [collected([evidenceItem({})]), resolved, well]).asks).toEqual([]);
  });

  it('is told after the end as well, and changes nothing else', () => {
    const closed = played('Small', [collected([metric]), resolved, well]);
    const drawn: IncidentEvent = { type: 'charted', chart };
    const { incident, told, asks } = played('Small', [collected([metric]), resolved, well, drawn]);
    expect(told).toEqual([{ kind: 'charted', moment: 'recovery', chart }]);
    expect([incident.phase, asks]).toEqual([closed.incident.phase, []]);
    expect(step(incident, { type: 'charted', chart: null }, given())).toEqual({
      kind: 'refused',
      reason: 'there is nothing to draw',
    });
  });
});
