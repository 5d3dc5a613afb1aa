import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { until } from '../../kit/stack/process.ts';
import type { TestEnv } from '../../kit/world/test-env.ts';
import { webhookOf } from '../../kit/world/webhook.ts';
import { ALERT_TOKEN } from '../../kit/world/world.ts';
import { deedsIn, falseWordsIn, judged } from '../ground.ts';
import { withRelay } from './strangers.ts';

const FAMILY = 'webhooks';

interface Try {
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const honest = JSON.stringify(webhookOf({ name: 'Simple' }));
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

/** Each the honest body, from somebody who does not know the token. */
const TOKENS: Readonly<Record<string, Try>> = {
  'no token': { headers: { authorization: '' } },
  'an empty token': { headers: bearer('') },
  'all of the token but its last letter': { headers: bearer(ALERT_TOKEN.slice(0, -1)) },
  'the token and a letter': { headers: bearer(`${ALERT_TOKEN}x`) },
  'the first half of the token': { headers: bearer(ALERT_TOKEN.slice(0, ALERT_TOKEN.length / 2)) },
  'the token in capitals': { headers: bearer(ALERT_TOKEN.toUpperCase()) },
  'the token without its scheme': { headers: { authorization: ALERT_TOKEN } },
  'the token twice': { headers: bearer(`${ALERT_TOKEN} ${ALERT_TOKEN}`) },
  'two headers, one of them right': { headers: { authorization: `Bearer x, Bearer ${ALERT_TOKEN}` } },
  'the token as a user, not as a password': { headers: basic(`${ALERT_TOKEN}:x`) },
  'a token of 12 kB': { headers: bearer('a'.repeat(12_000)) },
  undefined: { headers: bearer('undefined') },
  'the token in the address': { headers: { authorization: '' }, path: `/alert?token=${ALERT_TOKEN}` },
  'another path': { headers: bearer('x'), path: '/api/v1/alert/immediate' },
  'a path with dots': { headers: bearer('x'), path: '/healthz/..%2falert' },
  PUT: { headers: bearer('x'), method: 'PUT' },
};

const bytes = (size: number, fill = ' ') => Buffer.alloc(size, fill);
const packed = (encoding: string, body: Uint8Array): Try => ({
  headers: { 'content-encoding': encoding },
  body: new Uint8Array(body),
});
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
/** Each from somebody who knows the token, and wants to break Medic with it. */
const BODIES: Readonly<Record<string, Try>> = {
  '64 MB of blanks in gzip': packed('gzip', gzipSync(bytes(64e6))),
  '64 MB of blanks in brotli': packed('br', brotliCompressSync(bytes(64e6))),
  'gzip in gzip': packed('gzip, gzip', gzipSync(gzipSync(bytes(50e6)))),
  'gzip that is none': packed('gzip', bytes(1000, 'x')),
  'a packing that there is none of': packed('x-evil', bytes(10)),
  '20 MB': { body: bytes(20e6) },
  'a hundred thousand brackets': { body: '['.repeat(100_000) },
  'objects in objects, 100 000 deep': { body: nested(100_000) },
  'an alert whose labels are 100 000 deep': {
    body: honest.replace('Simple-shop', 'deep').replace(/"labels":\{[^}]*\}/, `"labels":${nested(100_000)}`),
  },
  'a million nulls for alerts': { body: JSON.stringify({ version: '4', alerts: Array(1e6).fill(null) }) },
  'a thousand alerts that are numbers': {
    body: JSON.stringify({ version: '4', alerts: Array(1e3).fill(7) }),
  },
  '__proto__ for a body': {
    body: '{"__proto__":{"alerts":[]},"constructor":{"prototype":{"status":"firing"}}}',
  },
  'alerts that are text': { body: JSON.stringify({ version: '4', alerts: 'firing' }) },
  'no body': { body: '' },
  'half a body': { body: honest.slice(0, -20) },
  'bytes that are no text': { body: new Uint8Array(bytes(1000, 0xff as never)) },
  'a form': { body: 'payload=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  'a body for Slack, 5 MB of it': { body: bytes(5e6), path: '/slack/events' },
};

async function send(
  env: TestEnv,
  { body = honest, headers = {}, path = '/alert', method = 'POST' }: Try,
): Promise<string> {
  const all = { 'content-type': 'application/json', ...bearer(ALERT_TOKEN), ...headers };
  try {
    const response = await fetch(`${env.medic.url}${path}`, {
      method,
      body,
      headers: all,
      signal: AbortSignal.timeout(15_000),
    });
    return `${response.status} ${(await response.text()).slice(0, 90)}`;
  } catch (error) {
    return error instanceof Error ? `the connection ended: ${error.message}` : String(error);
  }
}

/** Whether anything was done or said by it, or Medic does not answer any more. */
async function harm(env: TestEnv): Promise<boolean> {
  const answers = await fetch(`${env.medic.url}/healthz`, { signal: AbortSignal.timeout(3_000) }).then(
    ({ status }) => status === 200,
    () => false,
  );
  const opened = (await env.incident()) !== null;
  return !answers || opened || deedsIn(env).length > 0 || falseWordsIn(env.slack).length > 0;
}

/** Requests that begin and never end, many at once. */
async function slowly(env: TestEnv): Promise<readonly Socket[]> {
  const { port } = new URL(env.medic.url);
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ALERT_TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{`;
  const sockets = Array.from({ length: 300 }, () => connect(Number(port), '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const [nth, socket] of sockets.entries()) {
    socket.on('error', () => undefined);
    socket.write(head(nth % 2 === 0 ? '/alert' : '/slack/events'));
  }
  return sockets;
}

/** Whoever speaks HTTP to Medic, and is no Alertmanager. */
export const webhookAttacks = () =>
  withRelay({ remedies: [{ name: 'quick', risk: 'low', alert: 'Simple' }] }, async (env) => {
    for (const [family, tries] of [
      ['wrong token: ', TOKENS],
      ['', BODIES],
    ] as const) {
      for (const [what, one] of Object.entries(tries)) {
        const happened = await send(env, one);
        judged({
          family: FAMILY,
          tried: `${family}${what}`,
          happened,
          acted: await harm(env),
          allowed: false,
        });
      }
    }
    const held = await slowly(env);
    judged({
      family: FAMILY,
      tried: '300 requests that never end',
      happened: 'others are answered meanwhile',
      acted: await harm(env),
      allowed: false,
    });
    const memory = Number(/^process_resident_memory_bytes (\S+)/m.exec(await metricsOf(env))?.[1]);
    judged({
      family: FAMILY,
      tried: 'all of them for its memory',
      happened: `${Math.round(memory / 1e6)} MB are in use`,
      acted: !(memory < 600e6),
      allowed: false,
    });
    env.service.breakDown();
    const happened = await send(env, {});
    await until(() => env.service.playbookRuns().length === 1, {
      what: `the remedy, after ${happened}`,
      ms: 30_000,
    });
    judged({ family: FAMILY, tried: 'an alert', happened, acted: true, allowed: true });
    for (const socket of held) socket.destroy();
  });

const metricsOf = async (env: TestEnv) => (await fetch(`${env.medic.url}/metrics`)).text();
