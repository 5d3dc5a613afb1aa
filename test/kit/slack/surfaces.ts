import { ActError, channelFor, messageFor, payloadName } from './acts.ts';
import { publicMessage } from './messages.ts';
import type { Platform } from './platform.ts';
import { newResponseUrl } from './triggers.ts';
import type { Block, SlackUser, StateValues } from './types.ts';
import { initialValues, type Placed, placedElements } from './walk.ts';

/** An element of a message or view, as the page and the tests name it. */
export interface Place {
  channel?: string;
  message_ts?: string;
  view_id?: string;
  block_id: string;
  action_id: string;
}

/** Where an element stands and what stands around it. */
export interface Surface {
  blocks: Block[];
  values: StateValues;
  name: string;
  payload: Record<string, unknown>;
  viewId?: string;
  /** Where an app may answer what was done here; only messages have it. */
  responseUrl?: () => string;
}

function messageSurface(platform: Platform, user: SlackUser, input: Place): Surface {
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
      channel: { id: channel.id, name: payloadName(channel) },
      // Slack does not give the app the content of an ephemeral message back.
      ...(ephemeral ? {} : { message: publicMessage(message, { metadata: true }) }),
    },
    responseUrl: () =>
      newResponseUrl(platform, 'actions', {
        user: user.id,
        channel: channel.id,
        messageTs: ts,
        // The first message of a thread stands in the channel: what answers a click on it appears there.
        ...(message.thread_ts !== undefined && message.thread_ts !== ts
          ? { threadTs: message.thread_ts }
          : {}),
      }),
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

/** The element of a surface that an input names. @throws ActError when it is not there */
export function placedOn(surface: Surface, input: Pick<Place, 'block_id' | 'action_id'>): Placed {
  const placed = placedElements(surface.blocks).find(
    ({ block, element }) => block.block_id === input.block_id && element.action_id === input.action_id,
  );
  if (!placed) {
    throw new ActError(`${surface.name} has no element ${input.action_id} in block ${input.block_id}`);
  }
  return placed;
}

/** The message or view that a person acts in. @throws ActError when they cannot see it */
export function surfaceFor(platform: Platform, user: SlackUser, input: Place): Surface {
  return input.view_id !== undefined
    ? viewSurface(platform, user, input.view_id)
    : messageSurface(platform, user, input);
}
