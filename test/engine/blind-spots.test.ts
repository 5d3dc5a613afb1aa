import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';
import { blindSpots } from '../../src/engine/health/blind-spots.ts';

const SEEN = { prometheus: 1, alertmanager: 0 };
const spots = (services: object, servers = SEEN) => blindSpots(Settings.parse({ services }), servers);
const health = [{ name: 'health', url: 'http://shop.example.com/healthz' }];

describe('what cannot be seen', () => {
  it('is nothing of a service that can be looked at where it runs, or has a health check', () => {
    for (const one of [{ hosts: ['web-1'] }, { group: 'web' }, { health }])
      expect(spots({ shop: one })).toEqual([]);
  });

  it('is a service with neither, by its name, with what Medic will do without', () => {
    expect(spots({ shop: {}, catalog: { hosts: ['app-1'] } })).toEqual([
      'shop has neither hosts nor a health check in medic.yml: Medic cannot look there, so it asks before every fix, and recovery is told by the alert alone.',
    ]);
  });

  it('is told in one sentence, however many they are', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s${index}`, {}]));
    expect(spots(many)).toEqual([expect.stringMatching(/^s0, s1, s2, s3, s4 and 4 more have neither/)]);
  });

  it('is whether an alert still fires, where no server of alerts is known', () => {
    const none = { prometheus: 0, alertmanager: 0 };
    expect(spots({ shop: { hosts: ['web-1'] } }, none)).toEqual([
      expect.stringContaining('cannot see whether an alert still fires'),
    ]);
    expect(spots({ shop: { hosts: ['web-1'] } }, { ...none, alertmanager: 1 })).toEqual([]);
  });
});
