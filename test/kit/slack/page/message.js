import { useMemo } from 'preact/hooks';
import { Attachment, FileView } from './attachments.js';
import { Avatar } from './avatar.js';
import { Blocks } from './blocks/blocks.js';
import { SurfaceContext, useSurface } from './blocks/surface.js';
import { displayName } from './directory.js';
import { emojiOf } from './emoji.js';
import { Fold } from './fold.js';
import { html } from './html.js';
import { eyeIcon, replyIcon } from './icons.js';
import { MessageMenu } from './message-menu.js';
import { Mrkdwn } from './mrkdwn.js';
import { ReactionPicker, Reactions, useReact } from './reactions.js';
import { isReply } from './store.js';
import { clock, toDate, whenPretty } from './time.js';
import { useWorkspace } from './workspace.js';

/** @import {Message} from './types.js' */

/** @type {any[]} */
const noBlocks = [];

/** What a message says. Blocks replace its text, as in Slack. @param {{message: Message}} props */
function Content({ message }) {
  const { me } = useWorkspace();
  const { channel, ts } = message;
  const place = useMemo(() => ({ user: me.id, channel, message_ts: ts }), [me.id, channel, ts]);
  const blocks = message.blocks ?? noBlocks;
  const { surface } = useSurface(blocks, place);
  return html`<${SurfaceContext.Provider} value=${surface}>
    ${blocks.length > 0 ? html`<${Blocks} blocks=${blocks} />` : message.text && html`<${Fold}><${Mrkdwn} text=${message.text} /><//>`}
    ${message.attachments?.map((attachment, index) => html`<${Attachment} key=${index} attachment=${attachment} />`)}
    ${message.files?.map((file) => html`<${FileView} key=${file.id} file=${file} />`)}
    ${message.streaming_state === 'in_progress' && html`<span class="dots" role="img" aria-label="Still writing"><i></i><i></i><i></i></span>`}
    ${message.edited && html`<span class="edited" title=${`Edited ${whenPretty(toDate(message.edited.ts))}`}>(edited)</span>`}
  <//>`;
}

/** The line under a parent that leads into its thread. @param {{message: Message}} props */
function ThreadLink({ message }) {
  const { go, route } = useWorkspace();
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? '1 reply' : `${message.reply_count} replies`;
  return html`<button type="button" class="thread-link" aria-current=${route.thread === message.ts} onClick=${() => go({ thread: message.ts })}>
    ${(message.reply_users ?? []).slice(0, 4).map((id) => html`<${Avatar} key=${id} id=${id} size="small" />`)}
    <strong>${count}</strong>
    ${message.latest_reply && html`<span class="hint">Last reply ${whenPretty(toDate(message.latest_reply))}</span>`}
  </button>`;
}

/** @param {{message: Message, inThread: boolean}} props */
function Toolbar({ message, inThread }) {
  const { go } = useWorkspace();
  const react = useReact(message);
  return html`<div class="toolbar" role="group" aria-label="Message actions">
    ${['x', 'white_check_mark', 'eyes'].map(
      (
        name,
      ) => html`<button type="button" class="icon-button emoji" aria-label=${`React with ${name.replaceAll('_', ' ')}`} title=${`:${name}:`}
        data-react=${name} onClick=${() => react(name)}>${emojiOf(name)}</button>`,
    )}
    <${ReactionPicker} message=${message} />
    ${
      !inThread &&
      html`<button type="button" class="icon-button" aria-label="Reply in thread" title="Reply in thread"
        onClick=${() => go({ thread: message.thread_ts ?? message.ts })}>
      ${replyIcon}
    </button>`
    }
    <${MessageMenu} message=${message} inThread=${inThread} />
  </div>`;
}

/** The note over a message that only the reader sees, with the way to put it away. @param {{message: Message}} props */
function EphemeralNote({ message }) {
  const { dispatch } = useWorkspace();
  return html`<p class="ephemeral-note">
    ${eyeIcon}<span>Only visible to you</span><span aria-hidden="true">·</span>
    <button
      type="button"
      class="text-button"
      onClick=${() => dispatch({ type: 'dismissed', channel: message.channel, ts: message.ts })}
    >
      Dismiss
    </button>
  </p>`;
}

/** Says that a reply stands both in its thread and in the channel. @param {{message: Message, inThread: boolean}} props */
function BroadcastNote({ message, inThread }) {
  const { go } = useWorkspace();
  if (inThread) return html`<p class="hint">Also sent to the channel</p>`;
  const open = () => go({ thread: message.thread_ts ?? null });
  return html`<p class="hint"><button type="button" class="text-button" onClick=${open}>Replied to a thread</button></p>`;
}

/**
 * One message. `compact` leaves out who and when, for a message that follows another of the same author at once.
 * @param {{message: Message, compact?: boolean, inThread?: boolean}} props
 */
export function MessageView({ message, compact = false, inThread = false }) {
  const { state } = useWorkspace();
  const user = state.users.find((known) => known.id === message.user);
  const name = message.username ?? displayName(user, message.user);
  const date = toDate(message.ts);
  const time = html`<time class="time" dateTime=${date.toISOString()} title=${date.toLocaleString()}>${clock(date)}</time>`;
  const ephemeral = Boolean(message.ephemeral_to);
  const broadcast = message.subtype === 'thread_broadcast' && isReply(message);
  const look = [compact && 'compact', ephemeral && 'ephemeral', broadcast && 'broadcast']
    .filter(Boolean)
    .join(' ');
  return html`<article class=${`message ${look}`} data-testid="message" data-ts=${message.ts} tabindex="-1" aria-label=${`${name}, ${clock(date)}`} aria-busy=${message.streaming_state === 'in_progress' || undefined}>
    <div class="gutter">${compact ? time : html`<${Avatar} id=${message.user} />`}</div>
    <div class="message-body">
      ${ephemeral && html`<${EphemeralNote} message=${message} />`}
      ${
        !compact &&
        html`<header class="message-head">
        <span class="author" title=${user?.title}>${name}</span>
        ${(user?.is_bot || message.bot_id) && html`<span class="badge">APP</span>`}
        ${user?.team_id && user.team_id !== state.team.id && html`<span class="badge" title="Of another workspace">EXTERNAL</span>`}
        ${time}
      </header>`
      }
      ${broadcast && html`<${BroadcastNote} message=${message} inThread=${inThread} />`}
      <${Content} message=${message} />
      <${Reactions} message=${message} />
      ${!inThread && html`<${ThreadLink} message=${message} />`}
    </div>
    ${!ephemeral && html`<${Toolbar} message=${message} inThread=${inThread} />`}
  </article>`;
}
