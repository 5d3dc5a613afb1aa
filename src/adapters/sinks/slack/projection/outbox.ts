import { createHash } from 'node:crypto';
import type { ProjectionStore } from '../../../../engine/showing/notifier.ts';
import type { LiveLook, Message } from '../blocks/service.ts';
import type { ThreadMessage } from '../blocks/thread/story/thread.ts';
import { type Chat, isStillWritten, TurnLost } from '../chat.ts';
import { failureOf } from '../connection/failure.ts';
import { LaneBusy, type Rank } from '../connection/pacer.ts';
import type { Found } from './find.ts';

/** The key of an incident's card. */
export const CARD = 'card';

/** Keys of the projection's own notes in the store; no message has a key that begins with `~`. */
const POSTING = '~posting';
const DOUBT = '~doubt';
const NOTHING = { ts: '', hash: '' };
/** Where an incident is told that has no thread of its own. */
export const THREAD = '~thread';

/** A message whose answer was lost may still land this long after; milliseconds. */
const LATE = 30_000;
/** The clocks of Slack and of record may differ by this much; milliseconds. */
const SKEW = 600_000;

/** Errors that say that a message can never be edited again, because it was deleted or has grown too old. */
const BEYOND_EDITING = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/** What is known to stand in Slack for an incident, by key, with the notes. */
export type Standing = Record<string, { readonly ts: string; readonly hash: string }>;

/**
 * One projection of an incident under way: where it is told, and what stands there.
 *
 * What is about to be posted is noted first; a note without a record of the message means that nobody knows whether it stands,
 * because the answer was lost or the process died. Then Slack is asked before anything is posted again, and once more when a
 * late one would have landed; a double is deleted.
 */
export interface Projection {
  readonly chat: Chat;
  readonly store: ProjectionStore;
  readonly incident: string;
  /** When the incident opened, and now; epoch milliseconds. */
  readonly opened: number;
  readonly now: number;
  readonly channel: string;
  /** The thread of another incident in which this one is told; null where it has its own, under its card. */
  readonly home: string | null;
  readonly shown: Standing;
  /** Whether this is still the only projection of the incident. */
  readonly held: () => boolean;
}

/** The thread that the story is told in; null while there is none. */
export function threadOf({ home, shown }: Projection): string | null {
  return home ?? shown[CARD]?.ts ?? null;
}

/** Brings one message up to date: nothing, an edit, or a post. */
export async function show(projection: Projection, message: ThreadMessage, rank: Rank): Promise<void> {
  const known = projection.shown[message.key];
  if (known?.hash === hashOf(message)) return;
  if (!known) return post(projection, message, rank);
  const { chat, channel, incident, held } = projection;
  const name = { incident, key: message.key, seq: message.seq };
  if (isLive(known)) {
    if (message.live) return grow(projection, known, message, message.live);
    await chat.streams.end(channel, known.ts);
  }
  try {
    await chat.edit(channel, known.ts, name, message, { rank, held });
  } catch (error) {
    // It could not be ended, which keeps nothing else from being shown: it is tried again soon, see `lateCheck`.
    if (isStillWritten(error)) return record(projection, message.key, { ts: known.ts, hash: unended(known) });
    const failure = failureOf(error);
    if (failure.kind !== 'refused' || !BEYOND_EDITING.has(failure.error)) throw error;
    // A person may delete what the thread told; the card carries the buttons and has to be somewhere.
    if (message.key === CARD) return post(projection, message, rank);
  }
  await record(projection, message.key, { ts: known.ts, hash: hashOf(message) });
}

/** What stands in the store for a message that is still written while people watch begins like this. */
const LIVE = 'live-';
/** For one that should have been ended, and Slack did not do it, with how often it was tried. */
const UNENDED = `${LIVE}unended-`;
/** When to try that again, the first time and at the latest; milliseconds. */
const AGAIN = { first: 5_000, longest: 300_000 } as const;

/** Whether a message was begun as one that people watch, and has not been shown as it is in the end. */
export function isLive({ hash }: { readonly hash: string }): boolean {
  return hash.startsWith(LIVE);
}

async function grow(
  projection: Projection,
  { ts, hash }: { readonly ts: string; readonly hash: string },
  message: ThreadMessage,
  look: LiveLook,
): Promise<void> {
  const { chat, channel, incident } = projection;
  const fresh = `${LIVE}${hashOf(message)}`;
  if (hash === fresh) return;
  await chat.streams.grow(channel, ts, { incident, key: message.key }, look);
  await record(projection, message.key, { ts, hash: fresh });
}

/** What tells one look of a message from another. */
export function hashOf({ text, blocks }: Message): string {
  return createHash('sha256')
    .update(JSON.stringify([text, blocks]))
    .digest('hex')
    .slice(0, 32);
}

async function post(projection: Projection, message: ThreadMessage, rank: Rank): Promise<void> {
  const { chat, incident, channel, home, now, held } = projection;
  const card = message.key === CARD;
  const thread = card ? home : threadOf(projection);
  const broadcast = thread !== null && message.broadcast === true;
  await record(projection, POSTING, { ts: String(now), hash: message.key });
  try {
    const live = await begun(projection, message, thread, rank);
    const { ts } =
      live ??
      (await chat.post(
        { channel, thread, broadcast },
        { incident, key: message.key, seq: message.seq },
        message,
        { rank, held },
      ));
    const hash = live === null ? hashOf(message) : `${LIVE}${hashOf(message)}`;
    await (held()
      ? keep(projection, { key: message.key, ts }, hash)
      : yieldTo(projection, { key: message.key, ts }, hash));
  } catch (error) {
    // Whoever is at it now keeps its own notes.
    if (error instanceof TurnLost) throw error;
    if (!(error instanceof StoreFailed) && !mayHaveHappened(error))
      await record(projection, POSTING, NOTHING);
    throw error;
  }
}

/** Begins a message that people can watch being made; null where it is none, or Slack has no such thing here. */
async function begun(
  { chat, channel, incident, held }: Projection,
  { key, live }: ThreadMessage,
  thread: string | null,
  rank: Rank,
): Promise<{ readonly ts: string } | null> {
  if (live === undefined || thread === null) return null;
  const ts = await chat.streams.begin({ channel, thread }, { incident, key }, live, { rank, held });
  return ts === null ? null : { ts };
}

/** A message landed after the turn was lost: where another replica has posted the same one meanwhile, this one goes. */
async function yieldTo(projection: Projection, found: Found, hash: string): Promise<never> {
  const { store, chat, channel, incident } = projection;
  const other = (await stored(() => store.shown(incident)))[found.key];
  if (other === undefined || other.ts === '') await keep(projection, found, hash);
  else if (other.ts !== found.ts) await chat.remove(channel, found.ts);
  throw new TurnLost();
}

function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof LaneBusy) && failureOf(error).kind === 'unknown';
}

/** Looks in Slack for what may stand there unrecorded: keeps it, and deletes doubles. */
export async function settleDoubts(projection: Projection): Promise<void> {
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

/** When doubts, and what could not be ended, have to be looked at again; null where there is nothing. Epoch milliseconds. */
export function lateCheck({ shown, now }: Projection): number | null {
  const waits = Object.values(shown)
    .map(triesIn)
    .filter((tries) => tries > 0)
    .map((tries) => now + Math.min(AGAIN.first * 2 ** (tries - 1), AGAIN.longest));
  const times = [...waits, ...(shown[DOUBT]?.hash ? [Number(shown[DOUBT].ts) + LATE] : [])];
  return times.length === 0 ? null : Math.min(...times);
}

function triesIn({ hash }: { readonly hash: string }): number {
  return hash.startsWith(UNENDED) ? Number(hash.slice(UNENDED.length)) : 0;
}

function unended(known: { readonly hash: string }): string {
  return `${UNENDED}${Math.min(triesIn(known) + 1, 20)}`;
}

async function sweep(projection: Projection, about: string): Promise<void> {
  const { chat, incident, channel, home, opened } = projection;
  const since = opened - SKEW;
  if (about === CARD && home === null)
    await settle(projection, await chat.find({ channel, thread: null, since }, incident));
  const thread = threadOf(projection);
  if (thread !== null) await settle(projection, await chat.find({ channel, thread, since }, incident));
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
  await stored(() => store.remember(channel, ts, incident));
}

/** Keeps what stands, or a note. @throws StoreFailed */
export async function record(
  projection: Projection,
  key: string,
  entry: { readonly ts: string; readonly hash: string },
): Promise<void> {
  await stored(() => projection.store.record(projection.incident, key, entry));
  projection.shown[key] = entry;
}

/** The store failed, which says nothing about Slack. */
export class StoreFailed extends Error {}

export async function stored<Result>(use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    throw new StoreFailed('the projection store failed', { cause });
  }
}
