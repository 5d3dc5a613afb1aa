import type { Declaration } from '../collector.ts';
import { A_PROMETHEUS, Plain, plainly } from './arguments.ts';

export const serviceVitals = {
  name: 'service vital signs',
  kind: 'metric',
  reads: 'whether Prometheus reaches it, its memory, processor, requests and errors',
  instrument: 'the scrape of Prometheus, and the service’s own exporter',
  arguments: Plain,
  around: true,
  lacks: ({ labels }, { prometheus }) =>
    prometheus ? (Object.keys(labels).length > 0 ? null : '`labels`') : A_PROMETHEUS,
  ask: (inquiry) => (Object.keys(inquiry.service?.labels ?? {}).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain>;
