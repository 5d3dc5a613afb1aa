import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';
import { maintenanceAt } from '../../src/silence/maintenance.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string) => Date.parse(text);
const withWindows = (...maintenance: object[]): Settings =>
  Settings.parse({
    services: { shop: {}, store: { environment: 'staging' } },
    maintenance: maintenance.map((window, index) => ({ name: `window ${index}`, ...window })),
  });
const nightly = { cron: '30 2 * * *', duration: '45m', timezone: 'Europe/Berlin' };

describe('a maintenance window', () => {
  it('is open from its start to its end, which is not part of it', () => {
    const once = withWindows({ from: '2026-12-01T22:00:00+01:00', to: '2026-12-01T23:00:00Z' });
    const open = (time: string) => maintenanceAt(once, at(time)).length > 0;
    expect(open('2026-12-01T20:59:59.999Z')).toBe(false);
    expect(open('2026-12-01T21:00:00Z')).toBe(true);
    expect(open('2026-12-01T22:59:59.999Z')).toBe(true);
    expect(open('2026-12-01T23:00:00Z')).toBe(false);
  });

  it('that recurs is open for its duration from every time that cron names, in its time zone', () => {
    const weekly = withWindows({ cron: '0 2 * * 0', duration: '2h', timezone: 'America/New_York' });
    expect(maintenanceAt(weekly, at('2026-11-22T06:59:59.999Z'))).toEqual([]);
    expect(maintenanceAt(weekly, at('2026-11-22T07:00:00Z'))).toMatchObject([
      { from: at('2026-11-22T07:00:00Z'), until: at('2026-11-22T09:00:00Z') },
    ]);
    expect(maintenanceAt(weekly, at('2026-11-22T08:59:59.999Z'))).toHaveLength(1);
    expect(maintenanceAt(weekly, at('2026-11-22T09:00:00Z'))).toEqual([]);
    const inUtc = withWindows({ cron: '0 2 * * 0', duration: '2h' });
    expect(maintenanceAt(inUtc, at('2026-11-22T02:00:00Z'))).toHaveLength(1);
  });

  it('is a silence of each service that it names, where that is registered', () => {
    const patching = { name: 'patching', reason: 'new kernel', services: ['shop', 'store'] };
    const times = { from: '2026-12-01T22:00:00Z', to: '2026-12-01T23:00:00Z' };
    const common = { id: 'maintenance:patching', source: 'maintenance', by: 'patching', matchers: [] };
    expect(maintenanceAt(withWindows({ ...patching, ...times }), at('2026-12-01T22:30:00Z'))).toMatchObject([
      { ...common, reason: 'new kernel', service: 'shop', environment: 'production' },
      { ...common, reason: 'new kernel', service: 'store', environment: 'staging' },
    ]);
    const everywhere = maintenanceAt(withWindows(times), at('2026-12-01T22:30:00Z'));
    expect(everywhere).toMatchObject([{ service: null, environment: null }]);
    const staging = maintenanceAt(
      withWindows({ ...times, environment: 'staging' }),
      at('2026-12-01T22:30:00Z'),
    );
    expect(staging).toMatchObject([{ service: null, environment: 'staging' }]);
  });

  it.each([
    // Berlin's clocks leave out 02:00 to 03:00 on 29 March, and show it twice on 25 October.
    ['2026-03-28', 'Europe/Berlin', ['03-28T01:30', '03-29T01:00', '03-30T00:30']],
    ['2026-10-24', 'Europe/Berlin', ['10-24T00:30', '10-25T00:30', '10-26T01:30']],
    // Those of Lord Howe Island are changed by half an hour.
    ['2026-10-02', 'Australia/Lord_Howe', ['10-02T16:00', '10-03T15:30', '10-04T15:30']],
  ])('from %s in %s opens once a day, however the clocks are changed', (day, timezone, expected) => {
    const settings = withWindows({ ...nightly, timezone });
    const minutes = Array.from(
      { length: 3 * 24 * 60 },
      (_, index) => at(`${day}T00:00:00Z`) + index * MINUTE,
    );
    const open = minutes.flatMap((now) => maintenanceAt(settings, now).map(({ from }) => from));
    const starts = [...new Set(open)];
    expect(starts.map((start) => new Date(start).toISOString().slice(5, 16))).toEqual(expected);
    expect(open).toHaveLength(3 * 45);
  });
});

describe('at any time', () => {
  const crons = fc.constantFrom(
    '0 2 * * 0',
    '30 2 * * *',
    '*/20 * * * *',
    '15 0 1 * *',
    '0 22 * * 1-5',
    '0 0 L * *',
  );
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const times = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') });
  const recurring = fc.record({
    cron: crons,
    timezone: zones,
    duration: fc.constantFrom('5m', '90m', '30h'),
  });

  it('a window is open within its times and at no other', () => {
    fc.assert(
      fc.property(recurring, times, (window, now) => {
        const settings = withWindows(window);
        for (const { from, until } of maintenanceAt(settings, now)) {
          expect(from).toBeLessThanOrEqual(now);
          expect(until).toBeGreaterThan(now);
          expect(maintenanceAt(settings, from)).toMatchObject([{ from, until }]);
          // It may have begun again by then, but it is not the same one.
          for (const later of maintenanceAt(settings, until)) expect(later.from).toBeGreaterThan(from);
          for (const earlier of maintenanceAt(settings, from - 1)) expect(earlier.from).toBeLessThan(from);
        }
      }),
    );
  });

  it('what is open does not depend on what was asked before', () => {
    fc.assert(
      fc.property(recurring, fc.array(times, { maxLength: 8 }), times, (window, before, now) => {
        const settings = withWindows(window);
        const near = [now - HOUR, now - 10 * MINUTE, now + 20 * MINUTE];
        for (const time of [...before, ...near]) maintenanceAt(settings, time);
        expect(maintenanceAt(settings, now)).toEqual(maintenanceAt(withWindows(window), now));
      }),
    );
  });

  it('a one-off window is open exactly from its start to its end', () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 72 }), times, (start, hours, now) => {
        const from = Math.floor(start / 1000) * 1000;
        const to = from + hours * HOUR;
        const iso = (time: number) => new Date(time).toISOString();
        const settings = withWindows({ from: iso(from), to: iso(to) });
        for (const time of [now, from - 1, from, to - 1, to])
          expect(maintenanceAt(settings, time).length).toBe(from <= time && time < to ? 1 : 0);
      }),
    );
  });
});
