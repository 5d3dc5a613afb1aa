import { describe, expect, it } from 'vitest';
import { recognise, type Scene } from '../../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Fact, FactValue, ObjectId } from '../../../src/evidence/facts/fact.ts';
import type { FactName } from '../../../src/evidence/facts/vocabulary.ts';
import { fact, item, NOON } from '../../kit/faults/facts.ts';
import { shipped } from '../../kit/faults/shipped.ts';

describe('what is read of a dependency', () => {
  const HOST = 'host/ops-1';
  const needs = new Map<ObjectId, readonly ObjectId[]>([['service/orders', ['service/stock']]]);
  const scene: Scene = { symptom: NOON, needs, about: ['service/orders', HOST] };
  const whole = shipped().library;
  const theirs = (...facts: readonly Fact[]) => item('E9', facts, { dependency: 'stock', witness: 'stock' });
  const also = (...facts: readonly Fact[]) =>
    item('E8', facts, { dependency: 'stock', witness: 'scrape/stock' });
  const of = (evidence: readonly Evidence[]) =>
    recognise(whole, evidence, scene).map(({ fault: { name }, object, elsewhere }) => [
      name,
      object,
      elsewhere,
    ]);
  const stock = (name: FactName, value: FactValue) => fact(name, 'service/stock', value, { within: [HOST] });
  const own = (name: FactName, value: FactValue, object: ObjectId = HOST) =>
    fact(name, object, value, { within: object === HOST ? ['service/orders'] : [HOST, 'service/orders'] });
  const HOG = [own('process.top.cpu', 0.95, 'process/ops-1/pack:7'), own('system.cpu.load_per_core', 3)];
  const SLOW = [stock('http.server.latency', 2), stock('http.server.latency.before', 0.1)];

  it('lies elsewhere, also on a host that both run on', () => {
    const dead = theirs(
      fact('systemd.unit.active_state', 'unit/ops-1/stock.service', 'failed', {
        within: [HOST, 'service/stock'],
      }),
    );
    expect(of([dead, also(stock('scrape.up', false))])).toContainEqual([
      'process_ended',
      'service/stock',
      true,
    ]);
  });

  it('bears out no sign of a fault of the subject, nor excludes one, on a host that both run on', () => {
    const alone = of([item('E1', HOG)]);
    expect(of([item('E1', HOG), theirs(...SLOW)])).toEqual(alone);
    const suffering = [
      ...HOG,
      own('node_exporter.cpu.utilization', 0.99),
      own('node_exporter.cpu.utilization.before', 0.2),
    ];
    const named = of([item('E1', suffering)]);
    expect(named).not.toEqual([]);
    const surge = [stock('http.server.request_rate', 4), stock('http.server.request_rate.before', 1)];
    expect(of([item('E1', suffering), theirs(...surge)])).toEqual(named);
  });

  it('is of something that the subject needs, or tells nothing', () => {
    const stranger = theirs(
      fact('k8s.container.waiting.reason', 'pod/infra/other-1', 'ErrImagePull', { within: ['node/n7'] }),
    );
    expect(of([stranger])).toEqual([]);
  });
});
