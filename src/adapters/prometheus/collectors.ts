import type { Collector } from '../../evidence/collector.ts';
import { createAlertMetricCollector, type PrometheusCollectorOptions } from './alert-metric.ts';
import { createHostVitalsCollector } from './host-vitals.ts';
import { createServiceVitalsCollector } from './service-vitals.ts';

/** Every collector that asks Prometheus, in the order in which their evidence is numbered. */
export function createPrometheusCollectors(options: PrometheusCollectorOptions): readonly Collector[] {
  return [
    createAlertMetricCollector(options),
    createServiceVitalsCollector(options),
    createHostVitalsCollector(options),
  ];
}
