import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/diagnosis/faults/recognise.ts';
import type { FactName } from '../../../src/evidence/facts/vocabulary.ts';
import { fact, item, NOON } from '../../kit/faults/facts.ts';
import { shipped } from '../../kit/faults/shipped.ts';

type Figures = Readonly<Record<string, number>>;

const WELL: Figures = {
  ready: 90,
  'ready.growth': 0,
  consumers: 2,
  'consumers.before': 2,
  published: 10,
  'published.before': 10,
  acknowledged: 10,
  'acknowledged.before': 10,
};

/** The faults that a service has whose process runs, by the figures of its queues. */
function faultsOf(...queues: readonly Figures[]): readonly string[] {
  const service = 'service/mailer';
  const items = queues.map((figures, nth) =>
    item(
      `E${nth + 2}`,
      Object.entries({ ...WELL, ...figures }).map(([name, value]) =>
        fact(`queue.${name}` as FactName, `queue/q${nth}`, value, { within: [service] }),
      ),
    ),
  );
  const runs = item('E1', [fact('scrape.up', service, true)]);
  const scene = { symptom: NOON, needs: new Map(), about: [service] as const };
  return recognise(shipped().library, [runs, ...items], scene).map(({ fault }) => fault.name);
}

describe('of several queues of a service', () => {
  const GROWS = { 'ready.growth': 5 };

  it('each is judged by its own figures: what one of them says completes no fault of another', () => {
    expect(faultsOf({ acknowledged: 0 }, GROWS)).toEqual([]);
    expect(faultsOf({ consumers: 0 }, GROWS)).toEqual([]);
    expect(faultsOf({ published: 40 }, GROWS)).toEqual([]);
  });

  it('one that is otherwise in health as well hides no fault of another', () => {
    const batch = { consumers: 0, 'consumers.before': 0, acknowledged: 0, 'acknowledged.before': 0 };
    expect(faultsOf(batch, { consumers: 0, ...GROWS })).toEqual(['queue_without_consumers']);
    expect(faultsOf(batch, { acknowledged: 0, ...GROWS })).toEqual(['queue_consumers_stuck']);
  });
});

it('a queue of which nobody knows what was before has none of these faults', () => {
  const unknown = {
    'consumers.before': Number.NaN,
    'acknowledged.before': Number.NaN,
    'published.before': Number.NaN,
  };
  expect(faultsOf({ ...unknown, consumers: 0, acknowledged: 0, published: 90, 'ready.growth': 5 })).toEqual(
    [],
  );
});
