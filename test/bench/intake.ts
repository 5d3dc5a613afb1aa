import { setTimeout as sleep } from 'node:timers/promises';
import { newAlerts } from './alerts.ts';
import { onBareServer } from './bare.ts';
import { barrage, type Volley, volley } from './load.ts';
import { memoryOf, processorSeconds } from './machine.ts';
import { type Fsync, NO_STORM, onStage } from './stage.ts';
import type { Row, Section } from './table.ts';

/** The rate that must be sustained, alerts a second. */
const RATE = 2_000;
/** How many alerts a webhook brings, as Alertmanager's groups do in a storm. */
const EACH = 10;
const SERVICES = 20;
const SECONDS = 10;

/** How many alerts a second are accepted and durable, and how long their sender waits. Every alert is a new one. */
export async function intake(): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const fsync of ['always', 'everysec'] as const) sections.push(await measure(fsync));
  return sections;
}

async function measure(fsync: Fsync): Promise<Section> {
  return onStage({ fsync, settings: NO_STORM }, async ({ gun, medic, redis }) => {
    const shots = (webhooks: number, each: number, from: number) =>
      newAlerts({ webhooks, each, services: SERVICES, from });
    // Warm-up: the incidents open, and their evidence is collected.
    await volley(gun, shots(300, EACH, 0), 100);
    await sleep(2_000);
    const processes = [medic.pid, redis.serverPid] as const;
    const grouped = await timed(processes, () =>
      volley(gun, shots((RATE / EACH) * SECONDS, EACH, 100_000), RATE / EACH),
    );
    await sleep(1_000);
    const single = await timed(processes, () => volley(gun, shots(RATE * SECONDS, 1, 500_000), RATE));
    await sleep(1_000);
    const full = await barrage(gun, shots(400, 50, 900_000), 32);
    const bare = await onBareServer(fsync, async (server) => {
      await volley(server.gun, shots(300, 1, 0), 100);
      return timed(server.pids, () => volley(server.gun, shots(RATE * SECONDS, 1, 1_000_000), RATE));
    });
    return {
      title: `Intake, appendfsync ${fsync}: new alerts about ${SERVICES} services, 200 only after the commit`,
      rows: [
        ...rowsOf(`${RATE}/s for ${SECONDS} s in webhooks of ${EACH}`, grouped.volley, {
          rate: RATE,
          p99: 50,
        }),
        ...costsOf(grouped),
        ...rowsOf(`${RATE}/s for ${SECONDS} s, one alert a webhook`, single.volley, { rate: RATE, p99: 50 }),
        ...costsOf(single),
        ...rowsOf('a bare server that parses and writes the same', bare.volley),
        {
          name: 'the same: processor time of it and of its Redis',
          value: bare.server + bare.redis,
          unit: 'µs',
        },
        {
          name: 'Medic and its Redis: times as much processor time as the bare ones',
          value: (single.server + single.redis) / (bare.server + bare.redis),
          unit: '',
          aim: { at: 'most', value: 3 },
        },
        ...rowsOf('as fast as it goes, 32 at a time, 50 alerts a webhook', full),
        { name: 'most resident memory of Medic', value: memoryOf(medic.pid).peak / 2 ** 20, unit: 'MB' },
      ],
    };
  });
}

interface Timed {
  readonly volley: Volley;
  /** Processor time for each alert, µs. */
  readonly server: number;
  readonly redis: number;
}

async function timed(
  [server, redis]: readonly [number, number],
  load: () => Promise<Volley>,
): Promise<Timed> {
  const before = [server, redis].map(processorSeconds);
  const result = await load();
  const used = (pid: number, index: 0 | 1) =>
    ((processorSeconds(pid) - (before[index] ?? 0)) / (RATE * SECONDS)) * 1e6;
  return { volley: result, server: used(server, 0), redis: used(redis, 1) };
}

function costsOf({ server, redis }: Timed): readonly Row[] {
  return [
    { name: 'the same: processor time of Medic for each alert', value: server, unit: 'µs' },
    { name: 'the same: processor time of Redis for each alert', value: redis, unit: 'µs' },
  ];
}

function rowsOf(
  name: string,
  { alertsPerSecond, latency, refused }: Volley,
  aim?: { readonly rate: number; readonly p99: number },
): readonly Row[] {
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  return [
    {
      name: `${name}: stored`,
      value: alertsPerSecond,
      unit: 'alerts/s',
      // No rate comes out above what was offered: the last answer comes a moment after the last webhook.
      ...(aim && { aim: { at: 'least', value: aim.rate * 0.98, words: `${aim.rate} − 2 %` } as const }),
    },
    { name: `${name}: answered after, p50`, value: latency.p50, unit: 'ms' },
    {
      name: `${name}: answered after, p99`,
      value: latency.p99,
      unit: 'ms',
      ...(aim && { aim: { at: 'most', value: aim.p99 } as const }),
    },
    ...(refusals > 0 ? [{ name: `${name}: refused`, value: refusals, unit: 'webhooks' }] : []),
  ];
}
