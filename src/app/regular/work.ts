import { createSilenceReader } from '../../adapters/sources/alertmanager/silences.ts';
import { createAuditLog } from '../../adapters/stores/redis/record/audit-log.ts';
import { createRunCoordinator } from '../../adapters/stores/redis/server/tick-lease.ts';
import type { Secrets } from '../../config/environment.ts';
import type { Config } from '../../config/load.ts';
import type { Engine } from '../../engine/engine.ts';
import { RUNNER_AWAY } from '../../engine/health/blindness.ts';
import { createMemoryWatch } from '../../engine/health/memory-watch.ts';
import { flushBatches } from '../../engine/intake/batches.ts';
import type { Intake } from '../../engine/intake/intake.ts';
import { watchDogs } from '../../engine/intake/watchdog.ts';
import { type Door, OPEN_DOOR } from '../../engine/orders/door.ts';
import type { Herald } from '../../engine/orders/herald.ts';
import { syncSilences } from '../../engine/orders/silences.ts';
import { reconcile } from '../../engine/reconcile.ts';
import type { PauseCards } from '../../engine/showing/pause-cards.ts';
import type { Store } from '../../engine/store/store.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Chat } from '../chat.ts';
import type { catalogOf } from '../checks/prepare.ts';
import type { SilenceMemory } from '../door.ts';
import type { Memory } from '../memory.ts';
import { type KnownModel, modelLook } from '../model.ts';
import { auditKeeper } from './audit-keeper.ts';
import { looksFor, silencesOf } from './lookout.ts';
import { announcerOf, noticeTeller } from './notices.ts';
import {
  EVERY_MINUTE,
  EVERY_QUARTER_MINUTE,
  EVERY_THREE_SECONDS,
  guarded,
  type Regularly,
  scheduleOf,
} from './schedule.ts';

interface WorkParts {
  readonly config: Config;
  readonly memory: Memory;
  /** Where incidents lie; a herald's tells the runners of each order. */
  readonly store: Store;
  readonly engine: Engine;
  readonly catalog: ReturnType<typeof catalogOf>;
  readonly chat: Chat | null;
  readonly intake: Intake | null;
  readonly model: KnownModel | null;
  readonly door: Door;
  readonly herald: Pick<Herald<unknown>, 'renew'> | null;
  readonly silences: SilenceMemory;
  readonly pauseCards: PauseCards;
  /** Has a function called whenever Redis has answered. */
  readonly onAnswer: (hear: () => void) => void;
  readonly metrics: Metrics;
  readonly redact: (text: string) => string;
  readonly log: Logger;
}

/** What every task is given: the parts, a way to have something done regularly, and the options of what one replica at a time does. */
interface Tasks extends WorkParts {
  readonly regularly: Regularly;
  readonly once: {
    readonly distributed: true;
    readonly runCoordinator: ReturnType<typeof createRunCoordinator>;
  };
}

/**
 * Begins everything that is done again and again while Medic runs, by this process or by one replica at a time.
 * @param undo takes what ends each of them
 */
export async function beginRegularWork(parts: WorkParts, undo: (() => unknown)[]): Promise<void> {
  const { memory, log } = parts;
  const tasks: Tasks = {
    ...parts,
    regularly: scheduleOf(undo, log),
    once: { distributed: true, runCoordinator: createRunCoordinator(memory.redis, memory.keys, log) },
  };
  await deliverWhatIsOwed(tasks);
  const { contacts } = parts.config;
  if (contacts !== null) keepTheRecord(tasks);
  if (contacts !== null && parts.chat !== null) tellPeople(tasks, contacts, parts.chat);
  await readSilences(tasks);
  lookAround(tasks);
  renewOrders(tasks);
  drawAnew(tasks);
  readPlaybooks(tasks);
}

async function deliverWhatIsOwed({ regularly, once, ...parts }: Tasks): Promise<void> {
  const { store, engine, intake, metrics, log } = parts;
  const { jobQueue, pagers } = parts.memory;
  const deliver = async () => {
    const owing = await reconcile({ store, engine, jobQueue, sinks: pagers, log });
    metrics.effectsOwed.reset();
    for (const [kind, count] of Object.entries(owing)) metrics.effectsOwed.set({ kind }, count);
  };
  await deliver();
  // What was owed is told by the replica that looked last, and by no other as well.
  regularly('look at what is owed', deliver, once).on('execution:skipped', () => metrics.effectsOwed.reset());
  if (intake !== null)
    regularly('hand on what was kept back', () => flushBatches({ store, intake, metrics, log }), once);
}

function keepTheRecord({ regularly, memory, metrics, log }: Tasks): void {
  const audit = createAuditLog(memory.redis, memory.keys);
  const keep = auditKeeper(audit, { now: memory.clock.now, metrics, log });
  regularly('put what is on record under a checkpoint', keep, {}, EVERY_QUARTER_MINUTE);
}

/** What is about no incident: what Medic cannot see, and that it sees again. */
function tellPeople({ regularly, once, ...parts }: Tasks, contacts: Secrets, chat: Chat): void {
  const { config, memory, store, model, onAnswer, metrics, redact } = parts;
  const { notices, mutex, presence, healthWarnings, see, clock } = memory;
  const { announce, told } = announcerOf(contacts, { chat, metrics, redact });
  regularly('tell notices', noticeTeller(announce, { notices, mutex, chat }));
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
  onAnswer(watch.alive);
  regularly('look for Redis', watch.look);
  if (config.role === 'brain') {
    const runner = async () =>
      notices.sight('runner', (await presence.runner()) === null ? RUNNER_AWAY : null, 'looked');
    regularly('look for a runner', runner, once, EVERY_QUARTER_MINUTE);
  }
  if (model !== null)
    regularly('look for the model', modelLook(model, see, notices), once, EVERY_QUARTER_MINUTE);
  const { settings } = config;
  const dogs = { watchdogs: notices, aliveSince, troubles: healthWarnings, settings };
  regularly('listen for watchdogs', () => watchDogs(dogs), once);
}

async function readSilences({ regularly, once, ...parts }: Tasks): Promise<void> {
  const { config, memory, store, silences, redact, log } = parts;
  const url = config.env.ALERTMANAGER_URL;
  if (url === undefined) return;
  const reader = createSilenceReader({ url, redact });
  const read = silences.remembering(silencesOf(url, memory.see, config.hands !== null, reader));
  const sync = () => syncSilences({ read, store, log });
  // Silences that were made while no replica was up count from the first moment.
  await guarded('look at the silences', sync, log);
  // A runner goes by what it has read itself.
  regularly('look at the silences', sync, config.role === 'runner' ? {} : once, EVERY_QUARTER_MINUTE);
}

function lookAround({ regularly, once, config, memory }: Tasks): void {
  if (config.hands === null) return;
  for (const { name, look } of looksFor(config, memory.see))
    regularly(`look for ${name}`, look, once, EVERY_QUARTER_MINUTE);
}

function renewOrders({ regularly, door, herald }: Tasks): void {
  if (door !== OPEN_DOOR) regularly('hear what is ordered', door.listen, {}, EVERY_THREE_SECONDS);
  if (herald !== null) regularly('tell the runners what is ordered', herald.renew, {}, EVERY_THREE_SECONDS);
}

function drawAnew({ regularly, once, chat, pauseCards }: Tasks): void {
  if (chat === null) return;
  regularly('draw what is paused', pauseCards.look, {}, EVERY_THREE_SECONDS);
  regularly('draw the Home tabs anew', () => chat.slack.drawHomes(), once);
  regularly('look for the channels', chat.lookForChannels, once, EVERY_QUARTER_MINUTE);
}

function readPlaybooks({ regularly, catalog, config }: Tasks): void {
  regularly('look at the playbooks', () => catalog.refresh());
  if (config.hands === null) return;
  const reading = regularly('have Ansible read the playbooks', catalog.look, {}, EVERY_MINUTE);
  void reading.execute().catch(() => undefined);
}
