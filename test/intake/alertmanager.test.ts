import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertsOf, Webhook } from '../../src/intake/alertmanager.ts';
import { registered, subjectOf } from '../../src/intake/subject.ts';
import { alert, settings } from '../incident/fixtures.ts';

const captured = (name: string) =>
  Webhook.parse(JSON.parse(readFileSync(new URL(`../payloads/${name}.json`, import.meta.url), 'utf8')));

describe('a webhook of Alertmanager', () => {
  it('is read with times, severity, link and the expression that fired', () => {
    expect(alertsOf(captured('firing'))).toEqual([
      expect.objectContaining({
        fingerprint: 'e85f887bee9cd48f',
        status: 'firing',
        name: 'NginxDown',
        severity: 'critical',
        startsAt: Date.UTC(2026, 10, 22, 4, 9, 34, 460),
        endsAt: null,
        expression: 'probe_success{job="blackbox",service="nginx"} == 0',
      }),
    ]);
    expect(alertsOf(captured('resolved'))[0]).toMatchObject({
      status: 'resolved',
      endsAt: Date.UTC(2026, 10, 22, 4, 9, 42, 460),
    });
  });

  it('says of each alert whether it fires, whatever its group says', () => {
    expect(alertsOf(captured('firing-and-resolved')).map(({ status }) => status)).toEqual([
      'firing',
      'resolved',
    ]);
  });

  it.each([
    ['page', 'critical'],
    ['CRITICAL', 'critical'],
    ['none', 'info'],
    ['ticket', 'warning'],
  ])('reads severity %s as %s', (label, severity) => {
    const webhook = captured('firing');
    const [first] = webhook.alerts;
    const changed = { ...webhook, alerts: [{ ...first, labels: { ...first?.labels, severity: label } }] };
    expect(alertsOf(Webhook.parse(changed))[0]?.severity).toBe(severity);
  });

  it('keeps no link that is not to a web page', () => {
    const webhook = captured('firing');
    const changed = { ...webhook, alerts: [{ ...webhook.alerts[0], generatorURL: 'javascript:alert(1)' }] };
    expect(alertsOf(Webhook.parse(changed))[0]).toMatchObject({ link: null, expression: null });
  });
});

describe('what an alert is about', () => {
  const known = settings({
    environment: 'production',
    services: {
      shop: {},
      'shop-eu': { labels: { service: 'shop', region: 'eu' } },
      cart: { environment: 'staging' },
      disk: { labels: { mountpoint: '/srv' } },
    },
  });
  const about = (labels: Record<string, string>) => subjectOf(alert('Any', { labels }), known);

  it.each<[Record<string, string>, string, string, string]>([
    [{ service: 'shop' }, 'service', 'shop', 'production'],
    [{ service: 'shop', region: 'eu' }, 'service', 'shop-eu', 'production'],
    [{ mountpoint: '/srv', instance: 'db:9100' }, 'service', 'disk', 'production'],
    [{ service: 'cart' }, 'service', 'cart', 'staging'],
    [{ service: 'shop', env: 'staging' }, 'service', 'shop', 'staging'],
    [{ service: 'unknown' }, 'service', 'unknown', 'production'],
    [{ instance: 'db:9100', host: 'db' }, 'target', 'db:9100', 'production'],
    [{ host: 'db', environment: 'lab' }, 'target', 'db', 'lab'],
    [{}, 'target', 'Any', 'production'],
  ])('labels %j name the %s %s in %s', (labels, kind, name, environment) => {
    expect(about(labels)).toEqual({ kind, name, environment });
  });

  it('is not the registered service of another environment, nor anything that every object has', () => {
    expect(registered(about({ service: 'shop' }), known)).not.toBeNull();
    expect(registered(about({ service: 'shop', env: 'staging' }), known)).toBeNull();
    expect(registered(about({ service: 'constructor' }), known)).toBeNull();
  });
});
