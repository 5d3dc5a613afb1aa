import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readWebhook } from '../../src/alerts/alertmanager.ts';
import { registered, subjectOf } from '../../src/alerts/subject.ts';
import { alert, settings } from '../kit/incident/fixtures.ts';

interface Body {
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const captured = (name: string) =>
  JSON.parse(readFileSync(new URL(`../kit/payloads/${name}.json`, import.meta.url), 'utf8')) as Body;

/** A captured body whose first alert is changed, and any further alerts. */
const changed = (changes: object, ...others: readonly unknown[]) => {
  const body = captured('firing');
  return { ...body, alerts: [{ ...body.alerts[0], ...changes }, ...others] };
};

function alertsOf(body: unknown) {
  const read = readWebhook(body);
  if (read.kind === 'malformed') throw new Error(read.problems.join('\n'));
  return read.alerts;
}

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
    const labels = { ...captured('firing').alerts[0]?.labels, severity: label };
    expect(alertsOf(changed({ labels }))[0]?.severity).toBe(severity);
  });

  it('of Grafana has no Alertmanager at which it could be silenced', () => {
    const managers = (body: object) => alertsOf(body).map((alert) => alert.manager);
    expect(managers(captured('firing'))).toEqual(['http://monitoring.example:9193']);
    expect(managers(captured('grafana-contact-point'))).toEqual([undefined]);
    expect(managers(changed({ silenceURL: 'https://grafana.example.com/alerting/silence/new' }))).toEqual([
      undefined,
    ]);
  });

  it('with words for a severity that nobody knows says which, unless settings say what they mean', () => {
    const body = changed({ labels: { severity: 'Weird One' } }, changed({}).alerts[0]);
    expect(readWebhook(body)).toMatchObject({ unknownSeverities: ['weirdone'] });
    const severities = { 'weird-one': 'critical' } as const;
    expect(readWebhook(body, { severities })).toMatchObject({
      unknownSeverities: [],
      alerts: [{ severity: 'critical' }, {}],
    });
  });

  it('keeps no link that is not to a web page', () => {
    const [alert] = alertsOf(changed({ generatorURL: 'javascript:alert(1)' }));
    expect(alert).toMatchObject({ link: null, expression: null });
  });

  it('is heard although one of its alerts cannot be read, and says which and why', () => {
    const [good] = captured('firing').alerts;
    const bad = { ...good, startsAt: 'yesterday', labels: 3 };
    const read = readWebhook(changed({}, bad, { ...good, fingerprint: 'another' }, null));
    expect(read).toMatchObject({ kind: 'alerts', unreadable: 2, alerts: [{}, { fingerprint: 'another' }] });
    expect(read.problems.map((problem) => problem.split(':')[0])).toEqual([
      'alerts.1.labels',
      'alerts.1.startsAt',
      'alerts.3',
    ]);
  });

  it('is malformed when nothing in it can be read', () => {
    expect(readWebhook(changed({ startsAt: 'yesterday' }))).toEqual({
      kind: 'malformed',
      truncated: 0,
      unreadable: 1,
      problems: [expect.stringMatching(/^alerts\.0\.startsAt: is "yesterday"/)],
    });
    for (const body of [null, [], { alerts: { 0: {} } }, { ...captured('firing'), alerts: [] }])
      expect(readWebhook(body)).toMatchObject({ kind: 'malformed', problems: [expect.any(String)] });
  });

  it('brings texts of bounded length and number, however long they were', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`label_${index}`, 'x']));
    const [alert] = alertsOf(changed({ labels: many, annotations: { summary: 'y'.repeat(1_000_000) } }));
    expect(JSON.stringify(alert?.labels).length).toBeLessThan(30_000);
    expect(alert?.omitted).toBe(5_000 - Object.keys(alert?.labels ?? {}).length);
    expect(alert?.annotations.summary).toHaveLength(4_000);
  });

  it('brings no half of a character, which the memory would refuse', () => {
    const texts = {
      alertname: 'half \ud800',
      service: '\udc00',
      'k\ud800': 'v',
      long: `${'y'.repeat(3_998)}😀😀`,
    };
    const [alert] = alertsOf(
      changed({
        fingerprint: 'f\ud800',
        labels: texts,
        annotations: texts,
        generatorURL: 'http://prometheus/\ud800',
      }),
    );
    expect(alert).toMatchObject({ fingerprint: 'f\ufffd', name: 'half \ufffd', link: null });
    expect(alert?.labels).toMatchObject({ service: '\ufffd', 'k\ufffd': 'v' });
    expect(JSON.stringify(alert)).not.toMatch(/\\ud[89a-f]/i);
  });

  it('takes no label for a severity that every object has', () => {
    expect(alertsOf(changed({ labels: { severity: 'constructor' } }))[0]?.severity).toBe('warning');
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
    [{ service: '', environment: '', instance: 'db:9100' }, 'target', 'db:9100', 'production'],
  ])('labels %j name the %s %s in %s', (labels, kind, name, environment) => {
    expect(about(labels)).toEqual({ kind, name, environment });
  });

  it('is not the registered service of another environment, nor anything that every object has', () => {
    expect(registered(about({ service: 'shop' }), known)).not.toBeNull();
    expect(registered(about({ service: 'shop', env: 'staging' }), known)).toBeNull();
    expect(registered(about({ service: 'constructor' }), known)).toBeNull();
  });
});
