import { expect, test } from 'vitest';
import type { Subject } from '../../src/alerts/alert.ts';
import { channelOf } from '../../src/app/channel.ts';
import { Settings } from '../../src/config/settings.ts';

const settings = Settings.parse({
  services: { shop: { channel: 'C0SHOP' }, attic: {}, till: { channel: 'C0TILL', environment: 'test' } },
  routes: [
    { service: 'shop', severity: 'critical', channel: 'C0SIREN' },
    { environment: 'test', channel: 'C0TEST' },
    { severity: 'info', channel: 'C0QUIET' },
  ],
});
const service = (name: string, environment = 'production'): Subject => ({
  kind: 'service',
  name,
  environment,
});

test('the first route that fits names the channel, then the service, then the channel for all', () => {
  const channel = (subject: Subject, severity: 'critical' | 'warning' | 'info') =>
    channelOf(subject, severity, settings, 'C0ALL');
  expect(channel(service('shop'), 'critical')).toBe('C0SIREN');
  expect(channel(service('shop'), 'warning')).toBe('C0SHOP');
  expect(channel(service('shop'), 'info')).toBe('C0QUIET');
  expect(channel(service('attic'), 'critical')).toBe('C0ALL');
  expect(channel(service('till', 'test'), 'critical')).toBe('C0TEST');
  expect(channel({ kind: 'storm', name: 'shop', environment: 'production' }, 'critical')).toBe('C0ALL');
});

test('quiet hours need a time zone that exists', () => {
  const hours = { from: '22:00', to: '07:00' };
  expect(Settings.safeParse({ quiet_hours: { ...hours, timezone: 'Europe/Berlin' } }).success).toBe(true);
  expect(Settings.safeParse({ quiet_hours: { ...hours, timezone: 'Europe/Nowhere' } }).success).toBe(false);
});
