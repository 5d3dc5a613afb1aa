import { connect } from 'node:net';
import { Redis } from 'ioredis';
import type { Collector, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { type RedisSource, redis } from '../../../evidence/collectors/databases.ts';
import { databaseId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told, tell } from '../../../evidence/facts/tell.ts';
import { codeOf, partsOf, refusalOf } from '../address.ts';
import { askEach } from '../places.ts';
import { type Answers, linesOf, readInfo } from './tell.ts';

/** So far before something seemed wrong a slow command counts, milliseconds. */
const BEFORE = 5 * 60_000;
const SETTINGS = ['maxclients', 'save', 'stop-writes-on-bgsave-error'] as const;
/** The word with which Redis begins a refusal: LOADING, NOAUTH; ERR where it has no word of its own. */
const REFUSAL = /^([A-Z]{3,20})\b/;
/** A greeting comes at once, milliseconds. */
const GREETING = 500;
const FULL = 'max number of clients reached';

/** Asks each Redis of the service what state it is in. That it refuses is an answer; that it is silent is none. */
export function createRedisCollector({
  passwords,
}: {
  /** The passwords of Medic's own users, by the names of the databases. */
  readonly passwords: Readonly<Record<string, string>>;
}): Collector<Plain> {
  return {
    declared: redis,
    collect({ since }, { service, now }, signal) {
      if (service === null) return Promise.resolve([]);
      const sources = new Map((service.redis ?? []).map((source) => [source.name, source]));
      const describe = (name: string) =>
        ({
          kind: 'state',
          title: `Redis ${name}`,
          source: 'redis',
          query: `INFO, CONFIG GET and SLOWLOG GET at ${sources.get(name)?.address}`,
          observedAt: now,
          witness: `database/${name}`,
        }) as const;
      return askEach([...sources.keys()], describe, async (name) => {
        const source = sources.get(name);
        if (source === undefined) return [];
        const password = Object.hasOwn(passwords, name) ? passwords[name] : undefined;
        const from = (Math.min(since ?? now, now) - BEFORE) / 1000;
        const told = tell(await readOne(source, password, service, from, signal), now);
        return [{ ...describe(name), ...told, window: null, data: null, link: null }];
      });
    },
  };
}

async function readOne(
  source: RedisSource,
  password: string | undefined,
  service: ServiceView,
  from: number,
  signal: AbortSignal,
): Promise<readonly Told[]> {
  const of = databaseId(source.name);
  const within = [serviceId(service.name)];
  const client = open(source, password);
  const errors: unknown[] = [];
  client.on('error', (error) => errors.push(error));
  const stop = () => client.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await client.connect();
    return linesOf(await ask(client), of, within, from);
  } catch (error) {
    // What the library throws is often no more than that the connection is closed.
    const said = await greetingOf(source, error, signal);
    const line = [...said, error, ...errors].map((one) => refused(one, source)).find((one) => one !== null);
    const first = errors[0] ?? error;
    if (line === undefined) throw new Error(`${source.name}: ${messageOf(first)}`, { cause: error });
    return [{ line: line.text, facts: statesOf(of, within, line.values) }];
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

function open({ address, user, tls, timeout }: RedisSource, password: string | undefined): Redis {
  return new Redis({
    ...partsOf(address),
    ...(user === undefined || password === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls === 'off' ? {} : { tls: { rejectUnauthorized: tls === 'verified' } }),
    connectionName: 'medic',
    lazyConnect: true,
    connectTimeout: timeout,
    commandTimeout: timeout,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    // Whether it loads its data is what is asked.
    enableReadyCheck: false,
    enableOfflineQueue: false,
  });
}

async function ask(client: Redis): Promise<Answers> {
  const info = readInfo(await client.info());
  return {
    info,
    config: await allowed(async () => {
      const found = await client.config('GET', ...SETTINGS);
      return new Map(pairs(found));
    }),
    slow: await allowed(async () => slowIn(await client.slowlog('GET', 32))),
  };
}

/** Null where its user may not ask for it. */
async function allowed<T>(asking: () => Promise<T>): Promise<T | null> {
  try {
    return await asking();
  } catch (error) {
    if (/^(?:NOPERM|ERR unknown command|LOADING)/.test(messageOf(error))) return null;
    throw error;
  }
}

function pairs(found: unknown): (readonly [string, string])[] {
  if (!Array.isArray(found)) return [];
  return found.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name), String(found[index + 1] ?? '')] as const] : [],
  );
}

function slowIn(found: unknown): NonNullable<Answers['slow']> {
  if (!Array.isArray(found)) return [];
  return found.flatMap((entry) => {
    if (!Array.isArray(entry)) return [];
    const [, at, took] = entry.map(Number);
    return at === undefined || took === undefined ? [] : [{ at, took: took / 1e6 }];
  });
}

/** What it says by refusing; null where it says nothing. */
function refused(error: unknown, { address }: RedisSource) {
  const message = messageOf(error);
  const word = message.includes(FULL)
    ? 'MAXCLIENTS'
    : isReply(error)
      ? REFUSAL.exec(message)?.[1]
      : undefined;
  if (word !== undefined)
    return {
      text: `it refuses to work: ${message}`,
      values: { 'database.connect': 'accepted', 'redis.refusal': word },
    } as const;
  const came = refusalOf(codeOf(error));
  if (came === null) return null;
  const words = { refused: 'nothing listens there', closed: 'it hung up' }[came];
  return {
    text: `${address} ${came} the connection: ${words}`,
    values: { 'database.connect': came },
  } as const;
}

/** One that is full says so to whoever connects and hangs up, before it is asked anything. */
async function greetingOf(
  { address, tls, timeout }: RedisSource,
  error: unknown,
  signal: AbortSignal,
): Promise<readonly Error[]> {
  if (tls !== 'off' || isReply(error) || refusalOf(codeOf(error)) === 'refused') return [];
  const { promise, resolve } = Promise.withResolvers<readonly Error[]>();
  const socket = connect({ ...partsOf(address), signal });
  socket.setTimeout(Math.min(timeout, GREETING), () => socket.destroy());
  socket.once('data', (data) => {
    resolve(data.toString('utf8', 0, 200).startsWith(`-ERR ${FULL}`) ? [new Error(`ERR ${FULL}`)] : []);
    socket.destroy();
  });
  socket.once('error', () => resolve([]));
  socket.once('close', () => resolve([]));
  return promise;
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  const message = error instanceof Error ? error.message || error.name : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 300).toWellFormed();
}
