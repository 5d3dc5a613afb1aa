import { setTimeout as delay } from 'node:timers/promises';
import type { Incident } from '../../../src/incident/model/incident.ts';
import type { Message } from '../../kit/slack/server.ts';
import { isCard } from '../../kit/world/said.ts';
import type { Click } from '../rules/record.ts';
import type { Act } from './act.ts';
import { PEOPLE } from './fleet.ts';
import type { Stage } from './stage.ts';

/** How long a person waits for the button they mean to press. */
const PATIENCE = 12_000;

type Press = Extract<Act, { readonly kind: 'click' }>;

/** Presses a button of a service's card, once it is there. Null where it never was, or was gone, or nobody answered. */
export async function press(stage: Stage, act: Press): Promise<Click | null> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const incident = await stage.memory.openAbout(act.service).catch(() => null);
    const card = incident === null ? undefined : cardOf(stage, incident.id);
    if (incident !== null && card !== undefined && stage.slack.textOf(card).includes(`[${act.button}]`)) {
      const moment = momentOf(act, incident);
      if (moment !== null) {
        if (moment > Date.now()) await delay(moment - Date.now());
        return pressNow(stage, act, card, incident.id);
      }
    }
    await delay(100);
  }
  return null;
}

/** When to press, epoch milliseconds; null while the deadline it counts from is not running. */
function momentOf({ offset, delay: after }: Press, { phase }: Incident): number | null {
  if (offset === null) return Date.now() + after;
  return phase.at === 'waiting' && phase.deadline !== null ? phase.deadline + offset : null;
}

async function pressNow(
  { slack }: Stage,
  { button, user }: Press,
  card: Message,
  incident: string,
): Promise<Click | null> {
  const person = slack.person(user);
  let sent = Date.now();
  try {
    await person.click(card, button);
    if (button === 'Reject') {
      const dialog = await person.modal('Reject this fix');
      sent = Date.now();
      await person.submit(dialog, {});
    }
    return { user, button, incident, sent, taken: Date.now() };
  } catch {
    return null;
  }
}

function cardOf({ slack }: Stage, incident: string): Message | undefined {
  return [...slack.state.messages.values()]
    .flat()
    .find((message) => isCard(message) && message.metadata?.event_payload.incident === incident);
}

/** Asks for something; Slack may not reach Medic, and Medic may refuse. */
export async function ask(
  { slack }: Stage,
  { name, text, user }: Extract<Act, { readonly kind: 'command' }>,
): Promise<void> {
  const channel = [...slack.state.channels.keys()][0] ?? '';
  await slack
    .person(user)
    .command(channel, name, text)
    .catch(() => undefined);
}

/** A span in which a pause was known to hold; epoch milliseconds. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** An operator pauses everything and resumes it a while later, insisting on both. */
export async function pauseFor(stage: Stage, forMs: number): Promise<Pause | null> {
  if (!(await insist(stage, 'pause', () => stage.memory.isPaused()))) return null;
  const from = Date.now();
  await delay(forMs);
  const to = Date.now();
  await resume(stage);
  return { from, to };
}

/** Ends a pause, whoever began it. */
export async function resume(stage: Stage): Promise<void> {
  await insist(stage, 'resume', async () => !(await stage.memory.isPaused()));
}

async function insist(
  { slack, replicas }: Stage,
  word: string,
  done: () => Promise<boolean>,
): Promise<boolean> {
  const channel = [...slack.state.channels.keys()][0] ?? '';
  for (let attempt = 0; attempt < 40 * replicas.length; attempt += 1) {
    if (await done().catch(() => false)) return true;
    await slack
      .person(PEOPLE.operator)
      .command(channel, '/heal', word)
      .catch(() => undefined);
    if (await done().catch(() => false)) return true;
    await delay(250);
  }
  return false;
}
