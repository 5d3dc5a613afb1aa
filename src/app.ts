import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import cron, { type TaskOptions } from 'node-cron';
import { createAlertmanagerSignals } from './adapters/alertmanager/signals.ts';
import { createCarrier } from './adapters/bullmq/carrier.ts';
import { createChangeCollector } from './adapters/changes/collector.ts';
import { createStateCollector } from './adapters/command/state.ts';
import { createHostCollector } from './adapters/host/collector.ts';
import { createHttpServer, type Readiness } from './adapters/http/server.ts';
import { createLogCollector } from './adapters/logs/collector.ts';
import { createOpenAiModel } from './adapters/openai/model.ts';
import { loadPrompt } from './adapters/openai/prompt.ts';
import { createProbeCollector } from './adapters/probe/collector.ts';
import { createPrometheus, type Prometheus } from './adapters/prometheus/client.ts';
import { createPrometheusCollectors } from './adapters/prometheus/collectors.ts';
import { createPrometheusSignals } from './adapters/prometheus/signals.ts';
import { connect, firstAnswer, unreachable } from './adapters/redis/connect.ts';
import { type Guarantee, guaranteeOf } from './adapters/redis/guarantee.ts';
import { keysOf } from './adapters/redis/keys.ts';
import { createProjectionStore } from './adapters/redis/projections.ts';
import { createRunCoordinator } from './adapters/redis/run-coordinator.ts';
import { createRedisStore } from './adapters/redis/store.ts';
import { createTurns } from './adapters/redis/turns.ts';
import { createRunners } from './adapters/runners.ts';
import { createSlackApp, type SlackApp } from './adapters/slack/app.ts';
import { createPacer } from './adapters/slack/pacer.ts';
import { createProjector } from './adapters/slack/projector.ts';
import { SECRETS } from './config/environment.ts';
import type { Config } from './config/load.ts';
import type { Model } from './diagnosis/model.ts';
import { attempt } from './engine/attempt.ts';
import type { Deliveries } from './engine/carrier.ts';
import { createClock } from './engine/clock.ts';
import { createDesk } from './engine/desk-clerk.ts';
import { createEngine } from './engine/engine.ts';
import { createIntake } from './engine/intake.ts';
import { meteredCollector, meteredModel } from './engine/metered.ts';
import { type PerformParts, perform } from './engine/perform.ts';
import { type ReconcileParts, reconcile } from './engine/reconcile.ts';
import { type ShowParts, show } from './engine/show.ts';
import type { Store } from './engine/store.ts';
import type { Collector } from './evidence/collector.ts';
import { registered } from './intake/subject.ts';
import { countChange } from './observability/incident-metrics.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import { createRedactor } from './observability/redact.ts';
import { livingCatalog } from './playbooks/reload.ts';
import type { Signals } from './verification/reading.ts';

export interface App {
  /** Where its HTTP side listens. */
  readonly url: string;
  stop(reason: string): Promise<void>;
}

/** What a question to the model may cost. */
const MODEL_LIMITS = { maxOutputTokens: 4000, maxEvidenceChars: 40_000, maxRetries: 2 } as const;
/** How much of each kind of work one process does at a time; fixes are limited further, across all replicas, by the claim. */
const CONCURRENCY = { effects: 20, attempts: 10, projections: 10 } as const;
const HEARTBEAT = 1_000;
const EVERY_FEW_SECONDS = '*/5 * * * * *';
/** How long a running playbook is waited for when the process is asked to stop, milliseconds. */
const DRAIN = 60_000;

/**
 * Wires Medic up and starts it: memory first, then what it knows, then the people, then the work. A start that fails takes back
 * what it had begun; a stop runs in reverse.
 */
export async function startApp(config: Config): Promise<App> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const unwind = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await wire(config, undo, unwind);
  } catch (error) {
    await unwind();
    throw error;
  }
}

async function wire(
  config: Config,
  undo: (() => Promise<unknown> | unknown)[],
  unwind: () => Promise<void>,
): Promise<App> {
  const { env, settings, policyDigest, environment } = config;
  const begun = performance.now();
  const redactor = createRedactor();
  for (const name of SECRETS) if (env[name] !== undefined) redactor.register(env[name]);
  const { redact } = redactor;
  const log = createLogger({ level: env.LOG_LEVEL, redact });
  const metrics = createMetrics();

  // Memory.
  const redis = connect(env.REDIS_URL, { failFast: true });
  undo.push(() => redis.quit().catch(() => redis.disconnect()));
  const patient = connect(env.REDIS_URL, { failFast: false });
  undo.push(() => patient.quit().catch(() => patient.disconnect()));
  for (const connection of [redis, patient])
    connection.on('error', (err) => log.warn({ err }, 'Redis cannot be reached'));
  const keys = keysOf(env.MEDIC_NAMESPACE);
  const store = createRedisStore(redis, keys);
  await firstAnswer(redis);
  const guarantee = await guaranteeOf(redis);
  const clock = await createClock(store);
  const projections = createProjectionStore(redis, keys);
  const carrier = createCarrier({ redis: patient, prefix: keys.queues, log });
  undo.push(() => carrier.close());

  // What it knows and whom it may ask.
  const catalog = livingCatalog(config.playbooks);
  const model = await modelOf(config, redact);
  const prometheus =
    env.PROMETHEUS_URL === undefined ? null : createPrometheus({ url: env.PROMETHEUS_URL, timeout: 3_000 });
  const world = {
    model: model && meteredModel(model, metrics),
    collectors: collectorsOf(prometheus, environment).map((one) => meteredCollector(one, metrics)),
    signals: signalsOf(config, prometheus, clock.now),
    runner: createRunners({ inventory: config.inventory, environment, redact }),
  };

  // The core, and what reaches it.
  const engine = createEngine({
    store,
    carrier,
    settings,
    policyDigest,
    catalog: catalog.current,
    model: model !== null,
    log,
    observe: (before, after, event) => countChange(metrics, before, after, event),
  });
  const intake = createIntake({ engine, settings, metrics, redact });
  const slack = createSlackApp({
    mode: env.SLACK_APP_TOKEN === undefined ? 'http' : 'socket',
    botToken: env.SLACK_BOT_TOKEN,
    appToken: env.SLACK_APP_TOKEN,
    signingSecret: env.SLACK_SIGNING_SECRET,
    apiUrl: env.SLACK_API_URL,
    desk: createDesk({ engine, store, settings, catalog: catalog.current, redact }),
    projections,
    groups: [...new Set(Object.values(settings.roles).flatMap(({ groups }) => groups))],
    logger: log,
  });
  const pacer = createPacer();
  const notifier = createProjector({
    client: slack.client,
    pacer,
    meter: (method, result, seconds) => {
      metrics.slackCalls.inc({ method, result });
      metrics.slackCallDuration.observe({ method }, seconds);
    },
    store: projections,
    channelFor: ({ subject }) => registered(subject, settings)?.channel ?? env.SLACK_CHANNEL,
    serviceOf: ({ subject }) => {
      const service = registered(subject, settings);
      return service === null
        ? null
        : { name: subject.name, owners: service.owners, dashboards: service.dashboards };
    },
  });

  // The work.
  const aborting = new AbortController();
  const performing = {
    engine,
    store,
    world,
    settings,
    catalog: catalog.current,
    redact,
    signal: aborting.signal,
  };
  const showing = { engine, store, notifier, carrier, turns: createTurns(redis, keys), log };
  const deliveries = deliveriesOf(performing, showing);
  const http = createHttpServer({
    intake,
    token: env.ALERT_TOKEN,
    readiness: () => readinessOf(store, guarantee, slack, (error) => unreachable(redis, error)),
    metrics,
    log,
    slack: slack.requestListener,
  });
  undo.push(() => http.close());
  slack.start();
  undo.push(() => slack.stop());
  carrier.work(deliveries, CONCURRENCY);
  const beat = async () => {
    await clock.beat();
    if (slack.ready().ok) await store.chatAlive();
  };
  const heart = setInterval(() => void beat().catch(() => undefined), HEARTBEAT);
  undo.push(() => clearInterval(heart));
  const debts = { store, engine, carrier, log };
  await settleDebts(debts, metrics);
  const regularly = (name: string, work: () => unknown, options: TaskOptions = {}) => {
    const task = cron.schedule(EVERY_FEW_SECONDS, () => guarded(name, work, log), {
      name,
      noOverlap: true,
      suppressMissedWarning: true,
      ...options,
    });
    undo.push(() => task.destroy());
  };
  regularly('look at what is owed', () => settleDebts(debts, metrics), {
    distributed: true,
    runCoordinator: createRunCoordinator(redis, keys),
  });
  regularly('look at the playbooks', () => catalog.refresh());
  // Stopped first, in reverse: attempts, while people can still see them and press Stop; then what waits for its turn in Slack,
  // which stays owed and is not waited for; then the rest.
  undo.push(() => carrier.stopWork());
  undo.push(() => pacer.close());
  undo.push(() => carrier.stopAttempts());
  const url = await http.listen({ host: env.HOST, port: env.PORT });
  log.info(
    { url, startMs: Math.round(performance.now() - begun), playbooks: catalog.current().size },
    'medic is up',
  );

  return {
    url,
    async stop(reason) {
      log.info({ reason }, 'medic is stopping');
      const patience = setTimeout(() => aborting.abort(`medic is stopping: ${reason}`), DRAIN);
      await unwind();
      clearTimeout(patience);
    },
  };
}

async function modelOf({ env, settings }: Config, redact: (text: string) => string): Promise<Model | null> {
  if (env.OPENAI_MODEL === undefined) return null;
  return createOpenAiModel({
    ...MODEL_LIMITS,
    apiKey: env.OPENAI_API_KEY ?? null,
    baseUrl: env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    model: env.OPENAI_MODEL,
    timeout: settings.model.timeout,
    prompt: await loadPrompt(resolve(import.meta.dirname, '..', 'prompts'), 'diagnose'),
    redact,
  });
}

/** Prometheus itself knows best whether an alert fires; without it, Alertmanager is asked. */
function signalsOf({ env }: Config, prometheus: Prometheus | null, now: () => number): Signals {
  const signals = createPrometheusSignals({ prometheus, now });
  const url = env.ALERTMANAGER_URL;
  return prometheus !== null || url === undefined
    ? signals
    : createAlertmanagerSignals({ url, now }, signals);
}

/** In the order in which their findings are numbered. */
function collectorsOf(
  prometheus: Prometheus | null,
  environment: Config['environment'],
): readonly Collector[] {
  return [
    ...(prometheus === null ? [] : createPrometheusCollectors({ prometheus })),
    createStateCollector({ environment }),
    createLogCollector(),
    createProbeCollector(),
    createChangeCollector(),
    createHostCollector(),
  ];
}

function deliveriesOf(performing: PerformParts, showing: ShowParts): Deliveries {
  const worker = randomUUID();
  return {
    effect: ({ effect, ...owed }) =>
      effect.kind === 'execute'
        ? attempt(performing, worker, { ...owed, effect })
        : perform(performing, { ...owed, effect }),
    projection: (incident) => show(showing, incident),
  };
}

async function settleDebts(parts: ReconcileParts, metrics: Metrics): Promise<void> {
  const owing = await reconcile(parts);
  metrics.effectsOwed.reset();
  for (const [kind, count] of Object.entries(owing)) metrics.effectsOwed.set({ kind }, count);
}

/** A regular task that fails once is tried again at the next tick. */
async function guarded(task: string, work: () => unknown, log: Logger): Promise<void> {
  try {
    await work();
  } catch (err) {
    log.warn({ err, task }, 'a regular task failed');
  }
}

async function readinessOf(
  store: Store,
  guarantee: Guarantee,
  slack: SlackApp,
  wordsFor: (error: unknown) => string,
): Promise<Readiness> {
  // The clock of record also writes: a Redis that only reads is of no use.
  const trouble = await store.clock().then(() => null, wordsFor);
  const chat = slack.ready();
  return {
    ready: trouble === null && chat.ok,
    parts: {
      redis: { ok: trouble === null, detail: trouble ?? guarantee.words },
      slack: { ok: chat.ok, detail: chat.reason ?? 'connected' },
    },
  };
}
