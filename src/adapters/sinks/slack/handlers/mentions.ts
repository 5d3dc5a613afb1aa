import type { App, ReceiverEvent } from '@slack/bolt';
import { code } from '../blocks/text.ts';
import { asked, type HandlerContext, type Place, tell } from './handler-context.ts';

const HELP = [
  'I watch alerts, find out what is wrong, and run playbooks to mend it.',
  '• The buttons on an incident’s card decide what happens; :x: on the card or in its thread cancels what waits.',
  '• Mention me in an incident’s thread to ask about it: “what changed before this?”, “show me the logs”.',
  '• `/diagnose <service>` has something looked at, `/heal` runs playbooks, `/heal help` shows the rest.',
].join('\n');

/** How people ask to have something looked at. */
const WANTS_DIAGNOSIS =
  /\b(?:diagnos\w*|investigat\w*|look|check|wrong|broken|why|slow|down|fail\w*|errors?)\b/i;
const LONGEST = 80;

/**
 * A mention in an incident's thread is a question about it, which is answered there. Anywhere else Medic says what it understands, to
 * the one who asked. Whatever the words say, nothing starts and nothing stops by them.
 */
export function handleMentions(app: App, parts: HandlerContext): void {
  app.event('app_mention', async ({ event, body, context }) => {
    // What a program says is none of a person's words, and an edit of what was heard already is no new question.
    if (event.user === undefined || 'bot_id' in event || 'edited' in event) return;
    const place = { channel: event.channel, thread: event.thread_ts };
    const text = withoutMention(event.text, context.botUserId);
    const incident =
      event.thread_ts === undefined
        ? null
        : await parts.projections.incidentOf(event.channel, event.thread_ts);
    if (incident === null) {
      if (!context.retryNum) await tell(parts, place, event.user, adviceFor(parts, text));
      return;
    }
    const failed = await question(parts, { incident, text, once: `slack-event-${body.event_id}` }, place, {
      user: event.user,
      team: 'user_team' in event ? String(event.user_team) : event.team,
      retried: Boolean(context.retryNum),
    });
    if (failed) throw new Error('the question was not recorded');
  });
}

/** Carries a question to the desk. True where nobody knows whether it was recorded: then Slack brings it again. */
async function question(
  parts: HandlerContext,
  { incident, text, once }: { readonly incident: string; readonly text: string; readonly once: string },
  place: Place,
  {
    user,
    team,
    retried,
  }: { readonly user: string; readonly team: string | undefined; readonly retried: boolean },
): Promise<boolean> {
  // Brought again, it may have been answered by now, and nothing would take the status away any more.
  const looking = retried ? Promise.resolve() : status(parts, place, 'is looking at the evidence …');
  const who = { id: user, team, channel: place.channel };
  const answer = await asked(parts, who, 'Your question', ({ person }) =>
    parts.desk.ask({ incident, text, by: person, once }),
  );
  if (answer.text !== null && !retried) await looking.then(() => status(parts, place, ''));
  if (!answer.failed || !retried) await tell(parts, place, user, answer.text);
  return answer.failed;
}

/** What stands under the thread while Medic works. Slack takes it away when something is posted; where it refuses, nothing is lost. */
async function status(
  { client, log }: HandlerContext,
  { channel, thread }: Place,
  words: string,
): Promise<void> {
  if (thread === undefined) return;
  try {
    await client.assistant.threads.setStatus({ channel_id: channel, thread_ts: thread, status: words });
  } catch (err) {
    log.debug({ err, channel }, 'Slack shows no status in this thread');
  }
}

function withoutMention(text: string, bot: string | undefined): string {
  return (bot === undefined ? text : text.replaceAll(new RegExp(`<@${bot}(?:\\|[^>]*)?>`, 'g'), ' '))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** For a mention that belongs to no incident: the way to have something looked at, or what Medic understands. */
function adviceFor({ desk }: HandlerContext, text: string): string {
  const words = text.match(/[\w.-]+/g) ?? [];
  const service = words.find((word) => desk.services(word).includes(word));
  if (service === undefined && !WANTS_DIAGNOSIS.test(text)) return HELP;
  const about = text.length <= LONGEST ? text : (service ?? '');
  return `I answer questions in an incident’s thread. To have this looked at, write ${code(`/diagnose ${about}`.trim(), 120)}`;
}

/** A mention is taken only once it is recorded: the person sees nothing of it until its answer comes. */
export function isMention({ body }: ReceiverEvent): boolean {
  const event: unknown = body.event;
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'app_mention';
}
