import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from './api.js';
import { html } from './html.js';
import { sendIcon } from './icons.js';
import { encodeText, suggest } from './suggest.js';
import { useWorkspace } from './workspace.js';

/** @import {Command, Result} from './types.js' */
/** @import {Suggestion} from './suggest.js' */

/**
 * Sends what was typed: a text that starts with a slash is a command, everything else a message.
 * @param {string} typed
 * @param {{user: string, channel: string, thread: string | null, known: any}} to
 * @returns {Promise<Result>}
 */
async function deliver(typed, { user, channel, thread, known }) {
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(typed);
  if (command && thread)
    return { ok: false, error: `${command[1]} is not supported in threads. Sorry! Send it in the channel.` };
  if (command) return api.command({ user, channel, command: command[1] ?? '', text: command[2] ?? '' });
  return api.post({ user, channel, text: encodeText(typed, known), ...(thread && { thread_ts: thread }) });
}

/**
 * The box to write in. An archived channel has none, and says so.
 * @param {{channel: string, thread?: string | null, placeholder: string, status?: string, takesFocus?: boolean}} props
 */
export function Composer(props) {
  const { state } = useWorkspace();
  const isArchived = state.channels.find((each) => each.id === props.channel)?.is_archived;
  return isArchived
    ? html`<p class="notice" role="status">This channel is archived. Nobody can write in it.</p>`
    : html`<${OpenComposer} ...${props} />`;
}

/** @param {{channel: string, thread?: string | null, placeholder: string, status?: string, takesFocus?: boolean}} props */
function OpenComposer({ channel, thread = null, placeholder, status = '', takesFocus = false }) {
  const { state, me } = useWorkspace();
  const [text, setText] = useState('');
  const [caret, setCaret] = useState(0);
  const [picked, setPicked] = useState(0);
  const [closedAt, setClosedAt] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const listId = useId();
  const offered = text === closedAt ? null : suggest(text.slice(0, caret), state);
  const at = offered ? Math.min(picked, offered.list.length - 1) : 0;

  useEffect(() => setProblem(''), [channel, thread, me.id]);
  // A touch screen would answer the focus with its keyboard, over the thread that was asked for.
  useEffect(() => {
    if (takesFocus && matchMedia('(hover: hover)').matches) box.current?.focus();
  }, [thread]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const accept = (/** @type {number} */ index) => {
    const choice = offered?.list[index];
    if (!offered || !choice) return;
    const next = text.slice(0, offered.start) + choice.insert + text.slice(caret);
    setText(next);
    setCaret(offered.start + choice.insert.length);
    setPicked(0);
    box.current?.focus();
  };
  const send = async () => {
    const typed = text.trim();
    if (typed === '' || busy) return;
    setBusy(true);
    setProblem('');
    const result = await deliver(typed, { user: me.id, channel, thread, known: state });
    setBusy(false);
    if (result.ok) setText('');
    else setProblem(result.error ?? 'The message was not taken.');
    box.current?.focus();
  };
  const offersMore = offered && text.trim() !== offered.list[at]?.insert.trim();
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (offered && ['ArrowDown', 'ArrowUp'].includes(event.key)) {
      event.preventDefault();
      const { length } = offered.list;
      setPicked((at + (event.key === 'ArrowDown' ? 1 : -1) + length) % length);
    } else if (offered && event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      setClosedAt(text);
    } else if (offersMore && (event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) {
      event.preventDefault();
      accept(at);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  const follow = (/** @type {any} */ event) => {
    setText(event.target.value);
    setCaret(event.target.selectionStart);
  };
  const command = state.commands.find((each) => text.startsWith(`${each.command} `));
  return html`<div class="composer">
    ${offered && html`<${Suggestions} id=${listId} list=${offered.list} at=${at} onPick=${accept} />`}
    ${problem && html`<p class="composer-problem" role="alert">${problem}</p>`}
    <div class="composer-box">
      <textarea ref=${box} rows="1" value=${text} placeholder=${placeholder} aria-label=${placeholder}
        aria-autocomplete="list" aria-haspopup="listbox" aria-controls=${offered ? listId : undefined}
        aria-activedescendant=${offered ? `${listId}-${at}` : undefined} onInput=${follow} onKeyDown=${keys}
        onSelect=${(/** @type {any} */ event) => setCaret(event.target.selectionStart)}></textarea>
      <button type="button" class="send" aria-label="Send" disabled=${busy || text.trim() === ''} onClick=${send}>
        ${busy ? html`<span class="spinner"></span>` : sendIcon}
      </button>
    </div>
    <${Foot} status=${status} command=${command} />
  </div>`;
}

/** @param {{id: string, list: Suggestion[], at: number, onPick: (index: number) => void}} props `at` is the marked one */
const Suggestions = ({
  id,
  list,
  at,
  onPick,
}) => html`<ul class="suggestions" id=${id} role="listbox" aria-label="Suggestions">
  ${list.map(
    (
      { key, title, hint, detail },
      index,
    ) => html`<li key=${key} id=${`${id}-${index}`} role="option" aria-selected=${index === at}
      onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => onPick(index)}>
      <span class="suggestion-title"><strong>${title}</strong> <span class="hint">${hint}</span></span>
      <span class="suggestion-detail">${detail}</span>
    </li>`,
  )}
</ul>`;

/** Under the box: what the app is busy with, else how the typed command goes on, else the keys. @param {{status: string, command: Command | undefined}} props */
function Foot({ status, command }) {
  const keys = html`<span class="keys"><kbd>Enter</kbd> sends, <kbd>Shift</kbd> + <kbd>Enter</kbd> starts a new line</span>`;
  const usage = command?.usage_hint && html`<code>${command.command} ${command.usage_hint}</code>`;
  const dots = html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;
  return html`<p class="composer-foot" aria-live="polite">
    ${status ? html`<span class="status">${dots}${status}</span>` : usage || keys}
  </p>`;
}
