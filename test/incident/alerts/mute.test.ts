import { describe, expect, it } from 'vitest';
import type { Silence } from '../../../src/silence/silence.ts';
import { alert, bob, evidenceItem, shop, T0 } from '../../kit/incident/fixtures.ts';
import {
  diagnosed,
  opened,
  prepared,
  rechecked,
  reproved,
  resolved,
  starting,
  type Walk,
} from '../../kit/incident/walk.ts';

function silence(until: number, changes: Partial<Silence> = {}): Silence {
  const who = {
    source: 'slack',
    by: bob.id,
    reason: 'a deploy',
    service: 'shop',
    environment: null,
  } as const;
  return { id: 's-1', ...who, from: T0 - 1, until, matchers: [], ...changes };
}

const SILENCES = { silences: [silence(T0 + 100_000)] };
/** What ends a mute: its timer, when the silence is over. */
function ring(walked: Walk, later: number, silences: readonly Silence[] = SILENCES.silences): Walk {
  const { until } = walked.phase('muted');
  return walked.feed({ type: 'timer', name: 'unmute', serves: String(until) }, later, { silences });
}

describe('a silence', () => {
  it.each(['Small', 'Middling', 'Grave'])(
    'lets an incident be diagnosed, and nothing be done about it (%s)',
    (name) => {
      const walked = diagnosed(name, SILENCES);
      expect(walked.phase('muted')).toMatchObject({ until: T0 + 100_000 });
      expect(walked.incident.diagnosis?.conclusion.kind).toBe('cause');
      expect(walked.told.map(({ kind }) => kind)).toContain('planned');
      expect(
        walked.effects.filter(({ kind }) => ['reprove', 'claim', 'dry-run', 'execute'].includes(kind)),
      ).toEqual([]);
    },
  );

  it('keeps people from being called where no cause is found', () => {
    const walked = opened('Small', SILENCES);
    walked.feed({ type: 'evidence-collected', round: 1, evidence: [evidenceItem({})] });
    expect(walked.phase('muted').decided).toBeNull();
    expect(walked.told.map(({ kind }) => kind)).not.toContain('escalated');
  });

  it('that comes between the decision and the claim holds it back as well', () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    walked.feed({ type: 'claimed', plan }, 0, SILENCES);
    expect(walked.phase('muted').decided?.plan.id).toBe(plan);
  });

  it('does not hold back what a person asks for', () => {
    const walked = diagnosed('Small', SILENCES);
    walked.feed({ type: 'heal-requested', subject: shop, by: bob, playbook: 'ease', parameters: {} });
    walked.feed(prepared(walked));
    walked.feed(reproved(walked));
    const plan = walked.phase('starting').decided.plan.id;
    expect(walked.feed({ type: 'claimed', plan }).phase('executing').decided.plan.id).toBe(plan);
  });

  it('ends with one look at what still fires', () => {
    const walked = diagnosed('Small', SILENCES);
    ring(walked, 100_000);
    expect(walked.phase('investigating').doing).toBe('collecting');
    expect(walked.incident.round).toBe(2);
    expect(walked.told.filter(({ kind }) => kind === 'unmuted')).toHaveLength(1);
  });

  it('that was made longer holds on, and one that was lifted early ends early', () => {
    const walked = diagnosed('Small', SILENCES);
    ring(walked, 100_000, [silence(T0 + 500_000)]);
    expect(walked.phase('muted').until).toBe(T0 + 500_000);
    expect(ring(walked, 30_000, []).phase('investigating').doing).toBe('collecting');
    expect(walked.told.filter(({ kind }) => kind === 'muted')).toHaveLength(1);
  });

  it('is of no consequence when the alert resolves in the meantime', () => {
    const walked = diagnosed('Small', SILENCES);
    expect(rechecked(resolved(walked)).phase('closed').how).toBe('recovered');
  });

  it('that covers one alert only is over as soon as another one joins', () => {
    const matchers = [{ name: 'alertname', value: 'Small', isRegex: false, isEqual: true }];
    const silences = [silence(T0 + 100_000, { service: null, matchers })];
    const walked = diagnosed('Small', { silences });
    expect(walked.phase('muted').until).toBe(T0 + 100_000);
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Grave')] });
    expect(walked.phase('investigating').doing).toBe('collecting');
  });
});
