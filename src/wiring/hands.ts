import { createAlertmanagerSignals } from '../adapters/alertmanager/signals.ts';
import { createChangeCollector } from '../adapters/changes/collector.ts';
import { createStateCollector } from '../adapters/command/state.ts';
import { createHostCollector } from '../adapters/host/collector.ts';
import { createLogCollector } from '../adapters/logs/collector.ts';
import { createProbeCollector } from '../adapters/probe/collector.ts';
import { createPrometheus, type Prometheus } from '../adapters/prometheus/client.ts';
import { createPrometheusCollectors } from '../adapters/prometheus/collectors.ts';
import { createPlotter } from '../adapters/prometheus/plotter.ts';
import { createPrometheusSignals } from '../adapters/prometheus/signals.ts';
import { createRunners } from '../adapters/runners.ts';
import type { Hands, Shared } from '../config/load.ts';
import { meteredCollector } from '../engine/metered.ts';
import type { World } from '../engine/perform.ts';
import type { Collector } from '../evidence/collector.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Signals } from '../verification/reading.ts';

type Reach = Pick<World, 'collectors' | 'signals' | 'runner' | 'plotter'>;

interface HandsParts {
  readonly redact: (text: string) => string;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** Asks Prometheus whether it is there; null where none is configured. */
export function prometheusProbe({ env }: Shared): (() => Promise<unknown>) | null {
  if (env.PROMETHEUS_URL === undefined) return null;
  const prometheus = createPrometheus({ url: env.PROMETHEUS_URL, timeout: 3_000 });
  return () => prometheus.query('vector(1)');
}

/** Everything that touches the infrastructure, if only to look at it. */
export function handsOf(
  { inventory, environment }: Hands,
  { env }: Shared,
  { redact, metrics, now }: HandsParts,
): Reach {
  const prometheus =
    env.PROMETHEUS_URL === undefined ? null : createPrometheus({ url: env.PROMETHEUS_URL, timeout: 3_000 });
  return {
    collectors: collectorsOf(prometheus, environment).map((one) => meteredCollector(one, metrics)),
    signals: signalsOf(env.ALERTMANAGER_URL, prometheus, now),
    runner: createRunners({ inventory, environment, redact }),
    plotter: prometheus === null ? null : createPlotter(prometheus),
  };
}

/** A brain is never asked to touch anything; were it asked all the same, it could not. */
export const NO_HANDS: Reach = {
  collectors: [],
  signals: { read: () => Promise.reject(new Error('a brain reads no signals')) },
  plotter: null,
  runner: {
    run: () => Promise.reject(new Error('a brain runs nothing')),
    dryRun: () => Promise.reject(new Error('a brain rehearses nothing')),
  },
};

/** Prometheus itself knows best whether an alert fires; without it, Alertmanager is asked. */
function signalsOf(
  alertmanager: string | undefined,
  prometheus: Prometheus | null,
  now: () => number,
): Signals {
  const signals = createPrometheusSignals({ prometheus, now });
  return prometheus !== null || alertmanager === undefined
    ? signals
    : createAlertmanagerSignals({ url: alertmanager, now }, signals);
}

/** In the order in which their findings are numbered. */
function collectorsOf(
  prometheus: Prometheus | null,
  environment: Hands['environment'],
): readonly Collector[] {
  return [
    ...(prometheus === null ? [] : createPrometheusCollectors({ prometheus })),
    createStateCollector({ environment }),
    createLogCollector(),
    createProbeCollector(),
    createChangeCollector(),
    createHostCollector(),
  ];
}
