import type { KnownBlock } from '@slack/types';
import type { HealthWarnings } from '../../../../engine/health/health-warnings.ts';
import { type ProjectionStore, THREAD_AT } from '../../../../engine/showing/notifier.ts';
import type { Incident } from '../../../../incident/model/incident.ts';
import { traitsOf } from '../../../../incident/model/phases.ts';
import { NotShown } from '../../../../notify/sink.ts';
import { LIMITS } from '../blocks/limits.ts';
import type { Message } from '../blocks/service.ts';
import { code, context } from '../blocks/text.ts';
import { NoSuchChannel } from '../channels.ts';
import type { Chat } from '../chat.ts';
import { failureOf, remedy } from '../connection/failure.ts';
import type { HostThread } from './notifier.ts';
import { CARD, type Projection, record, type Standing, stored, THREAD } from './outbox.ts';

/** The note that says where an incident is told that is not where it belongs; no message has a key that begins with `~`. */
const PLACE = '~place';

/** Another place than the one that is meant, and why. */
interface Elsewhere {
  readonly channel: string;
  /** Why it is told there, for the card; mrkdwn. */
  readonly note: string;
  /** Time stamps of the messages that stand in the old place, where nobody can edit them. */
  readonly left: readonly string[];
}

const CHANNEL_ID = /^[CG][A-Z0-9]+$/;

/** What it takes to find the place of an incident. */
export interface PlaceParts {
  readonly chat: Chat;
  readonly store: ProjectionStore;
  /** The channel an incident belongs into, by id or name. */
  channelFor(incident: Incident): string;
  /** The id of the channel that takes what another refuses; none by default. */
  readonly fallback?: string | undefined;
  /** Told which channels take nothing. */
  readonly troubles?: Pick<HealthWarnings, 'tell'> | undefined;
  /** Channels that this process knows to have refused something, and nothing taken since. */
  readonly refusing: Set<string>;
}

interface Placing {
  readonly incident: Incident;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly host: HostThread | null;
  readonly held: () => boolean;
}

/** Slack's words for a channel that takes no message, whoever sends it and whatever it says. */
const TAKES_NOTHING = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'method_not_supported_for_channel_type',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
]);

/** Why a place takes nothing, with what to do about it; null where the failure is no matter of the place. */
function refusalOf(error: unknown): string | null {
  if (error instanceof NoSuchChannel) return error.message;
  const failure = failureOf(error);
  if (failure.kind !== 'refused') return null;
  // Without this one nothing can be said anywhere; others only close single channels.
  const closed = failure.error === 'missing_scope' && failure.needed !== 'chat:write';
  return closed || TAKES_NOTHING.has(failure.error) ? remedy(failure.error, failure.needed) : null;
}

/** Another place for what its own does not take; null where it stays. */
export async function movedFrom(
  parts: PlaceParts,
  projection: Projection,
  incident: Incident,
  error: unknown,
): Promise<Projection | null> {
  const cause = error instanceof NotShown ? error.cause : null;
  const place = threadIsGone(cause)
    ? {
        channel: projection.channel,
        note: ':wastebasket: Moved here: its old thread was deleted.',
      }
    : lastResort(parts, projection, incident, cause);
  if (place === null) return null;
  await move(projection, place);
  return { ...projection, channel: place.channel, home: null, shown: standingHere(projection.shown) };
}

function threadIsGone(error: unknown): boolean {
  const failure = failureOf(error);
  return failure.kind === 'refused' && failure.error === 'thread_not_found';
}

function lastResort(
  { fallback }: PlaceParts,
  { channel: meant, shown }: Projection,
  incident: Incident,
  error: unknown,
): Omit<Elsewhere, 'left'> | null {
  const why = refusalOf(error);
  if (why === null || fallback === undefined || fallback === meant || !mayMove(incident, shown)) return null;
  const channel = CHANNEL_ID.test(meant) ? `<#${meant}>` : code(meant, 80);
  const note = `:mailbox_with_no_mail: Told here because Medic cannot post in ${channel}: ${why}`;
  return { channel: fallback, note };
}

/** Makes known that a channel takes nothing, and what to do about it. */
export async function complain(
  { troubles, refusing }: PlaceParts,
  channel: string,
  error: unknown,
): Promise<void> {
  const why = refusalOf(error);
  if (why === null) return;
  refusing.add(channel);
  const name = CHANNEL_ID.test(channel) ? `<#${channel}> (${channel})` : channel;
  // What was refused says more than a memory that is away just now.
  await troubles?.tell(`channel ${channel}`, `Medic cannot post in ${name}: ${why}.`).catch(() => undefined);
}

/** Where it is told. A card that stands by itself stays where it stands. */
export async function placed(parts: PlaceParts, { incident, now, host, held }: Placing): Promise<Projection> {
  const { store, chat } = parts;
  const stands = await stored(() => store.shown(incident.id));
  const elsewhere = elsewhereOf(stands);
  const shown = standingHere(stands);
  const guest = elsewhere === null && host !== null && (!(CARD in shown) || THREAD in shown);
  const home = guest ? host.ts : (shown[THREAD]?.ts ?? null);
  const before = shown[THREAD_AT]?.hash ?? incident.formerThread?.channel;
  const own = elsewhere?.channel ?? before ?? parts.channelFor(incident);
  const channel = guest ? host.channel : own;
  const { opened } = incident.milestones;
  const projection = { chat, store, incident: incident.id, opened, now, channel, home, shown, held };
  if (home !== null && shown[THREAD]?.ts !== home) await record(projection, THREAD, { ts: home, hash: '' });
  return projection;
}

/**
 * Whether an incident is told elsewhere when its place takes nothing: where it stands nowhere yet, because an alert must never be
 * invisible, and where a person is needed, who would wait for it in vain. Any other stays where it stands, and is owed there.
 */
function mayMove({ phase }: Incident, shown: Standing): boolean {
  return !(CARD in shown) || traitsOf(phase).people !== 'none';
}

/** Moves an incident: what stands in the old place counts as standing nowhere from now on. It is one write, so it is done or not. */
async function move(projection: Projection, { channel, note }: Omit<Elsewhere, 'left'>): Promise<void> {
  const standing = Object.entries(projection.shown).filter(([key]) => key === THREAD || !key.startsWith('~'));
  const before = elsewhereOf(projection.shown)?.left ?? [];
  const left = [...before, ...standing.map(([, { ts }]) => ts)];
  const place: Elsewhere = { channel, note, left };
  await record(projection, PLACE, { ts: String(projection.now), hash: JSON.stringify(place) });
}

/** Where an incident is told that was moved; null where it is told where it belongs. */
export function elsewhereOf(shown: Standing): Elsewhere | null {
  const note = shown[PLACE]?.hash;
  return note ? (JSON.parse(note) as Elsewhere) : null;
}

/** What stands in the present place. */
function standingHere(shown: Standing): Standing {
  const left = new Set(elsewhereOf(shown)?.left);
  return Object.fromEntries(Object.entries(shown).filter(([, { ts }]) => !left.has(ts)));
}

/** The card says why it stands here, and what to do so that the next one does not. */
export function withPlace<Drawn extends Message>(message: Drawn, elsewhere: Elsewhere | null): Drawn {
  if (elsewhere === null) return message;
  const note = context(elsewhere.note);
  const add = (blocks: readonly KnownBlock[]) => [...blocks.slice(0, LIMITS.blocks - 1), ...note];
  return {
    ...message,
    blocks: add(message.blocks),
    ...(message.classic === undefined ? {} : { classic: add(message.classic) }),
  };
}
