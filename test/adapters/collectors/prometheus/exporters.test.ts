import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrometheusCollectors } from '../../../../src/adapters/collectors/prometheus/collectors.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import { alertOf, evidenceOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { type Rig, startRig } from './rig.ts';

const MINUTE = 60_000;
const STEP = 15_000;
const now = Date.now();
/** When consumers went away. */
const began = now - 5 * MINUTE;

/** A metric over the last hour, for each set of labels, by the time of each sample. */
function series(name: string, labels: string | readonly string[], valueAt: (at: number) => number): string {
  const times = Array.from({ length: 240 }, (_, nth) => now - (239 - nth) * STEP);
  const type = name.endsWith('_total') ? 'counter' : 'gauge';
  const lines = [labels]
    .flat()
    .flatMap((one) => times.map((at) => `${name}{${one}} ${valueAt(at)} ${at / 1000}`));
  return [`# TYPE ${name.replace(/_total$/, '')} ${type}`, ...lines].join('\n');
}

const since = (at: number) => Math.max(0, at - began) / 1000;
const until = (at: number) => (Math.min(at, began) - (now - 60 * MINUTE)) / 1000;
const always = (at: number) => (at - (now - 60 * MINUTE)) / 1000;
const mails = 'job="rabbitmq",instance="mq-1:15692",queue="mails",vhost="/"';
const billing = 'job="kafka",instance="kx:9308",consumergroup="billing"';
const HISTORY = [
  series('rabbitmq_detailed_queue_messages_ready', mails, (at) => 10 * since(at)),
  series('rabbitmq_detailed_queue_consumers', mails, (at) => (at < began ? 2 : 0)),
  series('rabbitmq_detailed_queue_messages_published_total', mails, (at) => 10 * always(at)),
  // Channels are at another node than the queue.
  series(
    'rabbitmq_detailed_channel_messages_acked_total',
    mails.replace('mq-1', 'mq-2'),
    (at) => 10 * until(at),
  ),
  series(
    'kafka_consumergroup_lag',
    ['0', '1'].map((nth) => `${billing},topic="orders",partition="${nth}"`),
    () => 21,
  ),
  series('kafka_consumergroup_members', billing, () => 3),
  series(
    'rabbitmq_queue_messages_ready',
    ['/', '/trial'].map((vhost) => `job="rabbitmq",instance="mq-1:15692",queue="parcels",vhost="${vhost}"`),
    () => 5,
  ),
  series(
    'kafka_consumergroup_current_offset',
    `${billing},topic="orders",partition="0"`,
    (at) => 4 * always(at),
  ),
  series(
    'kafka_topic_partition_current_offset',
    'job="kafka",instance="kx:9308",topic="orders",partition="0"',
    (at) => 6 * always(at),
  ),
  series('mysql_global_status_threads_connected', 'job="mysql",instance="db-1:9104"', () => 97),
  series('mysql_global_variables_max_connections', 'job="mysql",instance="db-1:9104"', () => 100),
  series('mysql_global_variables_read_only', 'job="mysql",instance="db-1:9104"', () => 1),
  '# EOF\n',
].join('\n');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('groups: []', HISTORY);
  rig.expose('ready 1');
  await rig.sees('rabbitmq_detailed_queue_consumers');
}, 60_000);
afterAll(() => rig?.stop());

async function read(service: Parameters<typeof serviceOf>[0]): Promise<readonly Evidence[]> {
  const { mysql, queues } = createPrometheusCollectors({ prometheus: rig.prometheus, namespaces: [] });
  const inquiry = inquiryOf({
    service: serviceOf({ hosts: [], labels: {}, ...service }),
    alerts: [alertOf({ startsAt: began + MINUTE })],
  });
  const found = await evidenceOf({ mysql, queues }, inquiry, {
    now: () => now,
    budget: 20_000,
    redact: (text) => text,
  });
  return found.filter(({ kind }) => kind !== 'alert');
}

const factsOf = ([item]: readonly Evidence[]) =>
  Object.fromEntries(
    (item?.facts ?? []).map(({ name, value }) => [
      name,
      typeof value === 'number' ? Math.round(10 * value) / 10 : value,
    ]),
  );

describe('a queue', () => {
  it('is told by what waits, who takes it, and how fast, before the alert and now', async () => {
    const found = await read({ queues: [{ name: 'mails', labels: { queue: 'mails' } }] });
    expect(factsOf(found)).toMatchObject({
      'queue.consumers': 0,
      'queue.consumers.before': 2,
      'queue.published': 10,
      'queue.published.before': 10,
      'queue.acknowledged': 0,
      'queue.acknowledged.before': 10,
    });
    const [item] = found;
    expect(Number(factsOf(found)['queue.ready'])).toBeGreaterThan(2000);
    expect(Number(factsOf(found)['queue.ready.growth'])).toBeGreaterThan(5);
    for (const { of, within, quote } of item?.facts ?? []) {
      expect([of, within]).toEqual(['queue/mails', ['service/catalog']]);
      expect(item?.text.split('\n')).toContain(quote);
    }
  });

  it('is told by one instrument, however many addresses its broker has: none of them counts twice', async () => {
    const [item] = await read({ queues: [{ name: 'mails', labels: { queue: 'mails' } }] });
    expect([item?.witness, item?.also]).toEqual(['exporter/rabbitmq/mq-1:15692', undefined]);
  });

  it('says which of its signs Prometheus does not have', async () => {
    const [item] = await read({ queues: [{ name: 'billing', labels: { consumergroup: 'billing' } }] });
    expect(item?.text).toContain('published per second: Prometheus has nothing of it');
  });

  it('is not read where the labels are those of several, for their figures would be mixed', async () => {
    const [item] = await read({ queues: [{ name: 'parcels', labels: { queue: 'parcels' } }] });
    expect(item).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('is of several: vhost is / and /trial; name the one that is meant'),
    });
  });

  it('of Kafka is a group of consumers and a topic, with the lag of all its partitions', async () => {
    const labels = { consumergroup: 'billing', topic: 'orders' };
    const found = await read({ queues: [{ name: 'billing', labels }] });
    expect(factsOf(found)).toMatchObject({
      'queue.ready': 42,
      'queue.consumers': 3,
      'queue.published': 6,
      'queue.acknowledged': 4,
    });
  });

  it('that Prometheus does not know is failed evidence, with the labels that were asked for', async () => {
    const found = await read({ queues: [{ name: 'lost', labels: { queue: 'lost' } }] });
    expect(found).toMatchObject([
      { status: 'failed', text: expect.stringContaining('nothing of lost with the labels {queue="lost"}') },
    ]);
  });
});

it('a MySQL database is told by its share of connections, and whether it refuses writes', async () => {
  const found = await read({ mysql: [{ name: 'orders-db', labels: { instance: 'db-1:9104' } }] });
  expect(factsOf(found)).toEqual({ 'mysql.connections.used': 1, 'mysql.read_only': true });
  expect(found[0]?.facts?.[0]).toMatchObject({
    of: 'database/orders-db',
    within: ['service/catalog'],
    value: 0.97,
  });
});
