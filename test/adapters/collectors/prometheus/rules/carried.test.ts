import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PrometheusError } from '../../../../../src/adapters/collectors/prometheus/client.ts';
import { readExpression } from '../../../../../src/adapters/collectors/prometheus/rules/reading.ts';
import { type Rig, startRig } from '../rig.ts';
import { expression } from './expressions.ts';

// What is said of the labels of random expressions is held against what a real Prometheus answers.

const AT = Math.floor(Date.now() / 1000) - 600;
const SERIES = [
  'left{pod="p1",job="a",instance="i1",node="n1"}',
  'left{pod="p2",job="a",instance="i1",node="n2"}',
  'left{pod="p3",job="b",instance="i2",node="n2"}',
  'right{pod="p1",job="a",instance="i1",node="n1"}',
  'right{pod="p2",job="a",instance="i2"}',
  'both{job="a",instance="i1"}',
  'both{job="b",instance="i2",node="n2"}',
];
const EVERY_LABEL = ['pod', 'job', 'instance', 'node'];

let rig: Rig;
beforeAll(async () => {
  const history = ['left', 'right', 'both'].flatMap((name) => [
    `# TYPE ${name} gauge`,
    ...SERIES.filter((one) => one.startsWith(name)).map((one) => `${one} 1 ${AT}`),
  ]);
  rig = await startRig('groups: []', `${history.join('\n')}\n# EOF\n`);
});
afterAll(() => rig.stop());

it('an alert has no label that is said to be gone, and none beside those that are said to be left', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(expression, async (text) => {
      const rows = await rig.prometheus
        .query(text, AbortSignal.timeout(10_000), AT * 1000)
        .catch((error: unknown) => {
          // Vectors that match many to many are refused.
          if (error instanceof PrometheusError && error.status !== null) return [];
          throw error;
        });
      const outcomes = readExpression(text, { recorded: new Map(), labelsOf: () => EVERY_LABEL });
      for (const { labels } of rows) {
        answered += 1;
        const own = Object.keys(labels).filter((label) => label !== '__name__');
        const isSo = outcomes.some(({ carried: { has, gone, open } }) =>
          own.every((label) => !gone.has(label) && (has.has(label) || open)),
        );
        expect(isSo, `${text} answers ${JSON.stringify(labels)}`).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
  expect(answered).toBeGreaterThan(100);
});
