import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHostVitalsCollector } from '../../../../src/adapters/collectors/prometheus/host-vitals.ts';
import { serviceOf } from '../../../evidence/samples.ts';
import { type Rig, startRig } from './rig.ts';

const HOUR = 3_600_000;
const never = new AbortController().signal;
/** The exporter of web-1 was read every hour, on the hour, until the last one. */
const last = Math.floor(Date.now() / HOUR) * HOUR;
const at = (hour: number) => (last - hour * HOUR) / 1000;
const hours = Array.from({ length: 24 * 9 }, (_, hour) => hour).toReversed();
const series = (name: string, labels: string, value: (hour: number) => number | null) =>
  hours.flatMap((hour) => {
    const now = value(hour);
    return now === null
      ? []
      : [`${name}{job="node",instance="web-1:9100"${labels === '' ? '' : `,${labels}`}} ${now} ${at(hour)}`];
  });
const mount = (mountpoint: string) => `fstype="ext4",mountpoint="${mountpoint}"`;
const HISTORY = [
  '# TYPE node_filesystem_device_error gauge',
  ...series('node_filesystem_device_error', mount('/always'), () => 1),
  ...series('node_filesystem_device_error', mount('/since-days'), (hour) => (hour < 72 ? 1 : 0)),
  ...series('node_filesystem_device_error', mount('/new-here'), (hour) => (hour < 12 ? 1 : null)),
  '# TYPE node_timex_sync_status gauge',
  ...series('node_timex_sync_status', '', () => 0),
  '# TYPE node_load1 gauge',
  ...series('node_load1', '', () => 1),
  '# TYPE node_memory_MemAvailable_bytes gauge',
  ...series('node_memory_MemAvailable_bytes', '', () => 1e9),
  '# TYPE node_memory_MemTotal_bytes gauge',
  ...series('node_memory_MemTotal_bytes', '', () => 4e9),
  '# EOF',
  '',
].join('\n');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig('groups: []\n', HISTORY);
});
afterAll(() => rig?.stop());

/** The collector in the last hour of the history: `since` is when the first alert began. */
async function usual(since: number | null): Promise<Readonly<Record<string, boolean>>> {
  const then = {
    ...rig.prometheus,
    query: (expression: string, signal?: AbortSignal, time = last) =>
      rig.prometheus.query(expression, signal, time),
  };
  const service = serviceOf({ hosts: ['web-1'] });
  const items = await createHostVitalsCollector({ prometheus: then }).collect(
    { about: { kind: 'service', name: service.name, environment: service.environment }, since, guessed: [] },
    { service, now: last },
    never,
  );
  const facts = items.flatMap((item) => ('facts' in item ? (item.facts ?? []) : []));
  return Object.fromEntries(
    facts.filter(({ value }) => typeof value === 'boolean').map((fact) => [fact.of, fact.usual === true]),
  );
}

it('a state of a host that its Prometheus had all the week before the alert is usual, and one that came within the week or is not known for a day is not', async () => {
  expect(await usual(last)).toEqual({
    'filesystem/web-1:/always': true,
    'filesystem/web-1:/since-days': false,
    'filesystem/web-1:/new-here': false,
    'host/web-1': true,
  });
});

it('where no alert says since when, nothing is usual', async () => {
  expect(Object.values(await usual(null))).toEqual([false, false, false, false]);
});
