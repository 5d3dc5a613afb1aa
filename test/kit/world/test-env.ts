import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import { subjectKey } from '../../../src/alerts/alert.ts';
import type { Store } from '../../../src/engine/store/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { matches, type Wanted } from '../slack/person.ts';
import { DEFAULT_LIMITS } from '../slack/platform.ts';
import { type LocalSlack, type Message, type SlackOptions, startSlack } from '../slack/server.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { PATIENCE } from '../stack/patience.ts';
import { freePort, until } from '../stack/process.ts';
import { startRedis } from '../stack/redis.ts';
import { type MedicProcess, startMedic } from './medic.ts';
import { type Remedy, writePlaybooks } from './playbooks.ts';
import { isCard } from './said.ts';
import { startTestService, type TestService } from './service.ts';
import type { Pace } from './settings.ts';
import { ALERT_TOKEN, CHANNEL } from './world.ts';

export interface TestEnvOptions {
  readonly remedies: readonly Remedy[];
  /** Names of the services; the first is `service`. Only `shop` by default. */
  readonly services?: readonly [string, ...string[]];
  /** The hosts of a service, Medic's own unless said otherwise. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** What each service depends on. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
  readonly pace?: Pace;
  readonly env?: Readonly<Record<string, string>>;
  readonly slack?: SlackOptions;
  /** How Slack reaches Medic; by Socket Mode unless said otherwise. */
  readonly mode?: 'socket' | 'http';
  /** More of `medic.yml`. */
  readonly settings?: object;
  /** A Redis that runs already, as `REDIS_URL` has it; `Ward.redis` then starts and stops nothing of it. One of our own by default. */
  readonly redisUrl?: string;
}

/**
 * A small world for scenarios: a service or several that can be ill, real Redis, the local Slack, and Medic as its own process. The test
 * itself plays Alertmanager, with real webhooks.
 */
export interface TestEnv {
  readonly slack: LocalSlack;
  readonly service: TestService;
  /** All services, by name. */
  readonly services: ReadonlyMap<string, TestService>;
  readonly redisUrl: string;
  /** Takes Redis away and brings it back with what it had kept. */
  readonly redis: {
    stop(): Promise<void>;
    kill(): Promise<void>;
    start(): Promise<void>;
    /** Stops its process for a while, so that it takes connections and answers nothing. */
    freeze(): void;
    thaw(): void;
  };
  readonly env: Readonly<Record<string, string>>;
  readonly dir: string;
  medic: MedicProcess;
  /** Makes the service that the labels name ill (`shop` by default) and posts the alert, as Alertmanager would. Resolves with the webhook's answer. */
  fireAlert(alert: string, labels?: Readonly<Record<string, string>>): Promise<Response>;
  /** Posts that the alert resolved, without mending anything. */
  resolve(alert: string, labels?: Readonly<Record<string, string>>): Promise<Response>;
  /** Writes `medic.yml` anew; it is read when Medic starts. */
  configure(changes: Pick<TestEnvOptions, 'pace' | 'settings'>): Promise<void>;
  /** The card of an incident, once it reads as wanted. */
  card(wanted: Wanted, ms?: number): Promise<Message>;
  /** kill -9 of Medic, whatever it is doing. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Starts a further replica on its own port. */
  replica(name: string): Promise<MedicProcess>;
  /** Waits until nothing is owed any more but timers for later: every effect is done and every change stands in Slack. */
  quiet(ms?: number): Promise<void>;
  /** The open incident about a service, `service` by default, as Medic remembers it. */
  incident(service?: string): Promise<Incident | null>;
  /** What Medic has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export async function openTestEnv(options: TestEnvOptions): Promise<TestEnv> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const scratch: Scratch = await scratchDir('testEnv');
    closing.push(() => scratch.remove());
    const dir = scratch.path;
    let redis = options.redisUrl === undefined ? await startRedis({ dir: join(dir, 'redis') }) : null;
    closing.push(async () => redis?.stop());
    const redisUrl = options.redisUrl ?? redis?.url ?? '';
    const reader = connect(redisUrl, { failFast: true });
    reader.on('error', () => undefined);
    closing.push(async () => reader.disconnect());
    const memory = createRedisStore(reader, keysOf('medic'));
    const port = await freePort();
    const http = options.mode === 'http' ? { eventsUrl: `http://127.0.0.1:${port}/slack/events` } : undefined;
    const slack = await startSlack({
      ...options.slack,
      limits: { ...PATIENT, ...options.slack?.limits },
      ...(http === undefined ? {} : { http }),
    });
    closing.push(() => slack.stop());
    const [first = 'shop', ...others] = options.services ?? [];
    const own = await startTestService(dir, first);
    const all = new Map([[first, own]]);
    for (const name of others) all.set(name, await startTestService(dir, name));
    for (const one of all.values()) closing.push(() => one.stop());
    const config = join(dir, 'medic.yml');
    const configure = (how: TestEnvOptions) =>
      writeFile(config, stringify(settingsOf([...all.values()], how)));
    await configure(options);
    const env: Record<string, string> = {
      HOST: '127.0.0.1',
      PORT: String(port),
      REDIS_URL: redisUrl,
      MEDIC_CONFIG: config,
      MEDIC_PLAYBOOKS: writePlaybooks(dir, options.remedies),
      ALERT_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      ...(http === undefined
        ? { SLACK_APP_TOKEN: slack.appToken }
        : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      SLACK_CHANNEL: CHANNEL,
      ...options.env,
    };
    // An alert that is told again while it fires is told with its beginning.
    const began = new Map<string, Date>();
    const testEnv: TestEnv = {
      slack,
      service: own,
      services: all,
      redisUrl,
      redis: {
        stop: async () => redis?.stop(),
        kill: async () => redis?.kill(),
        async start() {
          if (redis !== null) redis = await startRedis({ dir: join(dir, 'redis'), port: redis.port });
        },
        freeze() {
          if (redis !== null) process.kill(redis.pid, 'SIGSTOP');
        },
        thaw() {
          if (redis !== null) process.kill(redis.pid, 'SIGCONT');
        },
      },
      env,
      dir,
      medic: await startMedic(dir, env),
      async fireAlert(alert, labels) {
        all.get(labels?.service ?? first)?.breakDown();
        const labelled = { service: first, ...labels };
        const key = JSON.stringify([alert, labelled]);
        const since = began.get(key) ?? new Date();
        began.set(key, since);
        return postAlert(testEnv.medic.url, 'firing', alert, labelled, { since });
      },
      resolve(alert, labels) {
        const labelled = { service: first, ...labels };
        began.delete(JSON.stringify([alert, labelled]));
        return postAlert(testEnv.medic.url, 'resolved', alert, labelled);
      },
      configure: (changes) => configure({ ...options, ...changes }),
      card: (wanted, ms = 15_000) => slack.message(CHANNEL, cardThat(wanted), ms),
      kill: () => testEnv.medic.kill(),
      async restart() {
        testEnv.medic = await startMedic(dir, env);
      },
      async replica(name) {
        const replica = await startMedic(dir, { ...env, PORT: String(await freePort()) }, name);
        closing.push(() => replica.stop());
        return replica;
      },
      quiet: (ms = 15_000) => untilQuiet(memory, ms),
      async incident(service = first) {
        const id = await memory.findOpen(subjectKey({ kind: 'service', name: service, environment: 'test' }));
        return id === null ? null : memory.load(id);
      },
      log: () => readFileSync(join(dir, 'medic.log'), 'utf8'),
      stop,
    };
    closing.push(() => testEnv.medic.stop());
    return testEnv;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Slack waits three seconds for an answer. A machine that many worlds share is slower without being wrong. */
export const PATIENT = {
  ackMs: DEFAULT_LIMITS.ackMs * PATIENCE,
  triggerLifeMs: DEFAULT_LIMITS.triggerLifeMs * PATIENCE,
};

async function untilQuiet(store: Pick<Store, 'outbox' | 'pendingNotifications'>, ms: number): Promise<void> {
  // A timer for later, such as the end of a long approval, is owed long after it matters.
  const due = async () =>
    (await store.outbox()).filter(({ effect }) => effect.kind !== 'timer' || effect.at < Date.now() + ms);
  const left = async () => (await due()).length + Object.keys(await store.pendingNotifications()).length;
  await until(async () => (await left()) === 0, { what: 'nothing to be owed', ms });
}

/** A rule for the card itself, and not for what its thread says. */
export function cardThat(wanted: Wanted): (message: Message) => boolean {
  return (message) => isCard(message) && matches(wanted, message);
}

function settingsOf(
  patients: readonly TestService[],
  { pace = {}, settings = {}, dependencies = {}, hosts = {} }: TestEnvOptions,
): object {
  const service = ({ name, logFile, url }: TestService) => ({
    environment: 'test',
    hosts: hosts[name] ?? ['localhost'],
    owners: ['S0ONCALL'],
    depends_on: dependencies[name] ?? [],
    logs: [{ file: logFile }],
    health: [{ name: 'health', url }],
  });
  return {
    environment: 'test',
    policy: { cooldown: '0s', ...pace },
    roles: { operators: { users: ['U0BOB'] }, approvers: { users: ['U0CAROL'], groups: ['S0ONCALL'] } },
    services: Object.fromEntries(patients.map((patient) => [patient.name, service(patient)])),
    evidence: { budget: '3s' },
    ...settings,
  };
}

/** Posts one alert in the form of Alertmanager's webhook. */
export function postAlert(
  medicUrl: string,
  status: 'firing' | 'resolved',
  alertname: string,
  labels: Readonly<Record<string, string>> = {},
  { path = '/alert', since }: { readonly path?: string; readonly since?: Date } = {},
): Promise<Response> {
  const all = { alertname, service: 'shop', severity: 'critical', environment: 'test', ...labels };
  const now = new Date().toISOString();
  const alert = {
    status,
    labels: all,
    annotations: { summary: `${all.service} is ill` },
    startsAt: since?.toISOString() ?? now,
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : now,
    generatorURL: '',
    fingerprint: createHash('sha256')
      .update(JSON.stringify(Object.entries(all).sort()))
      .digest('hex')
      .slice(0, 16),
  };
  return fetch(`${medicUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ALERT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      version: '4',
      groupKey: '{}',
      status,
      receiver: 'medic',
      alerts: [alert],
      truncatedAlerts: 0,
    }),
  });
}
