import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/diagnosis/faults/fault.ts';
import { indexFacts } from '../../../src/diagnosis/faults/index-facts.ts';
import { stepsOf } from '../../../src/diagnosis/faults/steps.ts';
import type { Fact, ObjectId } from '../../../src/evidence/facts/fact.ts';
import { fact, item } from '../../kit/faults/facts.ts';
import { shipped } from '../../kit/faults/shipped.ts';

const { library } = shipped();
const SHOP: ObjectId = 'service/shop';
const within = [SHOP] as const;
const unit = fact('systemd.unit.active_state', 'unit/web-1/shop.service', 'failed', { within });
const program = fact('supervisor.program.state', 'unit/jobs-1/worker', 'EXITED', { within });

function told(steps: readonly string[], object: ObjectId, facts: readonly Fact[], shown = facts) {
  const known = indexFacts([item('E1', facts)]);
  const fault = Fault.parse({
    ...{ name: 'ended', title: 'It ended', object: 'service', summary: 'It ended.', cause: 'It ended.' },
    ...{ prevention: 'Watch it.', steps },
    signs: [{ claim: 'It ended.', any: [{ fact: 'systemd.unit.active_state', is: 'failed' }] }],
  });
  const isShown = ({ name, of }: Fact) => shown.some((one) => one.name === name && one.of === of);
  return stepsOf(
    fault,
    object,
    known.within(object).filter((one) => isShown(one.fact)),
    known,
  );
}

const RESTARTS = ['look at its log', 'systemctl restart <unit>', 'supervisorctl restart <program>'];

describe('a step that people are told', () => {
  it('names the unit that the facts know, by who supervises it', () => {
    expect(told(RESTARTS, SHOP, [unit])).toEqual(['look at its log', 'systemctl restart shop.service']);
    expect(told(RESTARTS, SHOP, [program])).toEqual(['look at its log', 'supervisorctl restart worker']);
  });

  it('is left out where nobody knows the unit, or which of several', () => {
    expect(told(RESTARTS, SHOP, [])).toEqual(['look at its log']);
    const other = fact('systemd.unit.active_state', 'unit/web-1/nginx.service', 'failed', { within });
    expect(told(RESTARTS, SHOP, [unit, other])).toEqual(['look at its log']);
    const same = fact('systemd.unit.active_state', 'unit/web-2/shop.service', 'failed', { within });
    expect(told(RESTARTS, SHOP, [unit, same])).toContain('systemctl restart shop.service');
  });

  it('means what shows the fault before anything else that has to do with it', () => {
    const other = fact('systemd.unit.active_state', 'unit/web-1/nginx.service', 'active', { within });
    expect(told(RESTARTS, SHOP, [unit, other], [unit])).toContain('systemctl restart shop.service');
  });

  it('names mounts and containers', () => {
    const disk = fact('system.filesystem.utilization', 'filesystem/web-1:/srv/data', 0.99, { within });
    const container = fact('container.state', 'container/shop-web-1', 'exited', { within });
    expect(told(['du -xh <mountpoint>', 'docker start <container>'], SHOP, [disk, container])).toEqual([
      'du -xh /srv/data',
      'docker start shop-web-1',
    ]);
  });

  it('names pods, their namespace and their workload as what it is', () => {
    const pods = ['pod/shop/db-0', 'pod/shop/db-1'] as const;
    const facts = pods.map((pod) =>
      fact('k8s.pod.phase', pod, 'Pending', { within: ['statefulset/shop/db', 'node/n1'] }),
    );
    const steps = [
      'kubectl -n <namespace> describe pod <pod>',
      'kubectl -n <namespace> rollout undo deployment/<name>',
      'kubectl -n <namespace> get deployment <name> -o yaml',
    ];
    expect(told(steps, 'statefulset/shop/db', facts)).toEqual([
      'kubectl -n shop describe pod db-0',
      'kubectl -n shop rollout undo statefulset/db',
      'kubectl -n shop get statefulset db -o yaml',
    ]);
  });

  it('leaves open what a person has to choose', () => {
    const facts = [fact('k8s.pod.phase', 'pod/shop/cart-1', 'Pending', { within: ['deployment/shop/cart'] })];
    const steps = ['kubectl -n <namespace> set resources deployment/<name> --limits=memory=<amount>'];
    expect(told(steps, 'pod/shop/cart-1', facts)).toEqual([
      'kubectl -n shop set resources deployment/cart --limits=memory=<amount>',
    ]);
  });
});

it('a fault that may lie in a program of supervisor says how to restart one, as it does of a unit', () => {
  const faults = [...library.faults.values()].map(({ fault }) => fault);
  const restarts = faults.filter(
    ({ signs, steps }) =>
      signs.some(({ any }) => any.some((one) => one.fact.startsWith('supervisor.'))) &&
      steps.some((step) => step.includes('systemctl restart <unit>')),
  );
  expect(restarts.map(({ name }) => name)).toContain('process_hangs');
  for (const { name, steps } of restarts)
    expect(steps.join('\n'), name).toContain('supervisorctl restart <program>');
});
