import { randomUUID } from 'node:crypto';
import { createHealthServer } from '../adapters/http/health.ts';
import { createHttpServer } from '../adapters/http/server.ts';
import { createSilenceReader } from '../adapters/sources/alertmanager/silences.ts';
import { createCarrier } from '../adapters/stores/bullmq/job-queue.ts';
import { createChangeStore } from '../adapters/stores/redis/beside/changes.ts';
import { createTroubles } from '../adapters/stores/redis/beside/health-warnings.ts';
import { createVisitors } from '../adapters/stores/redis/beside/home-viewers.ts';
import { createTurns } from '../adapters/stores/redis/beside/mutex.ts';
import { createNotices } from '../adapters/stores/redis/beside/notices.ts';
import { createStandings } from '../adapters/stores/redis/beside/posted.ts';
import { createPresence } from '../adapters/stores/redis/beside/presence.ts';
import { createProjectionStore } from '../adapters/stores/redis/beside/projections.ts';
import { redisWitness } from '../adapters/stores/redis/beside/report-exit.ts';
import { createControlStore } from '../adapters/stores/redis/control-store.ts';
import { keysOf } from '../adapters/stores/redis/keys.ts';
import { createAuditLog } from '../adapters/stores/redis/record/audit-log.ts';
import { passwordsIn } from '../adapters/stores/redis/server/address.ts';
import { connect, firstAnswer, hangUp, unreachable } from '../adapters/stores/redis/server/connect.ts';
import { livingGuarantee } from '../adapters/stores/redis/server/guarantee.ts';
import { createRunCoordinator } from '../adapters/stores/redis/server/tick-lease.ts';
import { createRedisStore } from '../adapters/stores/redis/store.ts';
import { KEYS, SECRETS } from '../config/environment.ts';
import type { Config } from '../config/load.ts';
import { serversOf } from '../config/servers.ts';
import { createDesk } from '../desk/create-desk.ts';
import { createClock } from '../engine/clock.ts';
import { attempt } from '../engine/effects/attempt.ts';
import { meteredModel } from '../engine/effects/metered.ts';
import { type Dependencies, type PerformParts, perform } from '../engine/effects/perform.ts';
import { createEngine } from '../engine/engine.ts';
import { blindSpots } from '../engine/health/blind-spots.ts';
import { RUNNER_AWAY, seeing } from '../engine/health/blindness.ts';
import { createMemoryWatch } from '../engine/health/memory-watch.ts';
import { flushBatches } from '../engine/intake/batches.ts';
import { createChangeIntake } from '../engine/intake/changes.ts';
import { createIntake } from '../engine/intake/intake.ts';
import { sieved } from '../engine/intake/sieve.ts';
import { watchDogs } from '../engine/intake/watchdog.ts';
import type { JobHandlers } from '../engine/job-queue.ts';
import { OPEN_DOOR } from '../engine/orders/door.ts';
import { createHerald } from '../engine/orders/herald.ts';
import { syncSilences } from '../engine/orders/silences.ts';
import { type ReconcileParts, reconcile } from '../engine/reconcile.ts';
import { createPauseCards } from '../engine/showing/pause-cards.ts';
import { type ShowParts, show, showOwed } from '../engine/showing/show.ts';
import type { Incident } from '../incident/model/incident.ts';
import { sentenceOf } from '../lib/schema/mistake.ts';
import { countChange } from '../observability/incident-metrics.ts';
import { createLogger } from '../observability/logger.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { createRedactor } from '../observability/redact.ts';
import { auditKeeper } from './audit.ts';
import { chatOf } from './chat.ts';
import { catalogOf, prepare, warnOf } from './checks/prepare.ts';
import { readinessOf } from './checks/readiness.ts';
import { conditionOf } from './condition.ts';
import { createSilenceMemory, doorOf, sealFrom } from './door.ts';
import { infrastructureOf, NO_INFRASTRUCTURE } from './infrastructure.ts';
import { isApart, isolationInWords } from './isolation.ts';
import { looksFor, silencesOf } from './lookout.ts';
import { modelLook, modelOf, watchedModel } from './model.ts';
import { announcerOf, noticeTeller } from './notices.ts';
import { EVERY_MINUTE, EVERY_QUARTER_MINUTE, EVERY_THREE_SECONDS, guarded, scheduleOf } from './schedule.ts';
import { guardedSources } from './senders.ts';
import { inletsOf, pagersOf, sinksOf } from './sinks.ts';

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
  const redactor = createRedactor();
  for (const name of SECRETS) {
    const secret = contacts?.[name];
    if (secret !== undefined) redactor.register(secret);
  }
  for (const name of KEYS) {
    const key = env[name];
    if (key !== undefined) redactor.register(key);
  }
  for (const password of passwordsIn(env.REDIS_URL)) redactor.register(password);
  for (const token of Object.values(config.alertTokens)) redactor.register(token);
  for (const password of Object.values(config.hands?.passwords ?? {})) redactor.register(password);
  const { redact } = redactor;
  const log = createLogger({ level: env.LOG_LEVEL, redact });
  const metrics = createMetrics();

  const aborting = new AbortController();
  // What is wrong with what people wrote is told whether or not there is a Redis.
  const prepared = await prepare(config, redact);
  undo.push(() => prepared.hosts?.close());

  // Memory.
  const redis = connect(env.REDIS_URL, { failFast: true });
  undo.push(() => hangUp(redis));
  const patient = connect(env.REDIS_URL, { failFast: false });
  undo.push(() => hangUp(patient));
  for (const connection of [redis, patient])
    connection.on('error', (err) => log.warn({ err }, 'Redis cannot be reached'));
  const keys = keysOf(env.MEDIC_NAMESPACE);
  const seal = sealFrom(env);
  const memory = createRedisStore(redis, keys, { isAlive: role !== 'runner', seal });
  await firstAnswer(redis);
  const guarantee = await livingGuarantee(redis, log);
  warnOf(prepared.doubts, await guarantee.read(), log);
  undo.push(() => guarantee.stop());
  const clock = await createClock(memory);
  const presence = createPresence(redis, keys);
  const notices = createNotices(redis, keys);
  const troubles = createTroubles(redis, keys);
  const see = seeing(troubles, notices);
  const turns = createTurns(redis, keys);
  const changes = createChangeStore(redis, keys);
  const pagers = contacts === null ? [] : pagersOf(contacts, settings);
  const carrier = createCarrier({ redis: patient, prefix: keys.queues, sinks: pagers, log });
  undo.push(() => carrier.close());

  // What it knows and whom it may ask.
  const catalog = catalogOf(prepared, config, { redact, signal: aborting.signal, troubles, log });
  const control = createControlStore(redis, keys);
  // Whoever talks to people tells the runners what they ordered.
  const herald =
    seal === null || contacts === null
      ? null
      : createHerald({ store: memory, control, seal, catalog: catalog.current, troubles, log });
  const store = herald?.store ?? memory;
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
          told: changes,
        });
  const world: Dependencies = {
    model,
    ...reach,
  };

  // The core, and what reaches it.
  const engine = createEngine({
    store,
    carrier,
    settings,
    policyDigest,
    catalog: catalog.current,
    library: prepared.library,
    model: contacts === null ? presence.hasModel : async () => model !== null,
    redact,
    log,
    observe: (before, after, event) => countChange(metrics, before, after, event),
  });
  const pauseCards = createPauseCards({ store, engine, carrier, log });
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
          visitors: createVisitors(redis, keys),
          troubles,
          invited: () => showOwed({ store, carrier }),
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
    witness: (attempt: string) => redisWitness(env.REDIS_URL, keys.ended(attempt)),
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
          carrier,
          turns,
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
      : sieved(createIntake({ engine, store, settings, metrics }), {
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
                  heard: createChangeIntake({ store: changes, settings, metrics }),
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
  carrier.work(deliveries, WORK[role]);
  const heart = setInterval(() => void beat().catch(() => undefined), HEARTBEAT);
  undo.push(() => clearInterval(heart));
  const debts = { store, engine, carrier, sinks: pagers, log };
  await settleDebts(debts, metrics);
  const regularly = scheduleOf(undo, log);
  const once = { distributed: true, runCoordinator: createRunCoordinator(redis, keys, log) };
  const looking = regularly('look at what is owed', () => settleDebts(debts, metrics), once);
  // What was owed is told by the replica that looked last, and by no other as well.
  looking.on('execution:skipped', () => metrics.effectsOwed.reset());
  if (intake !== null) {
    regularly('hand on what was kept back', () => flushBatches({ store, intake, metrics, log }), once);
  }
  if (contacts !== null) {
    const keep = auditKeeper(createAuditLog(redis, keys), { now: clock.now, metrics, log });
    regularly('put what is on record under a checkpoint', keep, {}, EVERY_QUARTER_MINUTE);
  }
  if (contacts !== null && chat !== null) {
    const { announce, told } = announcerOf(contacts, { chat, metrics, redact });
    regularly('tell notices', noticeTeller(announce, { notices, turns, chat }));
    const aliveSince = async () => (await store.heartbeat()).aliveSince;
    const watch = createMemoryWatch({
      announce,
      told,
      sights: notices,
      mayTell: () => chat.slack.ready().ok,
      now: clock.now,
      aliveSince,
      place: presence.place,
    });
    heard.push(watch.alive);
    regularly('look for Redis', watch.look);
    if (role === 'brain') {
      const runner = async () =>
        notices.sight('runner', (await presence.runner()) === null ? RUNNER_AWAY : null, 'looked');
      regularly('look for a runner', runner, once, EVERY_QUARTER_MINUTE);
    }
    if (known !== null)
      regularly('look for the model', modelLook(known, see, notices), once, EVERY_QUARTER_MINUTE);
    regularly(
      'listen for watchdogs',
      () => watchDogs({ watchdogs: notices, aliveSince, troubles, settings }),
      once,
    );
  }
  if (env.ALERTMANAGER_URL !== undefined) {
    const read = silences.remembering(
      silencesOf(
        env.ALERTMANAGER_URL,
        see,
        hands !== null,
        createSilenceReader({ url: env.ALERTMANAGER_URL, redact }),
      ),
    );
    const sync = () => syncSilences({ read, store, log });
    // Silences that were made while no replica was up count from the first moment.
    await guarded('look at the silences', sync, log);
    // A runner goes by what it has read itself.
    regularly('look at the silences', sync, role === 'runner' ? {} : once, EVERY_QUARTER_MINUTE);
  }
  for (const { name, look } of hands === null ? [] : looksFor(config, see))
    regularly(`look for ${name}`, look, once, EVERY_QUARTER_MINUTE);
  if (door !== OPEN_DOOR) regularly('hear what is ordered', door.listen, {}, EVERY_THREE_SECONDS);
  if (herald !== null) regularly('tell the runners what is ordered', herald.renew, {}, EVERY_THREE_SECONDS);
  if (chat !== null) regularly('draw what is paused', pauseCards.look, {}, EVERY_THREE_SECONDS);
  if (chat !== null) regularly('draw the Home tabs anew', () => chat.slack.drawHomes(), once);
  if (chat !== null) regularly('look for the channels', chat.lookForChannels, once, EVERY_QUARTER_MINUTE);
  regularly('look at the playbooks', () => catalog.refresh());
  if (hands !== null) {
    const reading = regularly('have Ansible read the playbooks', catalog.look, {}, EVERY_MINUTE);
    void reading.execute().catch(() => undefined);
  }
  // Stopped first, in reverse: attempts, while people can still see them and press Stop; then what waits for its turn in Slack,
  // which stays owed and is not waited for; then the rest.
  undo.push(() => carrier.stopWork());
  undo.push(() => chat?.pacer.close());
  undo.push(() => carrier.stopAttempts());
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

async function settleDebts(parts: ReconcileParts, metrics: Metrics): Promise<void> {
  const owing = await reconcile(parts);
  metrics.effectsOwed.reset();
  for (const [kind, count] of Object.entries(owing)) metrics.effectsOwed.set({ kind }, count);
}
