import type { Collector } from '../../../../evidence/collector.ts';
import type { Plain } from '../../../../evidence/collectors/arguments.ts';
import { queues } from '../../../../evidence/collectors/exporters.ts';
import { queueId } from '../../../../evidence/facts/objects.ts';
import { usualBefore } from '../../../../evidence/facts/trend.ts';
import type { PrometheusCollectorOptions } from '../alert/alert-metric.ts';
import { createExporterCollector } from './collector.ts';
import { type Labels, newest, type Points, type Sign, type Way } from './sign.ts';

/** Of several exporters that tell the same the highest counts, and all parts of one are taken together. */
const highest = (series: string) => `max(sum by (job, instance) (${series}))`;
/** What is counted at several places is counted once at each. The window has two samples also where one comes each minute. */
const perSecond = (series: string) => `sum(rate(${series}[3m]))`;

const without = (labels: Labels, ...names: readonly string[]): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
/** A metric of a group of consumers says nothing of topics. */
const ofGroup = (labels: Labels) =>
  labels.consumergroup === undefined ? null : without(labels, 'topic', 'partition');
/** And one of a topic nothing of who reads it. */
const ofTopic = (labels: Labels) => (labels.topic === undefined ? null : without(labels, 'consumergroup'));

/** RabbitMQ's own plugin tells of each queue under one name at one address and under another at the next. */
const rabbitmq = (metric: string, query: Way['query']): readonly Way[] =>
  ['rabbitmq_', 'rabbitmq_detailed_'].map((prefix) => ({ metric: `${prefix}${metric}`, query }));

const SIGNS: readonly Sign[] = [
  {
    name: 'messages ready',
    unit: 'number',
    ways: [
      ...rabbitmq('queue_messages_ready', highest),
      { metric: 'kafka_consumergroup_lag', query: highest },
    ],
    states: (points) => ({ 'queue.ready': newest(points), 'queue.ready.growth': growth(points) }),
  },
  {
    name: 'consumers',
    unit: 'number',
    ways: [
      ...rabbitmq('queue_consumers', highest),
      { metric: 'kafka_consumergroup_members', labels: ofGroup, query: highest },
    ],
    states: (points, began) => ({
      'queue.consumers': newest(points),
      'queue.consumers.before': usualBefore(points, began),
    }),
  },
  {
    name: 'published per second',
    unit: 'number',
    ways: [
      ...rabbitmq('queue_messages_published_total', perSecond),
      { metric: 'kafka_topic_partition_current_offset', labels: ofTopic, query: perSecond },
    ],
    states: (points, began) => ({
      'queue.published': newest(points),
      'queue.published.before': usualBefore(points, began),
    }),
  },
  {
    name: 'acknowledged per second',
    unit: 'number',
    ways: [
      ...rabbitmq('channel_messages_acked_total', perSecond),
      { metric: 'rabbitmq_queue_messages_ack_total', query: perSecond },
      { metric: 'kafka_consumergroup_current_offset', query: perSecond },
    ],
    states: (points, began) => ({
      'queue.acknowledged': newest(points),
      'queue.acknowledged.before': usualBefore(points, began),
    }),
  },
];

/** What waits now may have waited always: it is what it does lately that tells; milliseconds. */
const LATELY = 5 * 60_000;
/** Less than this shows no growth; milliseconds. */
const SHORTEST = 30_000;

/** By how much it became more a second, over the last minutes; null where it was not measured for long enough. */
function growth(points: Points): number | null {
  const last = points.at(-1);
  const first = last === undefined ? undefined : points.find(([at]) => at >= last[0] - LATELY);
  if (last === undefined || first === undefined || last[0] - first[0] < SHORTEST) return null;
  return (last[1] - first[1]) / ((last[0] - first[0]) / 1000);
}

/** The queues that a service takes from, as their exporters tell of them. */
export function createQueueCollector(options: PrometheusCollectorOptions): Collector<Plain> {
  return createExporterCollector(options, {
    declared: queues,
    sourcesOf: (service) => service.queues ?? [],
    objectOf: queueId,
    titleOf: (name) => `Queue ${name}`,
    signs: SIGNS,
  });
}
