import { describe, expect, it } from 'vitest';
import { type ShowParts, show } from '../../src/engine/showing/show.ts';
import type { IncidentEvent } from '../../src/incident/model/event.ts';
import { NotShown, type Sink } from '../../src/notify/sink.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { settings, T0 } from '../kit/incident/fixtures.ts';
import { calling } from '../notify/fixtures.ts';

/** One incident at version 5, of which a pager is owed version 3 and Slack every one. */
function showing(bring: Sink['bring']) {
  const { incident } = calling('pagerduty');
  const dispatched: IncidentEvent[] = [];
  const shown: unknown[] = [];
  const parts = {
    engine: { dispatch: async (_: string, event: IncidentEvent) => dispatched.push(event) },
    store: {
      load: async () => ({ ...incident, version: 5 }),
      timeline: async () => [],
      heartbeat: async () => ({ now: T0, reachableSince: 0 }),
      paused: async () => 'UBOB',
      pendingNotifications: async (sink?: string) =>
        sink === 'pagerduty' ? { [incident.id]: 3 } : { [incident.id]: 5 },
      markNotified: async (...told: unknown[]) => shown.push(told.slice(1)),
    },
    sinks: new Map(['slack', 'pagerduty'].map((name) => [name, { name, bring }])),
    jobQueue: {},
    mutex: {
      async withLock(_: string, work: (held: () => boolean) => Promise<void>) {
        await work(() => true);
        return true;
      },
    },
    settings: settings(),
    redact: (text: string) => text.replaceAll('web-1', '[redacted]'),
    metrics: createMetrics(),
    log: createLogger({ level: 'silent', redact: (text) => text }),
  } as unknown as ShowParts;
  return {
    dispatched,
    shown,
    at: (sink: string, version: number | null) => show(parts, { sink, incident: incident.id, version }),
  };
}

describe('a sink that does not take what it is told', () => {
  const refusing = showing(() => Promise.reject(new NotShown('it is down', 30_000)));

  it('is tried again when it asks for that, by the delivery of the newest version that it is owed', async () => {
    expect(await refusing.at('slack', 5)).toBe(30_000);
    expect(await refusing.at('slack', 4)).toBeNull();
    expect(await refusing.at('pagerduty', 3)).toBe(30_000);
    expect(await refusing.at('pagerduty', 2)).toBeNull();
    expect(refusing.shown).toEqual([]);
  });

  it('that is not configured any more is owed it for as long as that lasts', async () => {
    expect(await refusing.at('opsgenie', 3)).toBeNull();
    expect(refusing.shown).toEqual([]);
  });
});

describe('a sink that takes it', () => {
  it('is told who has paused Medic, whether or not anything of the incident has changed', async () => {
    let told: string | null = null;
    const taking = showing(async ({ pausedBy }) => {
      told = pausedBy;
      return { confirmed: [], refreshAt: null };
    });
    await taking.at('slack', 5);
    expect(told).toBe('UBOB');
  });

  it('is told nothing secret, and the incident learns what it confirmed before nothing is owed any more', async () => {
    let told = '';
    const taking = showing(async ({ incident }) => {
      told = JSON.stringify(incident);
      return { confirmed: [{ type: 'sink-told', sink: 'pagerduty', call: 1 }], refreshAt: null };
    });
    expect(await taking.at('pagerduty', 3)).toBeNull();
    expect(taking.dispatched).toEqual([{ type: 'sink-told', sink: 'pagerduty', call: 1 }]);
    expect(taking.shown).toEqual([[5, 'pagerduty']]);
    expect([told.includes('[redacted]:80'), told.includes('web-1')]).toEqual([true, false]);
  });
});
