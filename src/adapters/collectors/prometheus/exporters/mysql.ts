import type { Collector } from '../../../../evidence/collector.ts';
import type { Plain } from '../../../../evidence/collectors/arguments.ts';
import { mysql } from '../../../../evidence/collectors/exporters.ts';
import { databaseId } from '../../../../evidence/facts/objects.ts';
import type { PrometheusCollectorOptions } from '../alert/alert-metric.ts';
import { createExporterCollector } from './collector.ts';
import { newest, type Sign } from './sign.ts';

const CONNECTED = 'mysql_global_status_threads_connected';
const LIMIT = 'mysql_global_variables_max_connections';
const each = (series: string) => `max by (job, instance) (${series})`;

const SIGNS: readonly Sign[] = [
  {
    name: 'connections of their limit',
    unit: 'ratio',
    ways: [
      {
        metric: CONNECTED,
        query: (series) => `max(${each(series)} / (${each(series.replace(CONNECTED, LIMIT))} > 0))`,
      },
    ],
    states: (points) => ({ 'mysql.connections.used': newest(points) }),
  },
  {
    name: 'read-only (1: yes)',
    unit: 'number',
    ways: [{ metric: 'mysql_global_variables_read_only', query: (series) => `max(${series})` }],
    states: (points) => {
      const now = newest(points);
      return { 'mysql.read_only': now === null ? null : now >= 1 };
    },
  },
];

/** The MySQL databases of a service, as their exporters tell of them. */
export function createMysqlCollector(options: PrometheusCollectorOptions): Collector<Plain> {
  return createExporterCollector(options, {
    declared: mysql,
    sourcesOf: ({ mysql: sources = [] }) => sources,
    objectOf: databaseId,
    titleOf: (name) => `MySQL ${name}, by its exporter`,
    signs: SIGNS,
  });
}
