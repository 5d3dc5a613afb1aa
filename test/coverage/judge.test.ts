import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../src/coverage/families/families.ts';
import { factsOf } from '../../src/coverage/families/family.ts';
import { judge } from '../../src/coverage/judge.ts';
import { summaryOf } from '../../src/coverage/report/summary.ts';
import { sumUp } from '../../src/coverage/sum.ts';
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
const ALL = [LOOPS, IMAGE, DISK, ANY];

const judged = (expression: string, more = {}) =>
  judge(ruleOf(expression, more), read(expression), knowledge(ALL));
const faultsOf = (expression: string, more = {}) => judged(expression, more).faults.map(({ name }) => name);

describe('which faults could be behind a rule is said by what it reads', () => {
  it.each([
    ['node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1', ['disk_full']],
    ['kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} > 0', ['crash_loop']],
    [
      'kube_pod_container_status_waiting_reason{reason=~"ImagePullBackOff|ErrImagePull"} > 0',
      ['image_missing'],
    ],
    ['kube_pod_container_status_waiting_reason > 0', ['crash_loop', 'image_missing']],
    ['up == 0', ['anything']],
    ['acme_widgets < 3', []],
  ])('%s', (expression, faults) => {
    expect(faultsOf(expression)).toEqual(faults);
  });

  it('the name of an alert decides nothing', () => {
    const name = 'NodeFilesystemAlmostOutOfSpace';
    expect(faultsOf('acme_widgets < 3', { name })).toEqual([]);
  });
});

describe('an honest none says what is lacking', () => {
  it.each([
    ['sum( > 3', 'syntax'],
    ['vector(1)', 'always'],
    ['sum(node_filesystem_avail_bytes) < 1', 'label'],
    ['acme_widgets < 3', 'facts'],
    ['coredns_dns_request_count_total > 3', 'fault'],
  ])('%s', (expression, lack) => {
    expect(judged(expression)).toMatchObject({ outcome: 'none', lack });
  });
});

describe('the sum', () => {
  const rules = [
    ruleOf('node_filesystem_avail_bytes < 1', { name: 'Disk' }),
    ruleOf('acme < 1', { name: 'Acme' }),
    ruleOf('vector(1)', { name: 'Beat' }),
  ];
  const all = rules.map((rule) => judge(rule, read(rule.expression), knowledge(ALL)));
  const start = (alertname: string, at: number) => ({ labels: { alertname }, at });
  const day = 86_400_000;
  const past = { asked: 30 * day, covered: 30 * day, step: 60_000 };

  it('counts what fired, the loudest first, and leaves out what fires on purpose', () => {
    const found = sumUp(all, {
      ...past,
      starts: [start('Acme', 1), start('Acme', 2), start('Disk', 3), start('Beat', 4), start('Gone', 5)],
    });
    expect(found.rows.map(({ rule, fired }) => [rule.name, fired])).toEqual([
      ['Acme', 2],
      ['Beat', 1],
      ['Disk', 1],
    ]);
    expect(found.ruleless).toEqual(new Map([['Gone', 1]]));
    expect(summaryOf(found)).toBe(
      '3 alerts in 30 days: I could have healed none by myself, named the cause of 1 that no playbook mends, and can’t explain 2: 2 for lack of facts about what they measure.',
    );
  });

  it('says "could" of rules where nobody knows what fired', () => {
    expect(summaryOf(sumUp(all, null))).toBe(
      '2 alert rules: I could heal none by myself, name the cause of 1 that no playbook mends, and can’t explain 1: 1 for lack of facts about what they measure.',
    );
    expect(summaryOf(sumUp(all, { ...past, starts: [] }))).toMatch(
      /^No alert fired in 30 days\. 2 alert rules: I could heal/,
    );
  });
});

describe('the table of metric families', () => {
  it('names only facts that there are, and every pattern names some', () => {
    for (const { facts, metric } of FAMILIES)
      for (const pattern of facts)
        expect(factsOf([pattern]).length, `${metric}: ${pattern}`).toBeGreaterThan(0);
  });
});
