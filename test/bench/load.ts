import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALERT_TOKEN } from '../kit/world/world.ts';
import { type Spread, spreadOf } from './spread.ts';

/** One webhook to send: its body, and how many alerts are in it. */
export interface Shot {
  readonly body: string;
  readonly alerts: number;
}

/** What a load came to. */
export interface Volley {
  /** Alerts that were answered with 200, a second. */
  readonly alertsPerSecond: number;
  /** From when a webhook was due to its answer, milliseconds: waiting for a free connection counts. */
  readonly latency: Spread;
  /** Answers other than 200, by status. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Posts webhooks over kept connections, as Alertmanager does. */
export interface Gun {
  /** Resolves with the status. */
  post(body: string, path?: string): Promise<number>;
  close(): void;
}

export function createGun(medicUrl: string, connections: number): Gun {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(medicUrl);
  const headers = { authorization: `Bearer ${ALERT_TOKEN}`, 'content-type': 'application/json' };
  return {
    post: (body, path = '/alert') =>
      new Promise((resolve, reject) => {
        const length = { 'content-length': Buffer.byteLength(body) };
        const options = { agent, hostname, port, path, method: 'POST', headers: { ...headers, ...length } };
        const sending = request(options, (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
        });
        sending.once('error', reject);
        sending.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Sends so many webhooks a second, whether or not earlier ones were answered: a slow answer makes no room for itself. */
export async function volley(gun: Gun, shots: Iterable<Shot>, perSecond: number): Promise<Volley> {
  const record = newRecord();
  const flying: Promise<void>[] = [];
  let sent = 0;
  for (const shot of shots) {
    const due = record.begun + (sent * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    flying.push(fire(gun, shot, due, record));
    sent += 1;
  }
  await Promise.all(flying);
  return sumUp(record);
}

/** Sends as fast as answers come, over so many connections at a time. */
export async function barrage(gun: Gun, shots: Iterable<Shot>, abreast: number): Promise<Volley> {
  const record = newRecord();
  const iterator = shots[Symbol.iterator]();
  const shooter = async () => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next())
      await fire(gun, next.value, performance.now(), record);
  };
  await Promise.all(Array.from({ length: abreast }, shooter));
  return sumUp(record);
}

interface Tally {
  readonly begun: number;
  readonly latencies: number[];
  readonly refused: Record<string, number>;
  accepted: number;
}

function newRecord(): Tally {
  return { begun: performance.now(), latencies: [], refused: {}, accepted: 0 };
}

async function fire(gun: Gun, { body, alerts }: Shot, due: number, record: Tally): Promise<void> {
  const status = await gun.post(body);
  record.latencies.push(performance.now() - due);
  if (status === 200) record.accepted += alerts;
  else record.refused[status] = (record.refused[status] ?? 0) + 1;
}

function sumUp({ begun, accepted, latencies, refused }: Tally): Volley {
  const seconds = (performance.now() - begun) / 1000;
  return { alertsPerSecond: accepted / seconds, latency: spreadOf(latencies), refused };
}
