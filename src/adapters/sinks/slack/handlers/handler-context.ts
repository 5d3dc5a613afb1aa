import { setTimeout as sleep } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Desk, Reply } from '../../../../desk/desk.ts';
import type { ProjectionStore } from '../../../../engine/showing/notifier.ts';
import { LIMITS } from '../blocks/limits.ts';
import { sentence } from '../blocks/text.ts';
import type { Log } from '../connection/web-client.ts';
import type { Acting, Known, People } from '../people.ts';

/** What every handler works with. They carry wishes to the desk and its answers back, and decide nothing. */
export interface HandlerContext {
  readonly desk: Desk;
  readonly projections: ProjectionStore;
  readonly people: People;
  /** For what a person waits for: views, and words to them alone. */
  readonly client: WebClient;
  readonly log: Log;
  /** The address of a message; null where it is not known. */
  readonly permalink: (channel: string, ts: string) => string | null;
  /** Ends what goes on behind a person's back when Medic stops. */
  readonly stopping: AbortSignal;
}

/** Slack waits three seconds for an acknowledgement and then tells the person that the app failed. */
export const SOON = 2_500;

/** Where a person is looking. */
export interface Place {
  readonly channel: string;
  readonly thread?: string | undefined;
  /** The message stands in a thread and in the channel as well: nobody can tell in which of them it is looked at. */
  readonly both?: true;
}

/** What became of a wish. */
export interface Answer {
  /** In mrkdwn, for the one who had it; null says nothing. */
  readonly text: string | null;
  /** It was not recorded, and nobody knows why. */
  readonly failed: boolean;
  /** What the desk said; null where it failed. */
  readonly reply: Reply | null;
}

/**
 * Asks the desk in the name of a person. It never throws: a desk that fails is told to the person, with what to do, and
 * to the log with its cause.
 */
export async function asked(
  parts: HandlerContext,
  who: Acting,
  what: string,
  wish: (known: Known) => Promise<Reply>,
): Promise<Answer> {
  try {
    const known = await parts.people.known(who);
    const reply = await wish(known);
    const note = known.trouble === null ? '' : `\n_${known.trouble}_`;
    const said = reply.text === null ? null : sentence(reply.text, LIMITS.fallback - note.length);
    return { text: said === null ? null : `${said}${note}`, failed: false, reply };
  } catch (err) {
    parts.log.error({ err, what, user: who.id }, 'a wish from Slack was not recorded');
    return {
      text: `:warning: ${what} was *not* recorded: Medic could not store it. Try again in a moment; if it fails again, look at Medic’s log and its \`/readyz\`.`,
      failed: true,
      reply: null,
    };
  }
}

/**
 * For a command, whose acknowledgement promises nothing: waits for the answer as long as Slack waits for an acknowledgement.
 * Acknowledges with it, or without it when it is late.
 * @returns the answer, and whether the acknowledgement could not wait for it
 */
export async function acknowledged(
  answer: Promise<Answer>,
  acknowledge: (answer: Answer | null) => Promise<void>,
): Promise<{ readonly answer: Answer; readonly late: boolean }> {
  const done = new AbortController();
  const tooLong = sleep(SOON, null, { signal: done.signal }).catch(() => null);
  const first = await Promise.race([answer, tooLong]);
  done.abort();
  await acknowledge(first);
  return { answer: first ?? (await answer), late: first === null };
}

/** Says something to one person where they are looking. A failure is logged: there is nobody else to tell. */
export async function tell(
  { client, log }: HandlerContext,
  place: Place,
  user: string,
  text: string | null,
): Promise<void> {
  if (text === null) return;
  try {
    await client.chat.postEphemeral({
      channel: place.channel,
      user,
      text,
      ...(place.thread === undefined ? {} : { thread_ts: place.thread }),
    });
  } catch (err) {
    log.warn({ err, user, channel: place.channel }, 'a person could not be told');
  }
}
