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

/** @param {Message[]} messages @param {boolean} [inThread] */
const rows = (messages, inThread = false) =>
  messages.map(
    (message, at) =>
      html`<${MessageView} key=${message.ts} message=${message} compact=${follows(messages[at - 1], message)} inThread=${inThread} />`,
  );

/** @param {Message[]} messages in order of time */
const byDay = (messages) =>
  [...Map.groupBy(messages, (message) => dayHeading(toDate(message.ts)))].map(([heading, ofDay]) => ({
    heading,
    messages: ofDay,
  }));

/** @param {{heading: string, messages: Message[]}} props */
const Day = ({ heading, messages }) => html`<section class="day" aria-label=${heading}>
  <p class="day-heading"><span>${heading}</span></p>
  ${rows(messages)}
</section>`;

/** The parent, how many replies there are, and the replies. @param {{messages: Message[]}} props */
function Thread({ messages }) {
  const [parent, ...replies] = messages;
  const count = replies.length === 1 ? '1 reply' : `${replies.length} replies`;
  return html`
    ${parent && html`<${MessageView} key=${parent.ts} message=${parent} inThread=${true} />`}
    ${replies.length > 0 && html`<p class="reply-rule"><span>${count}</span></p>`}
    ${rows(replies, true)}
  `;
}

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

  return html`<div class="scroll-frame">
    <div class="messages" ref=${scroller} onScroll=${onScroll} tabindex="0" role="region" aria-label=${label}>
      <div class="messages-content" ref=${content}>${intro}
        ${inThread ? html`<${Thread} messages=${messages} />` : byDay(messages).map((day) => html`<${Day} key=${day.heading} ...${day} />`)}</div>
    </div>
    ${unseen && html`<button type="button" class="jump" onClick=${toEnd}>New messages ↓</button>`}
  </div>`;
}
