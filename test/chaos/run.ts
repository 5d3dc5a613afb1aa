import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { CIRCUMSTANCES, incidentsIn, type Left, standingIn, whatIsLeft, whispersIn } from './collect.ts';
import { comes, type Moments } from './moments.ts';
import type { Schedule } from './plan.ts';
import { watchAudit } from './rules/audit.ts';
import type { AcceptedWebhook, ChaosRecord, Click, SentWebhook } from './rules/record.ts';
import { deliver } from './rules/webhooks.ts';
import type { Act, SlackFault } from './world/act.ts';
import { atThePager } from './world/pager.ts';
import { ask, type Pause, pauseFor, press, resume } from './world/people.ts';
import { readRuns } from './world/playbooks.ts';
import type { Stage } from './world/stage.ts';

/** Looking costs Redis something, so it is not done all the time; milliseconds. */
const LOOK_EVERY = 500;

export interface RunOptions {
  /** How long everything may take to come to rest once all troubles have ended; 0 does not wait. */
  readonly restMs: number;
  readonly onProgress?: (words: string) => void;
}

/** What was done and noted while a schedule ran. */
interface Notes {
  readonly epoch: number;
  readonly webhooks: AcceptedWebhook[];
  readonly unanswered: SentWebhook[];
  readonly pauses: Pause[];
  readonly clicks: Click[];
  readonly moments: Moments;
  /** Everything under way; a run ends when all of it has. */
  readonly underWay: Promise<unknown>[];
  /** What is done to Redis or to Slack's network, one after the other. */
  readonly turns: { redis: Promise<unknown>; network: Promise<unknown>; pause: Promise<unknown> };
}

/** Plays a schedule, ends all troubles, waits until everything is at rest, and writes down what is to be judged. */
export async function play(
  stage: Stage,
  { acts, seed }: Schedule,
  options: RunOptions,
): Promise<ChaosRecord> {
  const { onProgress = () => undefined, restMs } = options;
  const notes: Notes = {
    epoch: Date.now(),
    webhooks: [],
    unanswered: [],
    pauses: [],
    clicks: [],
    moments: new EventEmitter(),
    underWay: [],
    turns: { redis: Promise.resolve(), network: Promise.resolve(), pause: Promise.resolve() },
  };
  const endAudit = watchAudit(stage.audit);
  for (const [index, act] of acts.entries()) {
    const wait = notes.epoch + act.at - Date.now();
    if (wait > 0) await delay(wait);
    notes.underWay.push(perform(stage, act, notes));
    if (index % 100 === 99) onProgress(`${index + 1} of ${acts.length} acts done`);
  }
  await Promise.all(notes.underWay);
  await endTroubles(stage);
  onProgress('all troubles have ended');
  await comeToRest(stage, restMs);
  return collect(stage, seed, notes, await endAudit());
}

function perform(stage: Stage, act: Act, notes: Notes): Promise<unknown> {
  const { patients, replicas } = stage;
  switch (act.kind) {
    case 'fall-ill':
      patients.get(act.service)?.breakDown();
      return Promise.resolve();
    case 'recover':
      patients.get(act.service)?.recover();
      return Promise.resolve();
    case 'webhook':
      return Promise.all(
        act.to.map(async (first) => {
          const { answered, ...sent } = await deliver(replicas, first, act, notes.epoch);
          if (answered === null) {
            notes.unanswered.push(sent);
            return;
          }
          notes.webhooks.push({ ...sent, answered });
          notes.moments.emit('answer');
        }),
      );
    case 'click':
      return press(stage, act).then((click) => {
        if (click !== null) notes.clicks.push(click);
      });
    case 'kill':
      return killUpon(stage, act, notes);
    case 'freeze':
      return replicas[act.replica]?.freeze(act.forMs) ?? Promise.resolve();
    case 'roll':
      return rollAll(stage);
    case 'redis':
      return inTurn(notes, 'redis', () => restartRedis(stage, act, notes));
    case 'slack':
      return inTurn(notes, 'network', () => trouble(stage, act.fault));
    case 'pause':
      return inTurn(notes, 'pause', async () => {
        const pause = await pauseFor(stage, act.forMs);
        if (pause !== null) notes.pauses.push(pause);
      });
    case 'command':
      return ask(stage, act);
    case 'pager':
      return atThePager(stage, act);
    default:
      return act satisfies never;
  }
}

function inTurn(
  { turns }: Notes,
  what: keyof Notes['turns'],
  work: () => Promise<unknown>,
): Promise<unknown> {
  turns[what] = turns[what].then(work);
  return turns[what];
}

async function rollAll({ replicas }: Stage): Promise<void> {
  for (const replica of replicas) await replica.roll();
}

type Kill = Extract<Act, { readonly kind: 'kill' }>;

async function killUpon(stage: Stage, { replica, upon, downMs }: Kill, notes: Notes): Promise<void> {
  await comes(stage, upon, notes.moments);
  const victims = stage.replicas.filter((_, index) => replica === null || index === replica);
  await Promise.all(victims.map((one) => one.kill(downMs)));
}

async function restartRedis(
  stage: Stage,
  { upon, downMs }: Extract<Act, { readonly kind: 'redis' }>,
  notes: Notes,
): Promise<void> {
  const { redis } = stage;
  await comes(stage, upon, notes.moments);
  await redis.kill();
  await delay(downMs);
  await redis.start();
}

async function trouble({ slack: { faults } }: Stage, fault: SlackFault): Promise<void> {
  switch (fault.what) {
    case 'rateLimit':
      return faults.rateLimit(fault.method, fault);
    case 'serverError':
    case 'hang':
    case 'loseAnswer':
      return faults[fault.what](fault.method, fault);
    case 'landLate':
      return faults.landLate(fault.method, fault);
    case 'duplicate':
      return faults.duplicate(fault.times);
    case 'disconnect':
      return faults.disconnect();
    case 'dropSockets':
      return faults.dropSockets();
    case 'down':
      await faults.down();
      await delay(fault.forMs);
      return faults.up();
    default:
      return fault satisfies never;
  }
}

async function endTroubles(stage: Stage): Promise<void> {
  stage.slack.faults.clear();
  stage.pagerDuty.behave('works');
  await Promise.all(stage.replicas.map((replica) => replica.settled()));
  await resume(stage);
}

/** A run that does not come to rest is judged as it stands: what is left then is a finding. */
async function comeToRest(stage: Stage, ms: number): Promise<void> {
  const deadline = Date.now() + ms;
  while (Date.now() < deadline && !isAtRest(await whatIsLeft(stage))) await delay(LOOK_EVERY);
}

function isAtRest({ owed, unshown, keptBack, doubted, restless }: Left): boolean {
  return owed.length + unshown.length + keptBack.length + doubted.length + restless.length === 0;
}

async function collect(
  stage: Stage,
  seed: number,
  notes: Notes,
  audit: readonly string[],
): Promise<ChaosRecord> {
  const { owed, unshown, keptBack } = await whatIsLeft(stage);
  return {
    seed,
    circumstances: CIRCUMSTANCES,
    webhooks: notes.webhooks,
    unanswered: notes.unanswered,
    incidents: await incidentsIn(stage),
    owed,
    unshown,
    keptBack,
    pages: stage.pagerDuty.alerts(),
    refusedPages: stage.pagerDuty.refused,
    endedAt: Date.now(),
    messages: standingIn(stage),
    runs: readRuns(stage.dir),
    pauses: notes.pauses,
    clicks: notes.clicks,
    whispers: whispersIn(stage),
    audit,
  };
}
