import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Patience } from '../../../src/adapters/http/connections.ts';
import { createHttpServer } from '../../../src/adapters/http/server.ts';
import { createJobQueue } from '../../../src/adapters/stores/bullmq/job-queue.ts';
import { createNotices } from '../../../src/adapters/stores/redis/beside/notices.ts';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import { subjectKey } from '../../../src/alerts/alert.ts';
import { guardedSources } from '../../../src/app/senders.ts';
import { Settings } from '../../../src/config/settings.ts';
import { NO_FAULTS } from '../../../src/diagnosis/faults/library.ts';
import { createEngine, type Engine } from '../../../src/engine/engine.ts';
import type { OwedNotice } from '../../../src/engine/health/losses.ts';
import { createIntake, type Intake } from '../../../src/engine/intake/intake.ts';
import { sieved } from '../../../src/engine/intake/sieve.ts';
import type { Store } from '../../../src/engine/store/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { createMetrics, type Metrics } from '../../../src/observability/metrics.ts';
import { postWebhook } from '../../kit/world/webhook.ts';
import { ALERT_TOKEN } from '../../kit/world/world.ts';

/** The HTTP side on the real core and a real Redis. Nobody works on what incidents owe, so that they stay as they open. */
export interface Rig {
  readonly url: string;
  readonly store: Store;
  readonly intake: Intake;
  readonly engine: Engine;
  readonly metrics: Metrics;
  /** What people are owed that is about no incident, after a look at what was lost. */
  owed(): Promise<readonly OwedNotice[]>;
  /** Closes the HTTP side, as a drain does. */
  close(): Promise<void>;
  /** Lets Redis take no writes for so long, milliseconds. */
  holdWrites(milliseconds: number): Promise<void>;
  post(body: object | string, options?: Parameters<typeof postWebhook>[2]): Promise<Response>;
  /** The open incident about a service, or null. */
  incident(service?: string): Promise<Incident | null>;
}

/** How it differs from what runs by default. */
export interface How {
  readonly patience?: Patience;
  readonly redact?: (text: string) => string;
  /** The secrets of the sources that `medic.yml` describes. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** The other parts of `medic.yml`. */
  readonly settings?: object;
}

let last = 0;

/** @param intake the part of `medic.yml` of that name */
export async function httpRig(redisUrl: string, intake: object = {}, how: How = {}): Promise<Rig> {
  last += 1;
  const redis = connect(redisUrl, { failFast: true });
  const patient = connect(redisUrl, { failFast: false });
  const keys = keysOf(`http-${process.pid}-${last}`);
  const store = createRedisStore(redis, keys);
  const settings = Settings.parse({ environment: 'test', ...how.settings, intake });
  const log = createLogger({ level: 'silent', redact: (text) => text });
  const metrics = createMetrics();
  const jobQueue = createJobQueue({ redis: patient, prefix: keys.queues, log });
  const { patience, redact = (text) => text } = how;
  const engine = createEngine({
    store,
    jobQueue,
    settings,
    policyDigest: 'policy',
    catalog: () => new Map(),
    library: NO_FAULTS,
    model: async () => false,
    redact,
    log,
    observe: () => undefined,
  });
  const notices = createNotices(redis, keys);
  const heard = sieved(createIntake({ engine, store, settings, metrics, now: Date.now }), {
    watchdogs: notices,
    settings,
    metrics,
  });
  const http = createHttpServer({
    intake: heard,
    sources: guardedSources({ settings, alertTokens: how.tokens ?? {} }, { ALERT_TOKEN }),
    limits: settings.intake,
    severities: settings.severities,
    losses: notices,
    changes: null,
    inlets: [],
    engine,
    readiness: async () => ({ ready: true, role: 'brain', parts: {} }),
    metrics,
    log,
    slack: null,
    ...(patience === undefined ? {} : { patience }),
  });
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await http.close();
    await jobQueue.close();
    redis.disconnect();
    patient.disconnect();
    await Promise.all([redis, patient].map((one) => one.status === 'end' || once(one, 'end')));
  });
  return {
    url,
    store,
    intake: heard,
    engine,
    metrics,
    async owed() {
      await notices.owe(600_000);
      return notices.owed();
    },
    close: () => http.close(),
    holdWrites: async (milliseconds) => {
      await redis.client('PAUSE', milliseconds, 'WRITE');
    },
    post: (body, options) => postWebhook(url, body, options),
    async incident(service = 'shop') {
      const id = await store.findOpen(subjectKey({ kind: 'service', name: service, environment: 'test' }));
      return id === null ? null : store.load(id);
    },
  };
}

/** What one counter of a process counts, over all its labels or for some. */
export async function counted(
  counter: Metrics[
    | 'webhooksRefused'
    | 'alertsReceived'
    | 'alertsUnreadable'
    | 'alertsLost'
    | 'alertsIgnored'],
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { values } = await counter.get();
  return values
    .filter((one) =>
      Object.entries(labels).every(
        ([name, value]) => (one.labels as Record<string, unknown>)[name] === value,
      ),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
