import { ChannelMention, GroupMention, UserMention } from './directory.js';
import { emojiOf } from './emoji.js';
import { html } from './html.js';
import { SlackDate } from './slack-date.js';

/** Slack writes these three as entities, and only these. @param {string} text */
const decode = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

/** @param {string} url only what a reader may safely follow becomes a link */
export const isSafeUrl = (url) => /^(https?:|mailto:|tel:|\/)/i.test(url);

/** @param {string} url @param {any} label */
export function link(url, label) {
  if (!isSafeUrl(url)) return label;
  // A permalink of this workspace stays in the page, as in Slack.
  return url.startsWith(`${location.origin}/archives/`)
    ? html`<a href=${url}>${label}</a>`
    : html`<a href=${url} target="_blank" rel="noopener noreferrer">${label}</a>`;
}

/** @param {string} name */
export function emoji(name) {
  const glyph = emojiOf(name);
  return glyph
    ? html`<span class="emoji" role="img" aria-label=${name.replaceAll('_', ' ')}>${glyph}</span>`
    : `:${name}:`;
}

/**
 * One alternative per inline form. A style mark counts only at the edge of a word, as in Slack, so snake_case and
 * 2*3*4 stay as they are.
 */
const inline = new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<(?<special>[^<>\\n]+)>',
    '(?<![\\w*])\\*(?<bold>[^\\s*](?:[^*\\n]*[^\\s*])?)\\*(?![\\w*])',
    '(?<![\\w_])_(?<italic>[^\\s_](?:[^\\n]*?[^\\s])?)_(?![\\w_])',
    '(?<![\\w~])~(?<strike>[^\\s~](?:[^~\\n]*[^\\s~])?)~(?![\\w~])',
    ':(?<emoji>[\\w+-]+):',
    '(?<url>https?://[^\\s<>|]*[^\\s<>|.,;:!?)\\]\'"*_~])',
  ].join('|'),
  'g',
);

/**
 * Text with Slack's inline marks as nodes.
 * @param {string} text
 * @returns {any[]}
 */
function inlineMrkdwn(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(inline)) {
    nodes.push(decode(text.slice(at, match.index)), inlineNode(match[0], match.groups ?? {}));
    at = match.index + match[0].length;
  }
  nodes.push(decode(text.slice(at)));
  return nodes.filter((node) => node !== '');
}

/** @param {string} whole @param {Record<string, string | undefined>} groups */
function inlineNode(whole, groups) {
  if (groups.code) return html`<code>${inCode(groups.code)}</code>`;
  if (groups.special) return specialNode(groups.special);
  if (groups.bold) return html`<strong>${inlineMrkdwn(groups.bold)}</strong>`;
  if (groups.italic) return html`<em>${inlineMrkdwn(groups.italic)}</em>`;
  if (groups.strike) return html`<s>${inlineMrkdwn(groups.strike)}</s>`;
  if (groups.emoji) return emoji(groups.emoji);
  if (groups.url) return link(decode(groups.url), decode(groups.url));
  return decode(whole);
}

/** What stands between angle brackets: a mention, a date, a link. @param {string} special */
function specialNode(special) {
  const [target = '', ...rest] = special.split('|');
  const label = rest.length > 0 ? decode(rest.join('|')) : undefined;
  if (target.startsWith('@')) return html`<${UserMention} id=${target.slice(1)} label=${label} />`;
  if (target.startsWith('#')) return html`<${ChannelMention} id=${target.slice(1)} label=${label} />`;
  if (target.startsWith('!date^')) {
    const [, seconds = '', template = '', url] = target.split('^');
    return html`<${SlackDate} seconds=${Number(seconds)} template=${template} url=${url} fallback=${label ?? ''} />`;
  }
  if (target.startsWith('!subteam^')) return html`<${GroupMention} id=${target.slice(9)} label=${label} />`;
  if (target.startsWith('!'))
    return html`<span class="mention mention-me">@${label ?? target.slice(1)}</span>`;
  const url = decode(target);
  return link(url, label ?? url.replace(/^mailto:/, ''));
}

/** Inside code only links and entities are read. @param {string} text */
function inCode(text) {
  return text
    .split(/(<(?:https?:|mailto:)[^<>]+>)/g)
    .map((part, index) => (index % 2 ? specialNode(part.slice(1, -1)) : decode(part)));
}

const listItem = /^(\s*)([•◦▪‣●-]|\d+[.)])\s+(.*)$/;

/** One line outside code and quotes; typed bullets get a hanging indent, so wrapped lines align. @param {string} line */
function lineNode(line) {
  const item = listItem.exec(line);
  if (!item) return html`<div class="line">${line === '' ? html`<br />` : inlineMrkdwn(line)}</div>`;
  const [, indent = '', mark = '', rest = ''] = item;
  return html`<div class="line line-item" style=${{ marginInlineStart: `${indent.length * 0.6}em` }}>
    <span class="line-mark">${mark === '-' ? '–' : mark}</span><span>${inlineMrkdwn(rest)}</span>
  </div>`;
}

const quoteMark = /^(?:&gt;|>) ?/;

/** Lines, with runs of quoted ones in a quote. @param {string} text */
function paragraphs(text) {
  /** @type {{quoted: boolean, lines: string[]}[]} */
  const runs = [];
  const lines = text.replace(/^\n|\n$/g, '').split('\n');
  let restIsQuote = false;
  for (const raw of lines) {
    restIsQuote ||= /^(?:(?:&gt;){3}|>>>)/.test(raw);
    const quoted = restIsQuote || quoteMark.test(raw);
    const line = raw.replace(/^(?:(?:&gt;){3}|>>>) ?/, '').replace(restIsQuote ? /^$/ : quoteMark, '');
    const run = runs.at(-1);
    if (run && run.quoted === quoted) run.lines.push(line);
    else runs.push({ quoted, lines: [line] });
  }
  return runs.map(({ quoted, lines: inRun }) =>
    quoted ? html`<blockquote>${inRun.map(lineNode)}</blockquote>` : inRun.map(lineNode),
  );
}

/**
 * Slack's mrkdwn as nodes: code fences first, as nothing inside them is read, then quotes, lines and inline marks.
 * @param {{text?: string}} props
 */
export function Mrkdwn({ text = '' }) {
  const parts = text.split(/```\n?([\s\S]*?)\n?```/g);
  const nodes = parts.map((part, index) => {
    if (index % 2) return html`<pre tabindex="0">${inCode(part)}</pre>`;
    return part.trim() === '' ? null : paragraphs(part);
  });
  return html`<div class="mrkdwn">${nodes}</div>`;
}

/** A text object of either kind. @param {{of?: {type: string, text: string, emoji?: boolean} | null}} props */
export function TextObject({ of }) {
  if (!of) return null;
  if (of.type === 'mrkdwn') return html`<${Mrkdwn} text=${of.text} />`;
  return html`<span class="plain">${plainText(of.text)}</span>`;
}

/** Plain text reads emoji codes and nothing else. @param {string} [text] */
export const plainText = (text = '') =>
  text.split(/:([\w+-]+):/g).map((part, index) => (index % 2 ? emoji(part) : decode(part)));
