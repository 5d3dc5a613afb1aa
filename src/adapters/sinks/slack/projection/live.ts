import { setTimeout as pause } from 'node:timers/promises';
import type { AnyChunk } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Live, LiveAnswer, ProjectionStore } from '../../../../engine/showing/notifier.ts';
import type { Incident } from '../../../../incident/model/incident.ts';
import { section, words } from '../blocks/text.ts';
import type { Log } from '../connection/web-client.ts';
import { isLive } from './outbox.ts';
import { taskOf } from './streams.ts';
import { threadOf } from './thread.ts';

interface LiveParts {
  /** One that neither retries nor waits out a rate limit by itself. */
  readonly client: WebClient;
  readonly store: ProjectionStore;
  readonly log: Log;
}

/** The note that says that somebody writes an answer while people watch; no message has a key that begins with `~`. */
const WRITING = '~live-';
/** How long and how often it is looked whether the message stands by now that is to be written into; milliseconds. */
const PATIENCE = { every: 200, tries: 25 } as const;

/**
 * Writes answers while people watch, into the message that the projection has begun. It adds what is not known to the record yet, and
 * nothing rests on it: the projection ends the message and shows the answer as it was kept. Where a process died in the middle, the one
 * that answers anew ends the message, and writes nothing.
 */
export function createLive(parts: LiveParts): Live {
  return {
    async open(incident, question) {
      const { client, store } = parts;
      const thread = await threadOf(store, incident);
      if (thread === null) return null;
      const { channel } = thread;
      const key = `question-${question}`;
      const shown = await store.shown(incident.id);
      const note = `${WRITING}${question}`;
      const standing = shown[key];
      if (shown[note] !== undefined) {
        if (standing !== undefined && isLive(standing))
          await client.chat.stopStream({ channel, ts: standing.ts }).catch(() => undefined);
        return null;
      }
      await store.record(incident.id, note, { ts: '', hash: 'begun' });
      return writer(parts, incident, { channel, key });
    },
  };
}

function writer(
  { client, store, log }: LiveParts,
  incident: Incident,
  { channel, key }: { readonly channel: string; readonly key: string },
): LiveAnswer {
  let over = false;
  let ts: string | null = null;
  let queue: Promise<void> = Promise.resolve();

  /** The message that the projection began; null where it has not by now, or it is none that grows. */
  async function found(): Promise<string | null> {
    for (let tries = 0; tries < PATIENCE.tries && !over; tries += 1) {
      const standing = (await store.shown(incident.id))[key];
      if (standing !== undefined) return isLive(standing) ? standing.ts : null;
      await pause(PATIENCE.every);
    }
    return null;
  }

  async function send(chunks: AnyChunk[]): Promise<void> {
    if (over) return;
    ts ??= await found();
    if (ts === null || over) {
      over = true;
      return;
    }
    await client.chat.appendStream({ channel, ts, chunks });
  }

  const add = (chunks: AnyChunk[]) => {
    queue = queue
      .then(() => send(chunks))
      .catch((err: unknown) => {
        over = true;
        log.debug({ err, incident: incident.id }, 'an answer is not shown while it is made');
      });
  };
  return {
    step: (title) =>
      add([taskOf({ incident: incident.id, key }, { id: 'answer', title, state: 'in_progress' })]),
    claim: (text) => add([{ type: 'blocks', blocks: [section(`• ${words(text, 500)}`)] }]),
    end() {
      over = true;
    },
  };
}
