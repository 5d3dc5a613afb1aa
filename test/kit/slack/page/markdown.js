import { html } from './html.js';
import { emoji, link } from './mrkdwn.js';

/** The inline forms of standard markdown that Slack's `markdown` block translates. */
const inline = new RegExp(
  [
    '(?<ticks>`+)(?<code>[\\s\\S]*?[^`])\\k<ticks>(?!`)',
    '\\\\(?<escaped>[\\\\`*_{}\\[\\]()#+.!~|<>-])',
    '!\\[(?<alt>[^\\]]*)\\]\\((?<src>[^\\s)]+)[^)]*\\)',
    '\\[(?<label>(?:[^\\[\\]]|\\[[^\\]]*\\])+)\\]\\((?<href>[^\\s)]+)[^)]*\\)',
    '<(?<auto>https?://[^\\s<>]+)>',
    '(?<![\\w*])\\*\\*(?<bold>[^\\s](?:[\\s\\S]*?[^\\s])?)\\*\\*',
    '(?<![\\w_])__(?<bold2>[^\\s](?:[\\s\\S]*?[^\\s])?)__(?!\\w)',
    '\\*(?<italic>[^\\s*](?:[^*]*[^\\s*])?)\\*',
    '(?<![\\w_])_(?<italic2>[^\\s_](?:[^_]*[^\\s_])?)_(?!\\w)',
    '~~(?<strike>[^~]+)~~',
    ':(?<emoji>[\\w+-]+):',
    '(?<url>https?://[^\\s<>]*[^\\s<>.,;:!?)\\]\'"*_~])',
  ].join('|'),
  'g',
);

/** @param {string} text @returns {any[]} */
function inlineMarkdown(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(inline)) {
    nodes.push(text.slice(at, match.index), inlineNode(match.groups ?? {}));
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== '');
}

/** @param {Record<string, string | undefined>} found @returns {any} */
function inlineNode(found) {
  if (found.code) return html`<code>${found.code.trim()}</code>`;
  if (found.escaped) return found.escaped;
  if (found.src) return link(found.src, found.alt || found.src);
  if (found.href) return link(found.href, inlineMarkdown(found.label ?? ''));
  if (found.auto) return link(found.auto, found.auto);
  if (found.url) return link(found.url, found.url);
  if (found.emoji) return emoji(found.emoji);
  if (found.strike) return html`<s>${inlineMarkdown(found.strike)}</s>`;
  const bold = found.bold ?? found.bold2;
  if (bold) return html`<strong>${inlineMarkdown(bold)}</strong>`;
  return html`<em>${inlineMarkdown(found.italic ?? found.italic2 ?? '')}</em>`;
}

const fence = /^\s*(```+|~~~+)\s*([\w+-]*)\s*$/;
const heading = /^(#{1,6})\s+(.*?)\s*#*$/;
const rule = /^\s*([-*_])(\s*\1){2,}\s*$/;
const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const tableRule = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** @param {string} line */
const startsBlock = (line) =>
  line.trim() === '' || [fence, heading, rule, item].some((form) => form.test(line)) || line.startsWith('>');

/** @param {string} row */
const cells = (row) =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inlineMarkdown(cell.trim().replaceAll('\\|', '|')));

/** Takes lines from the front while a test holds. @param {string[]} lines @param {(line: string) => boolean} test */
function takeWhile(lines, test) {
  const end = lines.findIndex((line) => !test(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

/**
 * Reads one block from the front of `lines` (and removes its lines).
 * @param {string[]} lines
 * @returns {any}
 */
function nextBlock(lines) {
  const line = lines.shift() ?? '';
  if (line.trim() === '') return null;
  const opened = fence.exec(line);
  if (opened) {
    const body = takeWhile(lines, (next) => !next.trim().startsWith(opened[1] ?? '```'));
    lines.shift();
    return html`<pre tabindex="0">${body.join('\n')}</pre>`;
  }
  const titled = heading.exec(line);
  if (titled)
    return html`<p class=${`md-heading md-h${titled[1]?.length}`}>${inlineMarkdown(titled[2] ?? '')}</p>`;
  if (rule.test(line)) return html`<hr />`;
  if (line.startsWith('>')) {
    const quoted = [line, ...takeWhile(lines, (next) => next.startsWith('>'))];
    return html`<blockquote>${blocks(quoted.map((each) => each.replace(/^> ?/, '')))}</blockquote>`;
  }
  if (item.test(line))
    return list([line, ...takeWhile(lines, (next) => item.test(next) || /^\s{2,}\S/.test(next))]);
  if (line.includes('|') && tableRule.test(lines[0] ?? '')) {
    lines.shift();
    return table(
      line,
      takeWhile(lines, (next) => next.includes('|')),
    );
  }
  const paragraph = [line, ...takeWhile(lines, (next) => !startsBlock(next))];
  return html`<p>${inlineMarkdown(paragraph.join('\n'))}</p>`;
}

/** @param {string} head @param {string[]} rows */
const table = (head, rows) => html`<div class="table-scroll" tabindex="0">
  <table>
    <thead><tr>${cells(head).map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${cells(row).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table>
</div>`;

/** A list whose deeper lines are lists inside its items. @param {string[]} lines @returns {any} */
function list(lines) {
  const first = item.exec(lines[0] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const tag = /\d/.test(first?.[2] ?? '') ? 'ol' : 'ul';
  const items = [];
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    const found = item.exec(line);
    const inner = takeWhile(lines, (next) => (item.exec(next)?.[1]?.length ?? next.search(/\S/)) > indent);
    const task = /^\[([ xX])\]\s+(.*)$/.exec(found?.[3] ?? '');
    const text = inlineMarkdown(task?.[2] ?? found?.[3] ?? line.trim());
    const box = task && html`<input type="checkbox" disabled checked=${task[1] !== ' '} aria-label="done" />`;
    const nested =
      inner.length > 0 &&
      (item.test(inner[0] ?? '') ? list(inner) : blocks(inner.map((each) => each.trim())));
    items.push(html`<li class=${task ? 'md-task' : ''}>${box}${text}${nested}</li>`);
  }
  return html`<${tag} start=${tag === 'ol' ? Number.parseInt(first?.[2] ?? '1', 10) : undefined}>${items}<//>`;
}

/** @param {string[]} lines */
function blocks(lines) {
  const rest = [...lines];
  const nodes = [];
  while (rest.length > 0) nodes.push(nextBlock(rest));
  return nodes;
}

/** Standard markdown, as the `markdown` block takes it. @param {{text: string}} props */
export const Markdown = ({ text }) => html`<div class="mrkdwn markdown">${blocks(text.split('\n'))}</div>`;
