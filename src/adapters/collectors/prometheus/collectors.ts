import type { CollectorTable } from '../../../evidence/collectors/table.ts';
import { createAlertMetricCollector } from './alert/alert-metric.ts';
import { type ContainerVitalsOptions, createContainerVitalsCollector } from './containers/collector.ts';
import { createMysqlCollector } from './exporters/mysql.ts';
import { createQueueCollector } from './exporters/queues.ts';
import { createHostVitalsCollector } from './host-vitals.ts';
import { createServiceVitalsCollector } from './service-vitals.ts';

/** What a Prometheus is asked for. */
export type PrometheusCollectors = Pick<
  CollectorTable,
  'alertMetric' | 'serviceVitals' | 'hostVitals' | 'containerVitals' | 'mysql' | 'queues'
>;

/** Every collector that asks one Prometheus. */
export function createPrometheusCollectors(options: ContainerVitalsOptions): PrometheusCollectors {
  return {
    alertMetric: createAlertMetricCollector(options),
    serviceVitals: createServiceVitalsCollector(options),
    hostVitals: createHostVitalsCollector(options),
    containerVitals: createContainerVitalsCollector(options),
    mysql: createMysqlCollector(options),
    queues: createQueueCollector(options),
  };
}
