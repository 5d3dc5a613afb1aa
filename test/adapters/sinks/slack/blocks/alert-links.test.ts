import { expect, it } from 'vitest';
import { alertLink, namedLink, whatBreaks } from '../../../../../src/adapters/sinks/slack/blocks/alerts.ts';
import { alertOf } from '../../../../evidence/samples.ts';
import { waitingInWindow } from '../../../../kit/slack-sink/example.ts';

const servers = [
  { kind: 'Prometheus', host: 'prometheus.example.com' },
  { kind: 'Prometheus', host: '127.0.0.1:9090' },
  { kind: 'Alertmanager', host: 'alerts.example.com:9093' },
] as const;
const shown = (link: string) => alertLink(alertOf({ link }), servers);

it.each([
  ['https://prometheus.example.com/graph?g0.expr=up', 'Prometheus'],
  ['http://127.0.0.1:9090/prometheus/graph', 'Prometheus'],
  ['http://alerts.example.com:9093/#/alerts', 'Alertmanager'],
  ['https://grafana.example.com/alerting/1', 'grafana.example.com'],
  ['https://evil.example/graph?g0.expr=up', 'evil.example'],
  ['https://prometheus.example.com@evil.example/graph', 'evil.example'],
  ['https://prometheus.example.com:8443/graph', 'prometheus.example.com:8443'],
  ['https://prometheus.example.com.evil.example/graph', 'prometheus.example.com.evil.example'],
  ['https://prоmetheus.example.com/graph', 'xn--prmetheus-12h.example.com'],
  ['https://evil.example/|Prometheus>', 'evil.example'],
])(
  'the link of an alert is named by a server of the settings, or by the host it leads to: %s',
  (link, name) => {
    expect(shown(link)).toMatch(new RegExp(`^<[^|<>]+\\|${name.replaceAll('.', '\\.')}>$`));
  },
);

it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'slack://open', 'prometheus', ''])(
  'what is no web address is no link: %s',
  (link) => expect(shown(link)).toBe(''),
);

it('what a link of an alert is for is said with where it leads, unless that is a server of the settings', () => {
  expect(namedLink('https://evil.example/x', 'Silence it', servers)).toBe(
    '<https://evil.example/x|Silence it at evil.example>',
  );
  expect(namedLink('http://alerts.example.com:9093/#/x', 'Silence it', servers)).toBe(
    '<http://alerts.example.com:9093/#/x|Silence it>',
  );
});

it.each(['firing', 'resolved'] as const)(
  'what breaks is told in the words of the most severe alert, and not of the first: all are %s',
  (status) => {
    const attach = (fingerprint: string, severity: 'warning' | 'critical', summary: string) => ({
      alert: { ...alertOf({ status, severity, annotations: { summary } }), fingerprint },
      heardAt: 1,
      beganAt: 1,
      changedAt: 1,
      fires: 1,
    });
    const alerts = {
      f1: attach('f1', 'warning', 'it uses much memory'),
      f2: attach('f2', 'critical', 'it does not answer'),
    };
    expect(whatBreaks(waitingInWindow(null, { alerts, severity: 'critical' }))).toBe('it does not answer');
  },
);
