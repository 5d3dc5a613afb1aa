import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../src/coverage/families/families.ts';
import { factsOf } from '../../src/coverage/families/family.ts';
import { judge } from '../../src/coverage/judge.ts';
import { helpOf } from '../../src/coverage/report/help.ts';
import { summaryOf } from '../../src/coverage/report/summary.ts';
import { firesWhen } from '../../src/coverage/report/words.ts';
import { sumUp } from '../../src/coverage/sum.ts';
import { type Catalog, Manifest } from '../../src/playbooks/manifest.ts';
import { fault, knowledge, read, ruleOf } from './kit.ts';

const LOOPS = fault(
  'crash_loop',
  [{ fact: 'k8s.container.waiting.reason', is: 'CrashLoopBackOff' }],
  [{ fact: 'k8s.container.last.exit_code', above: 0 }],
);
const IMAGE = fault(
  'image_missing',
  [{ fact: 'k8s.container.waiting.reason', matches: 'ImagePull' }],
  [{ fact: 'k8s.container.waiting.cause', is: 'image not found' }],
);
const DISK = fault(
  'disk_full',
  [{ fact: 'system.filesystem.utilization', above: 0.9 }],
  [{ fact: 'alert.reads', matches: 'filesystem' }],
);
const ANY = fault(
  'anything',
  [{ fact: 'alert.reads', matches: '.' }],
  [{ fact: 'systemd.unit.active_state', is: 'failed' }],
);
const PATTERN = {
  ...{ pattern: 'full', summary: 'Full.', cause: 'Full.' },
  when: [{ alert: { reads: 'filesystem' }, claim: 'It fires.' }],
};
const ALL = [LOOPS, IMAGE, DISK, ANY];

const judged = (expression: string, more = {}) =>
  judge(ruleOf(expression, more), read(expression), knowledge(ALL));
const faultsOf = (expression: string, more = {}) => judged(expression, more).faults.map(({ name }) => name);

const FULL = 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1';
const playbook = (more: object): Catalog => {
  const manifest = Manifest.parse({
    ...{
      name: 'clean',
      title: 'Clean',
      description: 'Cleans.',
      risk: 'low',
      category: 'clean',
      idempotent: true,
    },
    parameters: { disk: { description: 'which', from: [{ label: 'mountpoint' }] } },
    ...{ targets: ['{{disk}}'], run: { command: ['true'] }, timeout: '10s', rollback: { none: 'gone' } },
    look: { disk: { path: '{{disk}}' } },
    mends: ['disk_full'],
    verify: { checks: [{ look: 'well' }], within: '1m', every: '1s', stable: '3s' },
    ...more,
  });
  return new Map([['clean', { manifest, folder: '/', hash: '' }]]);
};

describe('which faults could be behind a rule is said by what it reads', () => {
  it.each([
    ['node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1', ['disk_full']],
    ['kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} > 0', ['crash_loop']],
    [
      'kube_pod_container_status_waiting_reason{reason=~"ImagePullBackOff|ErrImagePull"} > 0',
      ['image_missing'],
    ],
    ['kube_pod_container_status_waiting_reason > 0', ['crash_loop', 'image_missing']],
    [
      'kube_pod_container_status_waiting_reason > 0 and on (pod) kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}',
      ['crash_loop'],
    ],
    [
      'kube_pod_container_status_waiting_reason > 0 unless on (pod) kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}',
      ['crash_loop', 'image_missing'],
    ],
    ['node_filesystem_files_free < 5', []],
    ['up == 0', ['anything']],
    ['widgets_left < 3', []],
  ])('%s', (expression, faults) => {
    expect(faultsOf(expression)).toEqual(faults);
  });

  const BUSY = fault(
    'too_busy',
    [{ fact: 'system.cpu.utilization', above: 0.9 }],
    [{ fact: 'process.top.cpu', above: 0.5 }],
  );
  const busy = (expression: string) =>
    judge(ruleOf(expression), read(expression), knowledge([BUSY])).faults.length > 0;
  it.each([
    ['rate(node_cpu_seconds_total{mode="idle"}[5m]) < 0.1', true],
    ['1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) > 0.9', true],
    ['100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 > 90', true],
    ['sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) > 0.9', true],
    ['100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100 < 20', false],
    ['rate(node_cpu_seconds_total{mode="steal"}[5m]) > 0.1', false],
    [
      '(1 - rate(node_cpu_seconds_total{mode="idle"}[5m]) > 0.9) * on (instance) group_left (nodename) node_uname_info',
      true,
    ],
  ])('and by the side on which it fires: %s', (expression, isBusy) => {
    expect(busy(expression)).toBe(isBusy);
  });

  it('nor one that needs a figure to be low where the rule fires on high ones', () => {
    const idle = fault('idle', [{ fact: 'system.cpu.utilization', at_most: 0.5 }]);
    const found = (expression: string) =>
      judge(ruleOf(expression), read(expression), knowledge([idle])).faults;
    expect(found('rate(node_cpu_seconds_total{mode="idle"}[5m]) < 0.1')).toEqual([]);
    expect(found('node_load1 > 9')).toEqual([]);
  });

  it('what others are measured by says nothing beside them', () => {
    expect(judged('node_filesystem_avail_bytes / node_filesystem_size_bytes > 0.5').faults).not.toContain(
      DISK,
    );
    expect(
      judged('(node_filesystem_size_bytes - node_filesystem_avail_bytes) / node_filesystem_size_bytes > 0.9')
        .faults,
    ).toContain(DISK);
  });

  it('the name of an alert decides nothing', () => {
    const name = 'NodeFilesystemAlmostOutOfSpace';
    expect(faultsOf('widgets_left < 3', { name })).toEqual([]);
  });
});

describe('an honest none says what is lacking', () => {
  it.each([
    ['sum( > 3', 'syntax'],
    ['vector(1)', 'always'],
    ['sum(node_filesystem_avail_bytes) < 1', 'label'],
    ['widgets_left < 3', 'facts'],
    ['coredns_dns_request_count_total > 3', 'fault'],
  ])('%s', (expression, lack) => {
    expect(judged(expression)).toMatchObject({ outcome: 'none', lack });
  });
});

describe('a playbook could mend it', () => {
  const outcome = (expression: string, more: object = {}, settings: object = {}) => {
    const found = judge(ruleOf(expression), read(expression), knowledge(ALL, playbook(more), settings));
    return [found.outcome, found.mendings[0]?.how];
  };

  it.each([
    ['of low risk: at once', FULL, {}, {}, ['heal', 'at once']],
    [
      'of medium risk: after a cancel window',
      FULL,
      { risk: 'medium' },
      {},
      ['heal', 'after a cancel window'],
    ],
    ['of high risk: it asks', FULL, { risk: 'high' }, {}, ['ask', 'asks']],
    ['without a look: it asks', FULL, { look: null }, {}, ['ask', 'asks']],
    ['of another fault: no', FULL, { mends: ['crash_loop'] }, {}, ['explain', undefined]],
    [
      'where a label is lacking that it needs: no',
      'min by (instance) (node_filesystem_avail_bytes) < 1',
      {},
      {},
      ['explain', undefined],
    ],
    ['in a mode that asks: it asks', FULL, {}, { policy: { mode: 'supervised' } }, ['ask', 'asks']],
    [
      'in a mode that only watches: it says so',
      FULL,
      {},
      { policy: { mode: 'observe' } },
      ['explain', 'only says so'],
    ],
    [
      'by a known pattern about what the rule reads',
      FULL,
      { mends: [], answers: [PATTERN] },
      {},
      ['heal', 'at once'],
    ],
    [
      'by a pattern about something else: no',
      'node_filesystem_readonly == 1',
      { mends: [], answers: [PATTERN] },
      {},
      ['none', undefined],
    ],
  ])('%s', (_what, expression, more, settings, wanted) => {
    expect(outcome(expression, more, settings)).toEqual(wanted);
  });
});

describe('the sum', () => {
  const rules = [
    ruleOf('node_filesystem_avail_bytes < 1', { name: 'Disk' }),
    ruleOf('widgets < 1', { name: 'Widgets' }),
    ruleOf('vector(1)', { name: 'Beat' }),
  ];
  const all = rules.map((rule) => judge(rule, read(rule.expression), knowledge(ALL)));
  const start = (alertname: string, at: number) => ({ labels: { alertname }, at });
  const told = () => ({ name: 'x', registered: null });
  const day = 86_400_000;
  const past = { asked: 30 * day, covered: 30 * day, step: 60_000 };

  it('counts what fired, the loudest first, and leaves out what fires on purpose', () => {
    const found = sumUp(
      all,
      {
        ...past,
        starts: [
          start('Widgets', 1),
          start('Widgets', 2),
          start('Disk', 3),
          start('Beat', 4),
          start('Gone', 5),
        ],
      },
      told,
    );
    expect(found.rows.map(({ rule, fired }) => [rule.name, fired])).toEqual([
      ['Widgets', 2],
      ['Beat', 1],
      ['Disk', 1],
    ]);
    expect(found.ruleless).toEqual(new Map([['Gone', 1]]));
    expect(summaryOf(found)).toBe(
      '3 alerts in 30 days: I could have healed none by myself, named the cause of 1 without a fix for it, and can’t explain 2: 2 for lack of facts about what they measure.',
    );
  });

  it('takes nothing for healed that is about something unregistered, where services are registered', () => {
    const one = judge(ruleOf(FULL, { name: 'Disk' }), read(FULL), knowledge(ALL, playbook({})));
    const starts = [start('Disk', 1), start('Disk', 2), start('Disk', 3)];
    const found = sumUp([one], { ...past, starts }, ({ at }) => ({
      name: `web-${at}`,
      registered: at === 1,
    }));
    expect(found.sum.by).toEqual({ heal: 1, ask: 0, explain: 2, none: 0 });
    expect(helpOf(found)[0]).toBe(
      '2 alerts: Disk: register what they are about as services in medic.yml: web-1, web-2, web-3',
    );
  });

  it('says "could" of rules where nobody knows what fired', () => {
    expect(summaryOf(sumUp(all, null, told))).toBe(
      '2 alert rules: I could heal none by myself, name the cause of 1 without a fix for it, and can’t explain 1: 1 for lack of facts about what they measure.',
    );
    expect(summaryOf(sumUp(all, { ...past, starts: [] }, told))).toMatch(
      /^No alert fired in 30 days\. 2 alert rules: I could heal/,
    );
  });
});

describe('when a rule fires', () => {
  it('is told with its limit, however long what it measures', () => {
    const long = `${Array.from({ length: 40 }, (_none, at) => `metric_${at}_bytes`).join(' + ')} > 3e9`;
    const words = firesWhen(read(long), ruleOf(long, { lasting: 300_000 }));
    expect(words).toMatch(/… > 3 GB for 5 min$/);
    expect(words.length).toBeLessThan(180);
  });

  it.each([
    ['up == 0', 'up = 0'],
    ['a_bytes / b_bytes < 0.1', 'a_bytes / b_bytes < 10 %'],
    ['absent(up{job="x"})', 'no series of up'],
    ['a_timestamp_seconds - time() < 86400 * 14', 'a_timestamp_seconds - time() < 14 days'],
    ['a > 1 or b > 2', 'a > 1, or b > 2'],
    ['a > b', 'a > b'],
    ['vector(1)', 'always'],
  ])('%s', (expression, words) => {
    expect(firesWhen(read(expression), ruleOf(expression))).toBe(words);
  });
});

describe('the table of metric families', () => {
  it('names only facts that there are, and every pattern names some', () => {
    for (const { facts, metric } of FAMILIES)
      for (const pattern of facts)
        expect(factsOf([pattern]).length, `${metric}: ${pattern}`).toBeGreaterThan(0);
  });
});
