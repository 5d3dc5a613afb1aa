import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuietHours } from '../../../src/config/settings.ts';
import {
  cardLevel,
  inQuietHours,
  notificationLevel,
  openingSeverity,
} from '../../../src/incident/alerts/notification-level.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../src/incident/model/timeline.ts';
import type { Risk } from '../../../src/playbooks/manifest.ts';
import { happening } from '../../kit/slack-sink/arbitrary.ts';
import {
  alert,
  incidentIn,
  OPENED,
  plan,
  timelineOf,
  untilWindow,
  verdict,
} from '../../kit/slack-sink/example.ts';

const { milestones } = incidentIn({ at: 'investigating', doing: 'collecting' });
const attempt = {
  id: 'A1',
  plan: plan.id,
  targets: plan.targets,
  planDigest: plan.digest,
  startedAt: OPENED,
  endedAt: null,
  tasks: [],
  result: null,
};

/** How loudly an end is told after a fix of a tier, or of several, where it was decided anew. */
function ending(how: 'healed' | 'recovered' | 'answered', ...tiers: readonly Risk[]): string {
  const closed: TimelineEvent = { kind: 'closed', how, reason: 'good for 5 s', milestones };
  const decided = tiers.map((tier): TimelineEvent => {
    const decision = { ...verdict, tier: { declared: tier, effective: tier, raisedBy: [] } };
    return { kind: 'planned', plan, verdict: decision };
  });
  const record = timelineOf(
    ...decided,
    { kind: 'started', plan: plan.id, attempt: { ...attempt, purpose: 'fix' } },
    closed,
  );
  return notificationLevel(closed, record);
}

describe('the channel hears', () => {
  test('of a call for a person, and of an approval that nobody has decided', () => {
    expect(notificationLevel({ kind: 'escalated', reason: 'nobody knows' }, [])).toBe('call');
    expect(notificationLevel({ kind: 'reminded', plan: 'P1', deadline: OPENED, missing: 1 }, [])).toBe(
      'call',
    );
  });

  test('that a fix of medium or high tier healed it, and nothing of one of low tier', () => {
    expect(ending('healed', 'low')).toBe('quiet');
    expect(ending('healed', 'medium')).toBe('announce');
    expect(ending('healed', 'high')).toBe('announce');
  });

  test('of a fix by the tier that it was decided on last', () => {
    expect(ending('healed', 'low', 'high')).toBe('announce');
    expect(ending('healed', 'high', 'low')).toBe('quiet');
  });

  test('nothing of what recovered by itself, or was only asked', () => {
    expect(ending('recovered', 'high')).toBe('quiet');
    expect(ending('answered', 'high')).toBe('quiet');
  });

  test('nothing of all else: the thread tells it', () => {
    fc.assert(
      fc.property(happening, (one) => {
        const loud = ['escalated', 'reminded', 'approval-asked', 'closed'].includes(one.kind);
        expect(loud || notificationLevel(one, timelineOf(...untilWindow, one)) === 'quiet').toBe(true);
      }),
    );
  });
});

test('an approval calls those who may give it in the thread', () => {
  const asked = { kind: 'approval-asked', plan: 'P1', deadline: OPENED, needed: 1 } as const;
  expect(notificationLevel(asked, [])).toBe('ask');
});

describe('in quiet hours', () => {
  const night: QuietHours = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' };
  const at = (iso: string) => inQuietHours(night, Date.parse(iso));
  const linked = (severity: Incident['severity'], hours: QuietHours | null, opened: number) =>
    cardLevel(
      incidentIn(
        { at: 'investigating', doing: 'collecting' },
        { severity, alerts: {}, milestones: { ...milestones, opened } },
      ),
      hours,
    );

  test('which may pass midnight and are those of a time zone, the first minute counts and the last does not', () => {
    expect(at('2026-01-10T20:59:59Z')).toBe(false);
    expect(at('2026-01-10T21:00:00Z')).toBe(true);
    expect(at('2026-01-11T05:59:59Z')).toBe(true);
    expect(at('2026-01-11T06:00:00Z')).toBe(false);
    // In summer the clocks are an hour further.
    expect(at('2026-07-10T20:00:00Z')).toBe(true);
    expect(at('2026-07-11T05:00:00Z')).toBe(false);
  });

  test('which lie within a day, noon may be quiet and midnight not', () => {
    const noon = { from: '12:00', to: '13:30', timezone: 'UTC' };
    expect(inQuietHours(noon, Date.parse('2026-01-10T13:29:00Z'))).toBe(true);
    expect(inQuietHours(noon, Date.parse('2026-01-10T00:00:00Z'))).toBe(false);
    expect(inQuietHours({ ...noon, to: '12:00' }, Date.parse('2026-01-10T12:00:00Z'))).toBe(false);
    expect(inQuietHours(null, Date.parse('2026-01-10T12:30:00Z'))).toBe(false);
  });

  test('a card in another’s thread stays there, unless it is critical', () => {
    const asleep = Date.parse('2026-01-10T23:00:00Z');
    const awake = Date.parse('2026-01-10T12:00:00Z');
    expect(linked('warning', night, asleep)).toBe('quiet');
    expect(linked('critical', night, asleep)).toBe('announce');
    expect(linked('warning', night, awake)).toBe('announce');
    expect(linked('warning', null, asleep)).toBe('announce');
  });
});

test('an incident is as severe for its route as it was when it opened, whatever joins it', () => {
  const attached = (fingerprint: string, severity: Incident['severity'], heardAt: number) => ({
    alert: { ...alert, fingerprint, severity },
    heardAt,
    beganAt: heardAt,
    changedAt: heardAt,
    fires: 1,
  });
  const joined = incidentIn(
    { at: 'investigating', doing: 'collecting' },
    {
      severity: 'critical',
      alerts: { a: attached('a', 'info', OPENED), b: attached('b', 'critical', OPENED + 5000) },
    },
  );
  expect(openingSeverity(joined)).toBe('info');
  expect(openingSeverity({ ...joined, alerts: {} })).toBe('critical');
});
