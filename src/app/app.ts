import { randomUUID } from 'node:crypto';
import { createHealthServer } from '../adapters/http/health.ts';
import { createHttpServer } from '../adapters/http/server.ts';
import { createHomeViewers } from '../adapters/stores/redis/beside/home-viewers.ts';
import { createStandings } from '../adapters/stores/redis/beside/posted.ts';
import { createProjectionStore } from '../adapters/stores/redis/beside/projections.ts';
import { exitReportIn } from '../adapters/stores/redis/beside/report-exit.ts';
import { createControlStore } from '../adapters/stores/redis/control-store.ts';
import { unreachable } from '../adapters/stores/redis/server/connect.ts';
import type { Config } from '../config/load.ts';
import { serversOf } from '../config/servers.ts';
import { createDesk } from '../desk/create-desk.ts';
import { attempt } from '../engine/effects/attempt.ts';
import { meteredModel } from '../engine/effects/metered.ts';
import { type Dependencies, type PerformParts, perform } from '../engine/effects/perform.ts';
import { createEngine } from '../engine/engine.ts';
import { blindSpots } from '../engine/health/blind-spots.ts';
import { createChangeIntake } from '../engine/intake/changes.ts';
import { createIntake } from '../engine/intake/intake.ts';
import { sieved } from '../engine/intake/sieve.ts';
import type { JobHandlers } from '../engine/job-queue.ts';
import { OPEN_DOOR } from '../engine/orders/door.ts';
import { createHerald } from '../engine/orders/herald.ts';
import { createPauseCards } from '../engine/showing/pause-cards.ts';
import { type ShowParts, show, showOwed } from '../engine/showing/show.ts';
import type { Incident } from '../incident/model/incident.ts';
import { sentenceOf } from '../lib/schema/mistake.ts';
import { countChange } from '../observability/incident-metrics.ts';
import { createLogger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import { chatOf } from './chat.ts';
import { catalogOf, prepare, warnOf } from './checks/prepare.ts';
import { readinessOf } from './checks/readiness.ts';
import { conditionOf } from './condition.ts';
import { createSilenceMemory, doorOf, sealFrom } from './door.ts';
import { infrastructureOf, NO_INFRASTRUCTURE } from './infrastructure.ts';
import { isApart, isolationInWords } from './isolation.ts';
import { openMemory } from './memory.ts';
import { modelOf, watchedModel } from './model.ts';
import { redactorOf } from './redactor.ts';
import { beginRegularWork } from './regular/work.ts';
import { guardedSources } from './senders.ts';
import { inletsOf, sinksOf } from './sinks.ts';

export interface App {
  /** Where its HTTP side listens. */
  readonly url: string;
  /**
   * Begins nothing new, waits for what runs, up to the limit of the settings, and hands over the rest. Asked again, it goes on with
   * what it was asked first.
   */
  stop(reason: string): Promise<void>;
}

/** How much of each kind of work one process does at a time; fixes are limited further, across all replicas, by the claim. */
const BRAINS_WORK = { effects: 20, projections: 10 } as const;
const RUNNERS_WORK = { hands: 20, attempts: 10 } as const;
const WORK = { all: { ...BRAINS_WORK, ...RUNNERS_WORK }, brain: BRAINS_WORK, runner: RUNNERS_WORK } as const;
const HEARTBEAT = 1_000;

/**
 * Wires Medic up and starts it: memory first, then what it knows, then the people, then the work. A start that fails takes back
 * what it had begun; a stop runs in reverse.
 */
export async function startApp(config: Config): Promise<App> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const unwind = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        // What cannot be stopped in order must not keep the rest from it.
        process.stderr.write(`medic could not stop in order: ${String(error)}\n`);
      }
    }
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
  const { env, settings, policyDigest, role, contacts, hands } = config;
  const begun = performance.now();
  const redact = redactorOf(config);
  const log = createLogger({ level: env.LOG_LEVEL, redact });
  const metrics = createMetrics();

  const aborting = new AbortController();
  // What is wrong with what people wrote is told whether or not there is a Redis.
  const prepared = await prepare(config, redact);
  undo.push(() => prepared.hosts?.close());

  const seal = sealFrom(env);
  const memory = await openMemory(config, { seal, log }, undo);
  const { redis, keys, guarantee, clock, presence, notices, mutex, jobQueue, see } = memory;
  const troubles = memory.healthWarnings;
  warnOf(prepared.doubts, await guarantee.read(), log);

  // What it knows and whom it may ask.
  const catalog = catalogOf(prepared, config, { redact, signal: aborting.signal, troubles, log });
  const control = createControlStore(redis, keys);
  // Whoever talks to people tells the runners what they ordered.
  const herald =
    seal === null || contacts === null
      ? null
      : createHerald({ store: memory.store, control, seal, catalog: catalog.current, troubles, log });
  const store = herald?.store ?? memory.store;
  const known = contacts === null ? null : await modelOf(contacts, config, redact);
  const model = known && watchedModel(meteredModel(known.model, metrics), known.absence, see);
  const { hosts, isolation } = prepared;
  const { runAs = null } = isolation ?? {};
  const reach =
    hands === null || hosts === null
      ? NO_INFRASTRUCTURE
      : infrastructureOf(hands, config, {
          runAs,
          hosts,
          catalog: catalog.current,
          redact,
          metrics,
          now: clock.now,
          told: memory.changes,
        });
  const world: Dependencies = {
    model,
    ...reach,
  };

  // The core, and what reaches it.
  const engine = createEngine({
    store,
    jobQueue,
    settings,
    policyDigest,
    catalog: catalog.current,
    library: prepared.library,
    model: contacts === null ? presence.hasModel : async () => model !== null,
    redact,
    log,
    observe: (before, after, event) => countChange(metrics, before, after, event),
  });
  const pauseCards = createPauseCards({ store, engine, jobQueue, log });
  const chat =
    contacts === null
      ? null
      : chatOf(contacts, config, {
          deskFor: (slack) =>
            createDesk({
              engine,
              store,
              settings,
              catalog: catalog.current,
              redact,
              log,
              threadsOf: slack.threadsOf,
              pauseChanged: pauseCards.changed,
              condition: () =>
                conditionOf(
                  {
                    role,
                    guarantee,
                    presence,
                    hasModel: model !== null,
                    noticed: troubles,
                    isolation,
                    doubts: prepared.doubts.map(sentenceOf),
                    settings,
                    env,
                  },
                  slack,
                ),
            }),
          projections: createProjectionStore(redis, keys),
          visitors: createHomeViewers(redis, keys),
          troubles,
          invited: () => showOwed({ store, jobQueue }),
          metrics,
          log,
        });

  // The work.
  const silences = createSilenceMemory();
  const door =
    seal === null || role !== 'runner'
      ? OPEN_DOOR
      : doorOf(config, { store, control, seal, catalog: catalog.current, silences, troubles, log });
  const performing = {
    engine,
    store,
    world,
    settings,
    catalog: catalog.current,
    redact,
    door,
    reportTo: (attempt: string) => exitReportIn(env.REDIS_URL, keys.ended(attempt)),
    live: chat?.live ?? null,
    signal: aborting.signal,
  };
  const showing =
    chat === null || contacts === null
      ? null
      : {
          engine,
          store,
          sinks: sinksOf(contacts, settings, {
            chat: chat.sink,
            standings: createStandings(redis, keys),
            threadOf: async (incident: Incident) =>
              (await chat.slack.threadsOf([incident])).get(incident.id)?.url ?? null,
            troubles,
          }),
          jobQueue,
          mutex,
          settings,
          redact,
          metrics,
          log,
        };
  const deliveries = deliveriesOf(performing, showing);
  let stopping = false;
  const answering = {
    readiness: () =>
      readinessOf(role, { store, guarantee, presence, chat, troubles, stopping }, (error) =>
        unreachable(redis, error),
      ),
    metrics,
    log,
  };
  const intake =
    contacts === null
      ? null
      : sieved(createIntake({ engine, store, settings, metrics, now: clock.now }), {
          watchdogs: notices,
          settings,
          metrics,
        });
  const http =
    contacts === null || intake === null
      ? createHealthServer(answering)
      : createHttpServer({
          ...answering,
          intake,
          sources: guardedSources(config, contacts),
          changes:
            contacts.CHANGE_TOKEN === undefined
              ? null
              : {
                  token: contacts.CHANGE_TOKEN,
                  heard: createChangeIntake({ store: memory.changes, settings, metrics }),
                },
          inlets: inletsOf(contacts),
          engine,
          limits: settings.intake,
          severities: settings.severities,
          losses: notices,
          slack: chat?.slack.requestListener ?? null,
        });
  undo.push(() => http.close());
  /** Told whenever the memory has answered. */
  const heard: (() => void)[] = [];
  const beat = async () => {
    await clock.beat();
    for (const hear of heard) hear();
    if (chat?.slack.ready().ok) await store.chatAlive();
    if (contacts !== null) await presence.tellModel(model !== null);
    if (isolation !== null) await presence.tellRunner(isApart(isolation));
  };
  // The runners know about the model, and what is paused, before the first alert is taken.
  await beat();
  await herald?.renew();
  if (chat !== null) {
    chat.slack.start();
    undo.push(() => chat.slack.stop());
  }
  jobQueue.work(deliveries, WORK[role]);
  const heart = setInterval(() => void beat().catch(() => undefined), HEARTBEAT);
  undo.push(() => clearInterval(heart));
  await beginRegularWork(
    {
      ...{ config, memory, store, engine, catalog, chat, intake, model: known, door, herald, silences },
      ...{ pauseCards, onAnswer: (hear) => heard.push(hear), metrics, redact, log },
    },
    undo,
  );
  // Stopped first, in reverse: attempts, while people can still see them and press Stop; then what waits for its turn in Slack,
  // which stays owed and is not waited for; then the rest.
  undo.push(() => jobQueue.stopWork());
  undo.push(() => chat?.pacer.close());
  undo.push(() => jobQueue.stopAttempts());
  const url = await http.listen({ host: env.HOST, port: env.PORT });
  log.info(
    { url, role, startMs: Math.round(performance.now() - begun), playbooks: catalog.current().size },
    'medic is up',
  );
  if (isolation !== null) {
    const words = isolationInWords(isolation);
    if (isApart(isolation)) log.info(words);
    else log.warn(words);
    const { prometheus, alertmanager } = serversOf({ env, settings });
    const servers = { prometheus: prometheus.length, alertmanager: alertmanager.length };
    for (const spot of blindSpots(settings, servers)) log.warn({ spot }, 'something cannot be seen');
  }

  const drain = async (reason: string) => {
    stopping = true;
    log.info({ reason }, 'medic is stopping');
    const patience = setTimeout(
      () => aborting.abort(`Medic was asked to stop (${reason}) and could wait no longer`),
      env.MEDIC_DRAIN,
    );
    await unwind();
    clearTimeout(patience);
  };
  let drained: Promise<void> | null = null;
  return {
    url,
    stop(reason) {
      drained ??= drain(reason);
      return drained;
    },
  };
}

function deliveriesOf(performing: PerformParts, showing: ShowParts | null): JobHandlers {
  const worker = randomUUID();
  return {
    effect: ({ effect, ...owed }) =>
      effect.kind === 'execute'
        ? attempt(performing, worker, { ...owed, effect })
        : perform(performing, { ...owed, effect }),
    projection: (incident, version, sink) =>
      showing === null
        ? Promise.reject(new Error('a runner shows nothing'))
        : show(showing, { sink, incident, version }),
  };
}
