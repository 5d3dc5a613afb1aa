import { type Chart, chartAgain } from '../../../src/evidence/chart.ts';
import { OPENED } from './example.ts';

/** When the alert of these examples began. */
export const OUTAGE = OPENED;

function points(to: number, value: (at: number) => number): Chart['lines'][number]['points'] {
  const from = OUTAGE - 900_000;
  return Array.from({ length: Math.floor((to - from) / 10_000) + 1 }, (_, index) => {
    const at = from + index * 10_000;
    return [at, value(at)] as const;
  });
}

const failing = (at: number) => (at < OUTAGE - 10_000 ? 0 : at === OUTAGE ? 0.088 : 0.071);

/** The error ratio of a shop as it was just after its alert. */
export const chart: Chart = {
  title: 'HighErrorRate',
  query: 'errors / requests',
  unit: 'ratio',
  window: { from: OUTAGE - 900_000, to: OUTAGE + 10_000 },
  lines: [{ name: '', points: points(OUTAGE + 10_000, failing) }],
  gap: 25_000,
  threshold: { is: '>', value: 0.05 },
  marks: [{ at: OUTAGE, what: 'alert' }],
  link: 'http://prometheus.example.com/graph?g0.expr=errors',
};

const mended = (at: number) => (at > OUTAGE + 50_000 ? 0 : failing(at));
const again = chartAgain(
  chart,
  [{ labels: {}, points: points(OUTAGE + 150_000, mended) }],
  OUTAGE + 150_000,
  {
    marks: [
      { at: OUTAGE + 30_000, what: 'fix' },
      { at: OUTAGE + 120_000, what: 'resolved' },
    ],
    link: chart.link ?? null,
  },
);
if (again === null) throw new Error('the example of a recovery shows nothing');

/** The same when it was over. */
export const recovered: Chart = again;
