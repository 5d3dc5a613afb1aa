import { describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';
import { aboutOf } from '../../src/coverage/about.ts';
import { read, ruleOf } from './kit.ts';

function about(expression: string, labels: Readonly<Record<string, string>> = {}) {
  const [measure] = read(expression);
  if (measure === undefined) throw new Error(`${expression} was not read`);
  return aboutOf(ruleOf(expression, { labels }), measure, Settings.parse({}));
}

describe('what alerts of a rule will be about is said by the labels that are left', () => {
  it.each([
    ['up == 0', 'target', 'instance'],
    ['up{job="api"} == 0', 'target', 'instance'],
    ['sum by (job) (errors_total) > 1', 'target', 'job'],
    ['sum by (service) (errors_total) > 1', 'service', 'service'],
    ['sum by (namespace, service) (errors_total) > 1', 'service', 'namespace/service'],
    ['kube_pod_status_phase{phase="Pending"} > 0', 'target', 'namespace/pod'],
    [
      'kube_deployment_spec_replicas != kube_deployment_status_replicas_available',
      'target',
      'namespace/deployment',
    ],
    ['kube_node_status_condition{condition="Ready",status="true"} == 0', 'target', 'node'],
    ['absent(up{service="shop"})', 'service', 'service=shop'],
    ['rate(errors_total[5m]) > 1 and on (instance) up == 1', 'target', 'instance'],
  ])('%s', (expression, kind, words) => {
    expect(about(expression)).toEqual({ kind, words });
  });

  it('by a label that the rule adds, written out or made of labels that are there', () => {
    expect(about('sum(errors_total) > 1', { service: 'shop' })).toEqual({
      kind: 'service',
      words: 'service=shop',
    });
    expect(about('sum by (app) (errors_total) > 1', { service: '{{ $labels.app }}' })).toEqual({
      kind: 'service',
      words: 'service',
    });
    expect(about('sum(errors_total) > 1', { service: '{{ $labels.app }}' }).kind).toBe('nothing');
  });

  it('an exporter that speaks for others is not what broke', () => {
    expect(about('sum by (job, instance) (kube_pod_status_ready) > 1')).toMatchObject({ kind: 'target' });
    expect(about('count by (namespace) (kube_pod_status_phase{phase="Failed"}) > 5').kind).toBe('nothing');
  });
});

describe('where nothing names it, the labels are told that would', () => {
  it.each([
    ['sum(rate(errors_total[5m])) > 1', 'dropped', ['instance', 'job']],
    ['sum(rate(errors_total{service="shop"}[5m])) > 1', 'dropped', ['service', 'instance', 'job']],
    ['count(kube_pod_status_phase{phase="Failed"}) > 5', 'dropped', ['pod', 'instance']],
    ['absent(up)', 'absent', []],
    ['vector(1)', 'none', []],
  ])('%s', (expression, how, keep) => {
    expect(about(expression)).toMatchObject({ kind: 'nothing', how, keep });
  });
});
