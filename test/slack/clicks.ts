import { ActError, acknowledged, actor, channelFor, interactionBase, messageFor } from './acts.ts';
import { publicMessage } from './messages.ts';
import type { Platform } from './platform.ts';
import { nextTs } from './state.ts';
import { newResponseUrl, newTrigger } from './triggers.ts';
import type { Block, ElementState, SlackUser, StateValues } from './types.ts';
import { chosenState, initialValues, optionsOf, type Placed, placedElements, stateField } from './walk.ts';

/** A click or choice in a message or view, as the page and the tests give it. */
export interface ClickInput {
  channel?: string;
  message_ts?: string;
  view_id?: string;
  block_id: string;
  action_id: string;
  /** The element's new state; absent for buttons. */
  value?: Record<string, unknown>;
}

/** Where an element stands and what stands around it. */
interface Surface {
  blocks: Block[];
  values: StateValues;
  name: string;
  payload: Record<string, unknown>;
  viewId?: string;
}

function messageSurface(platform: Platform, user: SlackUser, input: ClickInput): Surface {
  const channel = channelFor(platform, user, input.channel ?? '');
  const ts = input.message_ts ?? '';
  const message = messageFor(platform, user, channel, ts);
  const blocks = [
    ...(message.blocks ?? []),
    ...(message.attachments ?? []).flatMap((attachment) => (attachment.blocks as Block[] | undefined) ?? []),
  ];
  const key = `${user.id}:${channel.id}:${ts}`;
  const values = { ...initialValues(blocks), ...platform.workspace.choices.get(key) };
  platform.workspace.choices.set(key, values);
  const thread = message.thread_ts !== undefined ? { thread_ts: message.thread_ts } : {};
  const ephemeral = message.ephemeral_to !== undefined;
  return {
    blocks,
    values,
    name: `message ${ts} in #${channel.name}`,
    payload: {
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel.id,
        is_ephemeral: ephemeral,
        ...thread,
      },
      channel: { id: channel.id, name: channel.is_im ? 'directmessage' : channel.name },
      // Slack does not give the app the content of an ephemeral message back.
      ...(ephemeral ? {} : { message: publicMessage(message, { metadata: true }) }),
      response_url: newResponseUrl(platform, 'actions', {
        user: user.id,
        channel: channel.id,
        messageTs: ts,
        // The first message of a thread stands in the channel: what answers a click on it appears there.
        ...(message.thread_ts !== undefined && message.thread_ts !== ts
          ? { threadTs: message.thread_ts }
          : {}),
      }),
    },
  };
}

function viewSurface(platform: Platform, user: SlackUser, viewId: string): Surface {
  const open = platform.workspace.views.get(viewId);
  if (!open || open.user !== user.id) throw new ActError(`${user.real_name} has no view ${viewId} open`);
  return {
    blocks: open.view.blocks,
    values: open.view.state.values,
    name: `view ${viewId}`,
    payload: { container: { type: 'view', view_id: viewId }, view: open.view },
    viewId,
  };
}

function placedAt(surface: Surface, input: ClickInput): Placed {
  const placed = placedElements(surface.blocks).find(
    ({ block, element }) => block.block_id === input.block_id && element.action_id === input.action_id,
  );
  if (!placed) {
    throw new ActError(`${surface.name} has no element ${input.action_id} in block ${input.block_id}`);
  }
  return placed;
}

/** What an element without state reports: a button its value, an overflow menu the chosen option, feedback which. */
function statelessAction(element: Block, value: Record<string, unknown>): Record<string, unknown> {
  const given = (name: string) => (element[name] !== undefined ? { [name]: element[name] } : {});
  if (element.type === 'overflow') {
    const wanted = (value.selected_option as { value?: unknown } | undefined)?.value;
    const option = optionsOf(element).find((candidate) => candidate.value === wanted);
    if (!option) throw new ActError(`${String(element.action_id)} has no option ${String(wanted)}`);
    return { selected_option: option };
  }
  if (element.type === 'feedback_buttons') {
    const buttons = [element.positive_button, element.negative_button] as { value: string; text: unknown }[];
    const pressed = buttons.find((button) => button.value === value.value);
    if (!pressed) throw new ActError(`${String(element.action_id)} has no button ${String(value.value)}`);
    return { text: pressed.text, value: pressed.value };
  }
  return { ...given('text'), ...given('value'), ...given('style'), ...given('url') };
}

function choose(surface: Surface, placed: Placed, value: Record<string, unknown>): ElementState {
  const { block, element } = placed;
  try {
    const state = chosenState(element, value);
    const blockId = block.block_id ?? '';
    surface.values[blockId] = { ...surface.values[blockId], [element.action_id]: state };
    return state;
  } catch (error) {
    throw new ActError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A person presses a button or changes an element. Sends the app a real `block_actions` payload and waits for
 * its acknowledgement.
 * @throws ActError when the element is not there, or the app does not answer in time
 */
export async function click(platform: Platform, userId: string, input: ClickInput): Promise<void> {
  const user = actor(platform, userId);
  const surface =
    input.view_id !== undefined
      ? viewSurface(platform, user, input.view_id)
      : messageSurface(platform, user, input);
  const placed = placedAt(surface, input);
  const { block, element } = placed;
  const value = input.value ?? {};
  const chosen = stateField(element.type) ? choose(surface, placed, value) : statelessAction(element, value);
  // An input block stays quiet while it is filled in, unless the app asked to hear about it.
  if (block.type === 'input' && block.dispatch_action !== true) return;
  const ack = await platform.delivery.ask({
    kind: 'interactive',
    payload: {
      type: 'block_actions',
      ...interactionBase(platform, user),
      ...surface.payload,
      trigger_id: newTrigger(platform, user.id, surface.viewId),
      state: { values: surface.values },
      actions: [
        {
          action_id: element.action_id,
          block_id: block.block_id,
          ...chosen,
          type: element.type,
          action_ts: nextTs(platform.workspace),
        },
      ],
    },
  });
  acknowledged(platform, ack, `pressing ${element.action_id}`);
}
