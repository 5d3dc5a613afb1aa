import { ChannelMention, GroupMention, UserMention } from '../directory.js';
import { html } from '../html.js';
import { emoji, link } from '../mrkdwn.js';
import { SlackDate } from '../slack-date.js';

/** @param {any} part one inline element of rich text, without its styles */
function bare(part) {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'link':
      return link(part.url, part.text || part.url);
    case 'emoji':
      return emoji(part.name);
    case 'user':
      return html`<${UserMention} id=${part.user_id} />`;
    case 'channel':
      return html`<${ChannelMention} id=${part.channel_id} />`;
    case 'usergroup':
      return html`<${GroupMention} id=${part.usergroup_id} />`;
    case 'team':
      return html`<span class="mention">@${part.team_id}</span>`;
    case 'broadcast':
      return html`<span class="mention mention-me">@${part.range}</span>`;
    case 'color':
      return html`<span class="swatch"><i style=${{ background: part.value }}></i>${part.value}</span>`;
    case 'date':
      return html`<${SlackDate} seconds=${part.timestamp} template=${part.format} url=${part.url} fallback=${part.fallback ?? ''} />`;
    default:
      return part.text ?? '';
  }
}

/** @param {any} part */
function inlinePart(part) {
  const { code, bold, italic, strike, underline } = part.style ?? {};
  let node = bare(part);
  if (code) node = html`<code>${node}</code>`;
  if (strike) node = html`<s>${node}</s>`;
  if (underline) node = html`<u>${node}</u>`;
  if (italic) node = html`<em>${node}</em>`;
  if (bold) node = html`<strong>${node}</strong>`;
  return node;
}

/** @param {any} part one of the four kinds of rich text paragraphs */
function paragraph(part) {
  const inlines = () => part.elements.map(inlinePart);
  switch (part.type) {
    case 'rich_text_section':
      return html`<div class="rich-section">${inlines()}</div>`;
    case 'rich_text_quote':
      return html`<blockquote class="rich-section">${inlines()}</blockquote>`;
    case 'rich_text_preformatted':
      return html`<pre tabindex="0">${inlines()}</pre>`;
    case 'rich_text_list': {
      const tag = part.style === 'ordered' ? 'ol' : 'ul';
      const items = part.elements.map(
        (/** @type {any} */ item) => html`<li>${item.elements.map(inlinePart)}</li>`,
      );
      return html`<${tag} class=${`indent-${part.indent ?? 0}`} start=${part.offset ? part.offset + 1 : undefined}>${items}<//>`;
    }
    default:
      return null;
  }
}

/** @param {{block: any}} props */
export const RichTextBlock = ({ block }) =>
  html`<div class="mrkdwn rich-text">${(block?.elements ?? []).map(paragraph)}</div>`;
