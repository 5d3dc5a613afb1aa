import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from './html.js';
import { MessageView } from './message.js';
import { dayHeading, toDate } from './time.js';

/** @import {Message} from './types.js' */

const together = 5 * 60;

/** Whether a message follows so closely on another of its author that it needs no heading of its own. @param {Message | undefined} before @param {Message} message */
const follows = (before, message) =>
  before !== undefined &&
  before.user === message.user &&
  before.ephemeral_to === message.ephemeral_to &&
  message.subtype !== 'thread_broadcast' &&
  Number(message.ts) - Number(before.ts) < together;

/** How near the end, in pixels, still counts as reading the newest. */
const nearEnd = 60;

/**
 * Messages, oldest first, kept at the newest unless the reader scrolled up. What grows at the end (a new message, an
 * edit, a picture that loads) does not push the end out of sight.
 * @param {{messages: Message[], inThread?: boolean, label: string, intro?: any}} props
 */
export function MessageList({ messages, inThread = false, label, intro }) {
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const content = useRef(/** @type {HTMLDivElement | null} */ (null));
  const atEnd = useRef(true);
  const [unseen, setUnseen] = useState(false);
  const newest = messages.at(-1)?.ts;

  const toEnd = () => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setUnseen(false);
  };
  useEffect(() => {
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    if (content.current) observer.observe(content.current);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else setUnseen(true);
  }, [newest]);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
    if (atEnd.current) setUnseen(false);
  };

  let day = '';
  let before = /** @type {Message | undefined} */ (undefined);
  const rows = messages.map((message) => {
    const heading = dayHeading(toDate(message.ts));
    const newDay = heading !== day && !inThread;
    const compact = !newDay && follows(before, message) && !(inThread && before === messages[0]);
    const parentOfThread = inThread && message === messages[0] && messages.length > 1;
    day = heading;
    before = message;
    return html`
      ${newDay && html`<div class="day" key=${`day-${heading}`}><span>${heading}</span></div>`}
      <${MessageView} key=${message.ts} message=${message} compact=${compact} inThread=${inThread} />
      ${parentOfThread && html`<div class="reply-rule"><span>${messages.length === 2 ? '1 reply' : `${messages.length - 1} replies`}</span></div>`}`;
  });
  return html`<div class="scroll-frame">
    <div class="messages" ref=${scroller} onScroll=${onScroll} tabindex="0" role="region" aria-label=${label}>
      <div class="messages-content" ref=${content}>${intro}${rows}</div>
    </div>
    ${unseen && html`<button type="button" class="jump" onClick=${toEnd}>New messages ↓</button>`}
  </div>`;
}
