import type { CollectorTable } from '../../../evidence/collectors/table.ts';
import { createAlertMetricCollector, type PrometheusCollectorOptions } from './alert/alert-metric.ts';
import { createHostVitalsCollector } from './host-vitals.ts';
import { createServiceVitalsCollector } from './service-vitals.ts';

/** What a Prometheus is asked for. */
export type PrometheusCollectors = Pick<CollectorTable, 'alertMetric' | 'serviceVitals' | 'hostVitals'>;

/** Every collector that asks one Prometheus. */
export function createPrometheusCollectors(options: PrometheusCollectorOptions): PrometheusCollectors {
  return {
    alertMetric: createAlertMetricCollector(options),
    serviceVitals: createServiceVitalsCollector(options),
    hostVitals: createHostVitalsCollector(options),
  };
}
