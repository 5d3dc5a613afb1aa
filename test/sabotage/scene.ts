import { setTimeout as delay } from 'node:timers/promises';
import type { Incident } from '../../src/incident/model/incident.ts';
import { isSettled } from '../chaos/collect.ts';
import type { Chance } from '../chaos/world/random.ts';
import type { Message } from '../kit/slack/server.ts';
import { until } from '../kit/stack/process.ts';
import { isCard } from '../kit/world/said.ts';
import { postWebhook } from '../kit/world/webhook.ts';
import type { Family } from './families.ts';
import type { Patient } from './patient.ts';
import type { Stage } from './stage.ts';

/** How long anything may take on a busy machine; milliseconds. */
const PATIENCE = 180_000;
/** How often Medic's memory is asked; milliseconds. */
const EVERY = 200;

/** Where one case is played. */
export interface Scene {
  readonly stage: Stage;
  readonly patient: Patient;
  readonly family: Family;
  readonly chance: Chance;
  /** The newest incident about the service, open or closed. */
  incident(): Promise<Incident | null>;
}

export function sceneOf(stage: Stage, patient: Patient, family: Family, chance: Chance): Scene {
  let last: string | null = null;
  return {
    stage,
    patient,
    family,
    chance,
    async incident() {
      const open = await stage.memory.openAbout(patient.name);
      last = open?.id ?? last;
      return open ?? (last === null ? null : stage.memory.load(last));
    },
  };
}

/** The service falls ill: its metric says so, and Medic's look as well unless it cannot be read. */
export function fallIll({ patient, family }: Scene, look: 'no' | null = 'no'): void {
  patient.really('ill');
  patient.look(look);
  patient.tell(family, 'ill');
}

/** All is well again, by itself. */
export function getWell({ patient, family }: Scene): void {
  patient.look('yes');
  patient.tell(family, 'well');
  patient.really('well');
}

/** Waits until the newest incident is as wanted. */
export async function reached(
  scene: Scene,
  what: string,
  wanted: (incident: Incident) => boolean,
): Promise<Incident> {
  const look = async () => {
    await delay(EVERY);
    const incident = await scene.incident();
    return incident !== null && wanted(incident) && incident;
  };
  try {
    return await until(look, { what: `${scene.patient.name}: ${what}`, ms: PATIENCE });
  } catch (error) {
    const phase = (await scene.incident())?.phase;
    const short =
      phase === undefined ? 'none' : JSON.stringify({ ...phase, decided: undefined }).slice(0, 400);
    throw new Error(`${error instanceof Error ? error.message : error}; its incident: ${short}`);
  }
}

export const opened = (scene: Scene) => reached(scene, 'an incident', () => true);

/** The ends of all alerts were heard. */
export const quiet = (scene: Scene) =>
  reached(scene, 'its alerts to have resolved', ({ alerts }) =>
    Object.values(alerts).every(({ alert }) => alert.status === 'resolved'),
  );

export const closed = (scene: Scene) => reached(scene, 'its end', ({ phase }) => phase.at === 'closed');

export const attemptEnded = (scene: Scene) =>
  reached(scene, 'the end of its remedy', ({ attempts }) => attempts.some(({ result }) => result !== null));

export const watched = (scene: Scene) =>
  reached(
    scene,
    'its recovery to be watched',
    ({ phase }) => phase.at === 'verifying' || phase.at === 'closed',
  );

/** Nothing more is going on: it ended, or waits for a person, and nothing is owed but timers. */
export async function settled(scene: Scene): Promise<Incident> {
  let before = -1;
  const isAtRest = async (incident: Incident) => {
    const owed = await scene.stage.memory.owed();
    const busy = owed.some(({ id, effect }) => id.startsWith(`${incident.id}-`) && effect.kind !== 'timer');
    return !busy && isSettled(incident);
  };
  const look = async () => {
    await delay(3 * EVERY);
    const incident = await scene.incident();
    if (incident === null || !(await isAtRest(incident))) {
      before = -1;
      return false;
    }
    const same = incident.version === before;
    before = incident.version;
    return same && incident;
  };
  return until(look, { what: `${scene.patient.name} to come to rest`, ms: PATIENCE });
}

/** Presses a button of its card, once it is there. */
export async function press(scene: Scene, user: string, button: string): Promise<void> {
  const { slack } = scene.stage;
  const { id } = await opened(scene);
  const isIts = (message: Message) => isCard(message) && message.metadata?.event_payload.incident === id;
  const channel = scene.stage.channelOf(scene.patient.name);
  const there = async () => {
    await delay(EVERY);
    const card = slack.state.messages.get(channel)?.find(isIts);
    return card !== undefined && slack.textOf(card).includes(`[${button}]`) && card;
  };
  const card = await until(there, { what: `${scene.patient.name}: a button ${button}`, ms: PATIENCE });
  await slack.person(user).click(card, button);
}

/** What a dying Alertmanager says: all has resolved, whatever its Prometheus knows. */
export async function sayResolved(scene: Scene): Promise<void> {
  const { alerts } = await opened(scene);
  const now = new Date().toISOString();
  const told = Object.values(alerts).map(({ alert }) => ({
    status: 'resolved',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.startsAt).toISOString(),
    endsAt: now,
    generatorURL: alert.link ?? '',
    fingerprint: alert.fingerprint,
  }));
  const body = {
    version: '4',
    groupKey: '{}',
    status: 'resolved',
    receiver: 'medic',
    truncatedAlerts: 0,
    alerts: told,
  };
  const answer = await postWebhook(scene.stage.medic.url, body);
  if (!answer.ok) throw new Error(`the notice was answered with ${answer.status}`);
}

/** Ends the process group of the running remedy, as the kernel does when memory is short. */
export function killRemedy({ patient }: Scene): void {
  const pid = patient.pid();
  if (pid === null) throw new Error(`${patient.name} has no remedy that runs`);
  process.kill(-pid, 'SIGKILL');
}
