import type { WebClient } from '@slack/web-api';
import { THREAD_AT } from '../../../../engine/showing/notifier.ts';
import type { Incident } from '../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../incident/model/phases.ts';
import type { TimelineEntry } from '../../../../incident/model/timeline.ts';
import { NotShown, NotYetShown } from '../../../../notify/sink.ts';
import { card } from '../blocks/card/card.ts';
import { refreshAt } from '../blocks/card/next-step.ts';
import { type Audience, type KnownServer, NOBODY, type ServiceCard } from '../blocks/service.ts';
import {
  callsPeople,
  standsBefore,
  type ThreadMessage,
  threadMessages,
} from '../blocks/thread/story/thread.ts';
import { NoSuchChannel } from '../channels.ts';
import { createChat, TurnLost } from '../chat.ts';
import { countedCalls, type Meter } from '../connection/calls.ts';
import { notShown } from '../connection/failure.ts';
import { LaneBusy, type Pacer, type Rank } from '../connection/pacer.ts';
import type { Log } from '../connection/web-client.ts';
import { asItStands, illustrate } from '../pictures/illustrate.ts';
import { createUpload, type Upload } from '../pictures/upload.ts';
import { complain, elsewhereOf, movedFrom, type PlaceParts, placed, withPlace } from './destination.ts';
import { inShort } from './in-short.ts';
import type { Beside, HostThread, Notifier, Shown } from './notifier.ts';
import { oneAtATime } from './one-at-a-time.ts';
import {
  CARD,
  lateCheck,
  type Projection,
  record,
  StoreFailed,
  settleDoubts,
  show,
  stored,
  threadOf,
} from './outbox.ts';

export interface ProjectorOptions extends Omit<PlaceParts, 'chat' | 'refusing'> {
  /** One that neither retries nor waits out a rate limit by itself: `createWebClient`. */
  readonly client: WebClient;
  /** One for the whole process, since Slack counts all posts together. */
  readonly pacer: Pacer;
  readonly meter?: Meter;
  /** Told why a picture did not come; nobody by default. */
  readonly log?: Pick<Log, 'warn'>;
  /** How long a picture may keep everything else waiting; milliseconds. */
  readonly picturePatience?: number | undefined;
  serviceOf(incident: Incident): ServiceCard | null;
  /** Who is there to be called, and when not to be loud; nobody and never by default. */
  readonly audience?: Audience;
  /** The servers that links of alerts may be named by; none by default. */
  readonly servers?: readonly KnownServer[];
}

interface Parts
  extends PlaceParts,
    Pick<ProjectorOptions, 'audience' | 'servers' | 'log' | 'picturePatience'> {
  readonly upload: Upload;
  serviceOf(incident: Incident): ServiceCard | null;
}

/** When to look again whether somebody else is at it, milliseconds. */
const SOON = 1_000;

/** What is to be shown, and in whose thread. */
interface View {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly host: HostThread | null;
  readonly beside: Beside;
  /** Whether the same state was shown before, so that nothing can have changed but a countdown. */
  readonly again: boolean;
  /** Whether somebody has paused Medic, or ended that, since it was last shown. */
  readonly ordered: boolean;
  readonly held: () => boolean;
}

/**
 * Shows incidents in Slack: a card in the channel, the story in its thread, or both in the thread of the incident that it is
 * linked to. Every message bears its incident and key as metadata, by which it is found again: see `outbox.ts`.
 */
export function createProjector({ client, pacer, meter, ...rest }: ProjectorOptions): Notifier {
  const call = countedCalls(pacer, meter);
  const parts: Parts = {
    ...rest,
    chat: createChat(client, pacer, call),
    upload: createUpload(client, pacer, call),
    refusing: new Set(),
  };
  const newest = new Map<
    string,
    {
      readonly version: number;
      /** When it was read, by the clock of record. */
      readonly now: number;
      readonly pausedBy: string | null;
      readonly shown: Shown;
    }
  >();
  return {
    project: oneAtATime(
      (incident) => incident.id,
      async (
        incident: Incident,
        timeline: readonly TimelineEntry[],
        now: number,
        host: HostThread | null,
        held: () => boolean = () => true,
        beside: Beside = {},
      ) => {
        const before = newest.get(incident.id);
        // Whatever was read earlier is out of date. What was read later is true, though its version may be smaller: Redis was set back.
        if (before && before.version > incident.version && before.now >= now) return before.shown;
        const { pausedBy = null } = beside;
        const again = before?.version === incident.version && before.pausedBy === pausedBy;
        const ordered = before !== undefined && before.pausedBy !== pausedBy;
        const shown = await projected(parts, {
          incident,
          timeline,
          now,
          host,
          beside,
          again,
          ordered,
          held,
        });
        newest.delete(incident.id);
        newest.set(incident.id, { version: incident.version, now, pausedBy, shown });
        if (newest.size > 1000) newest.delete(newest.keys().next().value ?? '');
        return shown;
      },
    ),
  };
}

async function projected(parts: Parts, view: View): Promise<Shown> {
  const what = `the card and thread of ${view.incident.id} are not up to date`;
  const projection = await placed(parts, view).catch((error: unknown) => {
    throw asNotShown(what, error);
  });
  const attempt = async (place: Projection): Promise<Shown> => {
    try {
      return await brought(parts, place, view);
    } catch (error) {
      await complain(parts, place.channel, error);
      throw asNotShown(`${what} in ${place.channel}`, error);
    }
  };
  try {
    return await attempt(projection);
  } catch (error) {
    const other = await movedFrom(parts, projection, view.incident, error);
    if (other === null) throw error;
    return attempt(other);
  }
}

/** Brings the place up to date in which the incident is told. */
async function brought(parts: Parts, place: Projection, view: View): Promise<Shown> {
  const { incident, now } = view;
  const projection = { ...place, channel: await parts.chat.channelId(place.channel) };
  await settleDoubts(projection);
  const stood = Object.keys(projection.shown).length;
  const told = await draw(parts, projection, view);
  const posted = Object.keys(projection.shown).length > stood;
  const { upload, log, picturePatience: patience } = parts;
  const pictures = await illustrate(projection, told, { posted, upload, log, patience });
  if (parts.refusing.delete(place.channel))
    await stored(async () => parts.troubles?.tell(`channel ${place.channel}`, null));
  const thread = { channel: projection.channel, ts: threadOf(projection) ?? '' };
  const noted = projection.shown[THREAD_AT];
  if (noted?.ts !== thread.ts || noted.hash !== thread.channel)
    await record(projection, THREAD_AT, { ts: thread.ts, hash: thread.channel });
  return {
    thread,
    plan: incident.phase.at === 'waiting' ? planOf(incident) : null,
    refreshAt: earliest(earliest(refreshAt(incident, now), lateCheck(projection)), pictures),
  };
}

/** The card first, then what the thread lacks, then the card with its buttons, which need the thread to stand before them. */
async function draw(parts: Parts, projection: Projection, view: View): Promise<readonly ThreadMessage[]> {
  const { incident, timeline, now, host, beside } = view;
  const { shown } = projection;
  const service = parts.serviceOf(incident);
  const { audience = NOBODY, servers = [] } = parts;
  const told = threadMessages(incident, timeline, { service, host, audience, servers }).filter(
    ({ key, moot }) => key in shown || !moot,
  );
  const before = (key: string) => standsBefore(planOf(incident) ?? '', key);
  const ready = () => told.every(({ key }) => !before(key) || key in shown);
  const elsewhere = elsewhereOf(shown);
  const drawn = (buttons: boolean): ThreadMessage => ({
    ...withPlace(card(incident, { now, service, host, ...beside, buttons, servers, ...audience }), elsewhere),
    key: CARD,
    seq: incident.head.length,
    began: incident.milestones.opened,
    newest: now,
  });
  const wanting = told.some(
    ({ key, live }) =>
      !(key in shown) &&
      ((incident.phase.at === 'waiting' && before(key)) || callsPeople(key) || live !== undefined),
  );
  const rank: Rank = wanting ? 'person' : 'story';
  await show(projection, drawn(ready()), cardRank(projection, view));
  for (const message of await inShort(projection, incident, told))
    await show(projection, asItStands(projection, message), rank);
  await show(projection, drawn(true), cardRank(projection, view));
  return told;
}

function cardRank({ shown }: Projection, { again, ordered }: View): Rank {
  if (!(CARD in shown)) return 'card';
  if (ordered) return 'order';
  return again ? 'story' : 'person';
}

function planOf(incident: Incident): string | null {
  return currentPlan(incident)?.plan.id ?? null;
}

function asNotShown(what: string, error: unknown): unknown {
  if (error instanceof NotShown) return error;
  if (error instanceof LaneBusy)
    return new NotYetShown(`${what}: ${error.message}`, error.wait, { cause: error });
  if (error instanceof TurnLost) return new NotYetShown(`${what}: ${error.message}`, SOON, { cause: error });
  if (error instanceof NoSuchChannel)
    return new NotShown(`${what}: ${error.message}`, 60_000, { cause: error });
  if (error instanceof StoreFailed) return error.cause;
  return notShown(what, error);
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
