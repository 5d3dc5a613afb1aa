import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { type Notifier, NotShown, type ProjectionStore, type Shown } from '../../engine/notifier.ts';
import { currentPlan, type Incident } from '../../incident/incident.ts';
import type { TimelineEntry } from '../../incident/timeline.ts';
import { card } from './blocks/card.ts';
import { refreshAt } from './blocks/next-step.ts';
import type { Message, ServiceCard } from './blocks/service.ts';
import { type StoryMessage, standsBefore, story } from './blocks/story.ts';
import { type Chat, createChat, type Found, type Meter, NoSuchChannel } from './chat.ts';
import { failureOf, notShown } from './failure.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { LaneBusy, type Pacer } from './pacer.ts';

export interface ProjectorOptions {
  /** One that neither retries nor waits out a rate limit by itself: `createWebClient`. */
  readonly client: WebClient;
  /** One for the whole process, since Slack counts all posts together. */
  readonly pacer: Pacer;
  readonly store: ProjectionStore;
  readonly meter?: Meter;
  /** The channel an incident belongs into, by id or name. */
  channelFor(incident: Incident): string;
  serviceOf(incident: Incident): ServiceCard | null;
}

type Parts = Omit<ProjectorOptions, 'client' | 'pacer' | 'meter'> & { readonly chat: Chat };

/** Keys of the projection's own notes in the store; no message has a key that begins with `~`. */
const POSTING = '~posting';
const DOUBT = '~doubt';
const CARD = 'card';
const NOTHING = { ts: '', hash: '' };

/** A message whose answer was lost may still land this long after; milliseconds. */
const LATE = 30_000;
/** The clocks of Slack and of record may differ by this much; milliseconds. */
const SKEW = 600_000;

/** Errors that say that a message can never be edited again, because it was deleted or has grown too old. */
const BEYOND_EDITING = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/**
 * Shows incidents in Slack: a card in the channel, the story in its thread.
 *
 * Every message bears its incident and key as metadata. What is about to be posted is noted first; a note without a record
 * of the message means that nobody knows whether it stands, because the answer was lost or the process died. Then Slack is
 * asked before anything is posted again, and once more when a late one would have landed; a double is deleted.
 */
export function createProjector({ client, pacer, meter, ...rest }: ProjectorOptions): Notifier {
  const parts: Parts = { ...rest, chat: createChat(client, pacer, meter) };
  const newest = new Map<string, { readonly version: number; readonly shown: Shown }>();
  return {
    project: oneAtATime(
      (incident) => incident.id,
      async (incident: Incident, timeline: readonly TimelineEntry[], now: number) => {
        const before = newest.get(incident.id);
        if (before && before.version > incident.version) return before.shown;
        const shown = await projected(parts, incident, timeline, now);
        newest.set(incident.id, { version: incident.version, shown });
        if (newest.size > 1000) newest.delete(newest.keys().next().value ?? '');
        return shown;
      },
    ),
  };
}

/** One projection under way: what is known to stand, and where. */
interface Projection extends Parts {
  readonly incident: Incident;
  readonly now: number;
  readonly channel: string;
  readonly shown: Record<string, { readonly ts: string; readonly hash: string }>;
}

async function projected(
  parts: Parts,
  incident: Incident,
  timeline: readonly TimelineEntry[],
  now: number,
): Promise<Shown> {
  const service = parts.serviceOf(incident);
  const messages = story(incident, timeline, { service });
  const plan = currentPlan(incident)?.plan.id ?? null;
  const what = `the card and thread of ${incident.id} are not up to date`;
  try {
    const channel = incident.thread?.channel ?? (await parts.chat.channelId(parts.channelFor(incident)));
    const projection = {
      ...parts,
      incident,
      now,
      channel,
      shown: { ...(await stored(() => parts.store.shown(incident.id))) },
    };
    await settleDoubts(projection);
    const ready = messages.every((one) => !standsBefore(plan ?? '', one.key) || one.key in projection.shown);
    await show(projection, cardMessage(incident, card(incident, { now, service, buttons: ready })));
    for (const message of messages) await show(projection, message);
    await show(projection, cardMessage(incident, card(incident, { now, service })));
    return {
      thread: { channel, ts: projection.shown[CARD]?.ts ?? '' },
      plan: incident.phase.at === 'waiting' ? plan : null,
      refreshAt: earliest(refreshAt(incident, now), lateCheck(projection)),
    };
  } catch (error) {
    throw asNotShown(what, error);
  }
}

function asNotShown(what: string, error: unknown): unknown {
  if (error instanceof NotShown) return error;
  if (error instanceof LaneBusy)
    return new NotShown(`${what}: ${error.message}`, error.wait, { cause: error });
  if (error instanceof NoSuchChannel)
    return new NotShown(`${what}: ${error.message}`, 60_000, { cause: error });
  if (error instanceof StoreFailed) return error.cause;
  return notShown(what, error);
}

function cardMessage(incident: Incident, message: Message): StoryMessage {
  return { ...message, key: CARD, seq: incident.head.length };
}

function stands({ shown }: Projection, message: StoryMessage): boolean {
  return shown[message.key]?.hash === hashOf(message);
}

function hashOf({ text, blocks }: Message): string {
  return createHash('sha256')
    .update(JSON.stringify([text, blocks]))
    .digest('hex')
    .slice(0, 32);
}

/** Brings one message up to date: nothing, an edit, or a post. */
async function show(projection: Projection, message: StoryMessage): Promise<void> {
  if (stands(projection, message)) return;
  const known = projection.shown[message.key];
  if (!known) return post(projection, message);
  const { chat, channel, incident } = projection;
  try {
    await chat.edit(
      channel,
      known.ts,
      { incident: incident.id, key: message.key, seq: message.seq },
      message,
    );
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'refused' || !BEYOND_EDITING.has(failure.error)) throw error;
    // A person may delete what the thread told; the card carries the buttons and has to be somewhere.
    if (message.key === CARD) return post(projection, message);
  }
  await record(projection, message.key, { ts: known.ts, hash: hashOf(message) });
}

async function post(projection: Projection, message: StoryMessage): Promise<void> {
  const { chat, incident, channel, now, shown } = projection;
  const thread = message.key === CARD ? null : (shown[CARD]?.ts ?? null);
  const place = { channel, thread, ...(message.broadcast ? { broadcast: true } : {}) };
  await record(projection, POSTING, { ts: String(now), hash: message.key });
  try {
    const { ts } = await chat.post(
      place,
      { incident: incident.id, key: message.key, seq: message.seq },
      message,
    );
    await keep(projection, { key: message.key, ts }, hashOf(message));
  } catch (error) {
    if (!(error instanceof StoreFailed) && !mayHaveHappened(error))
      await record(projection, POSTING, NOTHING);
    throw error;
  }
}

function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof LaneBusy) && failureOf(error).kind === 'unknown';
}

/** Looks in Slack for what may stand there unrecorded: keeps it, and deletes doubles. */
async function settleDoubts(projection: Projection): Promise<void> {
  const { shown, now } = projection;
  const posting = shown[POSTING]?.hash ?? '';
  const lost = posting !== '' && !(posting in shown) ? posting : null;
  const doubt = shown[DOUBT]?.hash ? shown[DOUBT] : null;
  if (lost !== null) {
    const about = doubt?.hash === CARD ? CARD : lost;
    await record(projection, DOUBT, { ts: String(now), hash: about });
    await sweep(projection, about);
    await record(projection, POSTING, NOTHING);
  } else if (doubt && now >= Number(doubt.ts) + LATE) {
    await sweep(projection, doubt.hash);
    await record(projection, DOUBT, NOTHING);
  }
}

async function sweep(projection: Projection, about: string): Promise<void> {
  const { chat, incident, channel, shown } = projection;
  const since = incident.milestones.opened - SKEW;
  if (about === CARD)
    await settle(projection, await chat.find({ channel, thread: null, since }, incident.id));
  const thread = shown[CARD]?.ts;
  if (thread) await settle(projection, await chat.find({ channel, thread, since }, incident.id));
}

async function settle(projection: Projection, standing: readonly Found[]): Promise<void> {
  for (const found of standing) {
    const known = projection.shown[found.key];
    if (!known) await keep(projection, found, 'unknown');
    else if (known.ts !== found.ts) await projection.chat.remove(projection.channel, found.ts);
  }
}

async function keep(
  projection: Projection,
  { key, ts }: { key: string; ts: string },
  hash: string,
): Promise<void> {
  await record(projection, key, { ts, hash });
  const { store, channel, incident } = projection;
  await stored(() => store.remember(channel, ts, incident.id));
}

async function record(
  projection: Projection,
  key: string,
  entry: { ts: string; hash: string },
): Promise<void> {
  await stored(() => projection.store.record(projection.incident.id, key, entry));
  projection.shown[key] = entry;
}

/** The store failed, which says nothing about Slack. */
class StoreFailed extends Error {}

async function stored<Result>(use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    throw new StoreFailed('the projection store failed', { cause });
  }
}

function lateCheck({ shown }: Projection): number | null {
  return shown[DOUBT]?.hash ? Number(shown[DOUBT].ts) + LATE : null;
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
