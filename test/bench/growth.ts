import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../src/incident/model/incident.ts';
import { until } from '../kit/stack/process.ts';
import { alertBody, newAlerts, shotOf } from './alerts.ts';
import { volley } from './load.ts';
import { memoryOf, processorSeconds } from './machine.ts';
import { NO_STORM, onStage, type Stage } from './stage.ts';
import type { Row, Section } from './table.ts';

const OPEN = [100, 1_000, 10_000] as const;
/** What the load at each size is about: services with an open incident, others each time. */
const SERVICES = 20;
const EACH = 5;
const PER_SECOND = 100;
const SECONDS = 6;
/** How many incidents are written side by side while there are not yet enough. */
const ABREAST = 200;

/** What the number of open incidents does to the cost of an alert, and what one of them takes up. */
export async function growth(): Promise<readonly Section[]> {
  return onStage({ fsync: 'always', settings: NO_STORM }, async (stage) => {
    const example = await anIncident(stage);
    const sizes: Size[] = [];
    // The first load warms everything up and is not counted.
    for (const [round, open] of [OPEN[0], ...OPEN].entries()) {
      await fill(stage, example, open);
      sizes.push(await measure(stage, open, round));
    }
    const [, first, , last] = sizes;
    if (first === undefined || last === undefined) throw new Error('nothing was measured');
    const more = last.open - first.open;
    const ratio = (last.medic + last.redis) / (first.medic + first.redis);
    return [
      {
        title: `Growth: ${EACH * PER_SECOND} alerts/s about ${SERVICES} of the open incidents, appendfsync always`,
        rows: [
          ...sizes.slice(1).flatMap(rowsOf),
          {
            name: `processor time for an alert, ${last.open} open against ${first.open}`,
            value: ratio,
            unit: 'times',
            aim: { at: 'most', value: 1.25 },
          },
          {
            name: 'memory of Redis for an open incident',
            value: (last.redisBytes - first.redisBytes) / more / 1024,
            unit: 'KB',
          },
          {
            name: 'memory of Medic for an open incident',
            value: (last.medicBytes - first.medicBytes) / more / 1024,
            unit: 'KB',
          },
        ],
      },
    ];
  });
}

/** What was measured with so many open incidents. Processor time in µs for an alert. */
interface Size {
  readonly open: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly medic: number;
  readonly redis: number;
  readonly medicBytes: number;
  readonly redisBytes: number;
}

function rowsOf({ open, p50, p99, medic, redis }: Size): readonly Row[] {
  return [
    { name: `${open} open: answered after, p50`, value: p50, unit: 'ms' },
    { name: `${open} open: answered after, p99`, value: p99, unit: 'ms' },
    { name: `${open} open: processor time of Medic for an alert`, value: medic, unit: 'µs' },
    { name: `${open} open: processor time of Redis for an alert`, value: redis, unit: 'µs' },
  ];
}

/** A real incident that waits for a person, as the others are made of. */
async function anIncident({ gun, store }: Stage): Promise<Incident> {
  await gun.post(shotOf([alertBody(0, 'example')]).body);
  const resting = async () => {
    const [id] = await store.open();
    const incident = id === undefined ? null : await store.load(id);
    const isShown = Object.keys(await store.pendingNotifications()).length === 0;
    return incident?.phase.at === 'escalated' && incident.milestones.thread !== null && isShown
      ? incident
      : null;
  };
  return until(resting, { what: 'an incident that waits for a person', ms: 60_000 });
}

/** Writes as many open incidents as are still missing, as the engine would. */
async function fill({ store }: Stage, example: Incident, open: number): Promise<void> {
  const from = (await store.open()).length;
  for (let begin = from; begin < open; begin += ABREAST) {
    const some = Array.from({ length: Math.min(ABREAST, open - begin) }, (_, index) => begin + index);
    await Promise.all(some.map((ordinal) => write(store, copyOf(example, ordinal))));
  }
}

function copyOf(example: Incident, ordinal: number): Incident {
  const name = `service-${ordinal}`;
  const alerts = Object.values(example.alerts).map((attached) => {
    const fingerprint = `seed-${ordinal}`;
    const labels = { ...attached.alert.labels, service: name };
    return [fingerprint, { ...attached, alert: { ...attached.alert, fingerprint, labels } }] as const;
  });
  return {
    ...example,
    id: `inc-seed-${ordinal}`,
    version: 1,
    subject: { ...example.subject, name },
    alerts: Object.fromEntries(alerts),
  };
}

async function write(store: Stage['store'], incident: Incident): Promise<void> {
  const committed = await store.commit({
    incident,
    expected: 0,
    entries: [],
    outbox: [],
    answers: null,
    once: null,
    claim: null,
    release: null,
    attached: Object.keys(incident.alerts),
    crowd: {},
    opening: null,
    strikes: [],
    breaker: { strikes: 3, window: 1 },
    sinks: [],
  });
  if (committed.kind !== 'committed') throw new Error(`an incident could not be written: ${committed.kind}`);
  await store.markNotified(incident.id, incident.version);
}

async function measure({ gun, medic, redis }: Stage, open: number, round: number): Promise<Size> {
  await sleep(1_500);
  const info = await redis.info('memory');
  const redisBytes = Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0);
  const medicBytes = memoryOf(medic.pid).now;
  const used = () => [medic.pid, redis.serverPid].map(processorSeconds);
  const before = used();
  const webhooks = PER_SECOND * SECONDS;
  // Services whose incidents hold one alert so far, whatever the size.
  const first = 1 + round * SERVICES;
  const shots = newAlerts({ webhooks, each: EACH, services: SERVICES, first, from: (round + 1) * 1_000_000 });
  const { latency } = await volley(gun, shots, PER_SECOND);
  const [medicsTime = 0, redisesTime = 0] = used().map(
    (seconds, index) => ((seconds - (before[index] ?? 0)) / (webhooks * EACH)) * 1e6,
  );
  return {
    open,
    p50: latency.p50,
    p99: latency.p99,
    medic: medicsTime,
    redis: redisesTime,
    medicBytes,
    redisBytes,
  };
}
