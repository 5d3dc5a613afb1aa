import type { BlockAction, RespondFn } from '@slack/bolt';
import { noticeView } from '../blocks/modals/parts.ts';
import type { Acting } from '../people.ts';
import { type Answer, asked, type HandlerContext, type Place, tell } from './handler-context.ts';

/** What somebody pressed or chose in a message or a dialog: one action of a `block_actions` payload. */
export interface Interaction {
  readonly action: string;
  /** What the button or the chosen option carries. */
  readonly value: string | null;
  /** The click's own name: the same delivery again has the same one. */
  readonly once: string;
  readonly who: Acting;
  /** Where they are looking: the thread where the message stands in one. */
  readonly place: Place;
  /** Opens a dialog, within three seconds. */
  readonly trigger: string;
}

/** Reads a press, whatever kind of element it came from. */
export function interactionOf(
  body: BlockAction,
  action: { readonly action_id: string; readonly action_ts: string },
): Interaction {
  const place = placeOf(body);
  const { id, name, username, team_id: team } = body.user;
  return {
    action: action.action_id,
    value: carriedIn(action),
    once: `slack-action-${id}-${action.action_ts}`,
    who: { id, name: name ?? username, team, channel: place.channel },
    place,
    trigger: body.trigger_id,
  };
}

function carriedIn(action: object): string | null {
  if ('selected_option' in action) {
    const { selected_option: option } = action;
    return typeof option === 'object' && option !== null && 'value' in option ? String(option.value) : null;
  }
  return 'value' in action && typeof action.value === 'string' ? action.value : null;
}

/** A broadcast reply stands in the channel as well, and is mostly read there. */
function placeOf({ channel, message, container }: BlockAction): Place {
  const thread: unknown = message?.thread_ts ?? container.thread_ts;
  const ts: unknown = message?.ts ?? container.message_ts;
  const both = message?.subtype === 'thread_broadcast';
  const inThread = typeof thread === 'string' && thread !== ts && !both;
  return { channel: channel?.id ?? '', thread: inThread ? thread : undefined, ...(both ? { both } : {}) };
}

/**
 * Asks the desk for what was pressed. Only what is recorded is acknowledged: Slack tells the person of a press that is not,
 * and a second one changes nothing twice. The answer is shown to that person, and to nobody else.
 */
export async function forward(
  parts: HandlerContext,
  press: Interaction,
  what: string,
  wish: Parameters<typeof asked>[3],
  { ack, respond }: { readonly ack: () => Promise<void>; readonly respond: RespondFn },
): Promise<void> {
  const answer = await asked(parts, press.who, what, wish);
  await ack();
  if (answer.text === null) return;
  if (press.place.both === true) return inFront(parts, press, answer, answer.text);
  await privately(answer.text, press.place, respond).catch((err: unknown) => {
    parts.log.debug({ err }, 'the response URL did not take the answer');
    return tell(parts, press.place, press.who.id, answer.text);
  });
}

/**
 * Shows an answer in front of whoever pressed, in a dialog. What goes to the address for answers lands in the thread that the message
 * belongs to, which may be closed; and who looks at the thread does not see the channel.
 */
async function inFront(
  parts: HandlerContext,
  { trigger, place, who }: Interaction,
  { reply, failed }: Answer,
  text: string,
): Promise<void> {
  const title = failed || reply?.refused === true ? 'Nothing was changed' : 'Done';
  try {
    await parts.client.views.open({ trigger_id: trigger, view: noticeView(title, text) });
  } catch (err) {
    parts.log.debug({ err }, 'a dialog did not open with the answer');
    await tell(parts, place, who.id, text);
  }
}

async function privately(text: string, { thread }: Place, respond: RespondFn): Promise<void> {
  await respond({
    response_type: 'ephemeral',
    replace_original: false,
    text,
    ...(thread === undefined ? {} : { thread_ts: thread }),
  });
}
