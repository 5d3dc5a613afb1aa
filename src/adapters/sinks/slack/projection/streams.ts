import { performance } from 'node:perf_hooks';
import type { AnyChunk, TaskUpdateChunk } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { clip } from '../blocks/limits.ts';
import type { LiveLook } from '../blocks/service.ts';
import { oneLine } from '../blocks/text.ts';
import type { Call } from '../connection/calls.ts';
import { failureOf } from '../connection/failure.ts';
import { type Pacer, POSTS, type Rank } from '../connection/pacer.ts';

/** Which message of which incident a stream is. */
export interface StreamName {
  readonly incident: string;
  readonly key: string;
}

/** Messages that grow while people watch, where Slack has them. What stands in the end is an ordinary message. */
export interface Streams {
  /**
   * Begins one. Null where Slack does not let Medic, whatever the reason: then an ordinary message does.
   * @throws where nobody knows whether it stands now, as a post does
   */
  begin(
    place: { readonly channel: string; readonly thread: string },
    name: StreamName,
    look: LiveLook,
    turn: { readonly rank: Rank; readonly held: () => boolean },
  ): Promise<string | null>;
  /** Brings what it shows of the work up to date. Never throws: nothing that matters is told in it. */
  grow(channel: string, ts: string, name: StreamName, look: LiveLook): Promise<void>;
  /** Ends it, so that it can be edited. Never throws: one that has ended already is as good. */
  end(channel: string, ts: string): Promise<void>;
}

/** Slack does not have it here, or does not give it to Medic: it is not asked for again for a while, milliseconds. */
const NOT_HERE = 600_000;
const ABSENT = new Set([
  'unknown_method',
  'missing_scope',
  'not_allowed_token_type',
  'access_denied',
  'no_permission',
  'feature_not_enabled',
  'method_deprecated',
  'invalid_chunks',
  'invalid_blocks',
  'invalid_arguments',
]);
const LONGEST = { title: 200, details: 500 } as const;

/** @param client one that neither retries nor waits out a rate limit by itself */
export function createStreams(client: WebClient, pacer: Pick<Pacer, 'turn'>, call: Call): Streams {
  let absentUntil = Number.NEGATIVE_INFINITY;
  let team: string | undefined;

  /** A stream in a channel is for somebody, and Slack wants to know of which workspace they are. */
  async function teamId(): Promise<string> {
    team ??= (await call('auth.test', null, () => client.auth.test())).team_id ?? '';
    return team;
  }

  async function start(place: { channel: string; thread: string }, name: StreamName, look: LiveLook) {
    const recipient = { recipient_user_id: look.reader, recipient_team_id: await teamId() };
    const answer = await call('chat.startStream', null, () =>
      client.chat.startStream({
        channel: place.channel,
        thread_ts: place.thread,
        ...recipient,
        chunks: [{ type: 'blocks', blocks: [...look.head] }, ...tasksOf(name, look)],
      }),
    );
    return answer.ts ?? null;
  }

  return {
    async begin(place, name, look, { rank, held }) {
      if (performance.now() < absentUntil) return null;
      await pacer.turn(`posts to ${place.channel}`, POSTS, rank);
      if (!held()) return null;
      try {
        return await start(place, name, look);
      } catch (error) {
        const failure = failureOf(error);
        // One that does not answer is not asked twice in a row: the message matters more than how it comes about.
        if (failure.kind !== 'refused' || ABSENT.has(failure.error))
          absentUntil = performance.now() + NOT_HERE;
        if (failure.kind === 'unknown') throw error;
        return null;
      }
    },
    async grow(channel, ts, name, look) {
      const chunks = tasksOf(name, look);
      await call('chat.appendStream', null, () => client.chat.appendStream({ channel, ts, chunks })).catch(
        () => undefined,
      );
    },
    async end(channel, ts) {
      await call('chat.stopStream', null, () => client.chat.stopStream({ channel, ts })).catch(
        () => undefined,
      );
    },
  };
}

/** A task of a stream. Its id names the message, by which a stream is found whose beginning got lost. */
export function taskOf(
  name: StreamName,
  task: {
    readonly id: string;
    readonly title: string;
    readonly state: TaskUpdateChunk['status'];
    readonly details?: string;
  },
): TaskUpdateChunk {
  return {
    type: 'task_update',
    id: `${PREFIX}${name.incident}/${name.key}/${task.id}`,
    title: clip(oneLine(task.title), LONGEST.title),
    status: task.state,
    ...(task.details === undefined ? {} : { details: clip(oneLine(task.details), LONGEST.details) }),
  };
}

function tasksOf(name: StreamName, { tasks }: LiveLook): AnyChunk[] {
  return tasks.map((task) => taskOf(name, task));
}

const PREFIX = 'medic/';

/** The name of a stream that stands in Slack, read from its tasks; null for any other message. */
export function streamName(blocks: unknown): StreamName | null {
  if (!Array.isArray(blocks)) return null;
  for (const block of blocks as readonly { readonly task_id?: unknown }[]) {
    const id = block?.task_id;
    if (typeof id !== 'string' || !id.startsWith(PREFIX)) continue;
    const [incident, key] = id.slice(PREFIX.length).split('/');
    if (incident !== undefined && key !== undefined) return { incident, key };
  }
  return null;
}
