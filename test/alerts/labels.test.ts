import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOf } from '../../src/alerts/labels.ts';

const many = (count: number, length: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`label_pod_${index}`, 'x'.repeat(length)] as const),
  );

describe("an alert's labels", () => {
  it('are all kept where they are as many as Kubernetes attaches', () => {
    const sent = { ...many(120, 60), service: 'shop', team: 'web' };
    expect(labelsOf(sent)).toEqual({ labels: sent });
  });

  it('that tell what it is about are kept before all others, where there is no room for all', () => {
    const { labels, omitted } = labelsOf({ ...many(1_000, 60), service: 'shop', alertname: 'Down' });
    expect(labels).toMatchObject({ service: 'shop', alertname: 'Down' });
    expect(omitted).toBe(1_002 - Object.keys(labels).length);
    expect(JSON.stringify(labels).length).toBeLessThan(25_000);
  });

  it('are whole or left out, and what is left out is counted', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.nat(9_000).map((length) => 'v'.repeat(length)),
        ),
        (sent) => {
          const { labels, omitted = 0 } = labelsOf(sent);
          for (const [name, value] of Object.entries(labels)) expect(sent[name]).toBe(value);
          expect(Object.keys(labels).length + omitted).toBe(Object.keys(sent).length);
        },
      ),
    );
  });
});
