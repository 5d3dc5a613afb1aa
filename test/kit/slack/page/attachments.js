import { Blocks } from './blocks/blocks.js';
import { html } from './html.js';
import { fileIcon } from './icons.js';
import { link, Mrkdwn, plainText } from './mrkdwn.js';
import { Picture } from './picture.js';
import { toDate, whenPretty } from './time.js';

/** @import {SlackFile} from './types.js' */

const named = /** @type {Record<string, string>} */ ({
  good: '#2eb67d',
  warning: '#ecb22e',
  danger: '#e01e5a',
});

/** @param {string | undefined} color */
const barColor = (color) =>
  named[color ?? ''] ?? (color && /^[0-9a-f]{3,8}$/i.test(color) ? `#${color}` : color) ?? '';

/** The older way to dress a message, still used for its colour bar. @param {{attachment: any}} props */
export function Attachment({ attachment: it }) {
  const title =
    it.title &&
    html`<div class="attachment-title">${it.title_link ? link(it.title_link, plainText(it.title)) : plainText(it.title)}</div>`;
  const foot = [it.footer, it.ts && whenPretty(toDate(`${it.ts}`))].filter(Boolean).join(' · ');
  return html`<div class="attachment">
    ${it.pretext && html`<${Mrkdwn} text=${it.pretext} />`}
    <div class="attachment-body" style=${{ borderInlineStartColor: barColor(it.color) }}>
      ${it.author_name && html`<div class="attachment-author">${plainText(it.author_name)}</div>`}
      ${title}
      ${it.text && html`<${Mrkdwn} text=${it.text} />`}
      ${
        it.fields &&
        html`<div class="fields">${it.fields.map(
          (/** @type {any} */ field) =>
            html`<div class=${field.short ? '' : 'field-long'}><strong>${field.title}</strong><${Mrkdwn} text=${field.value} /></div>`,
        )}</div>`
      }
      ${it.blocks && html`<${Blocks} blocks=${it.blocks} />`}
      ${!it.text && !it.blocks && !it.title && it.fallback && html`<${Mrkdwn} text=${it.fallback} />`}
      ${it.image_url && html`<div class="image-block"><img src=${it.image_url} alt=${it.title ?? it.fallback ?? ''} loading="lazy" /></div>`}
      ${foot && html`<div class="hint">${foot}</div>`}
    </div>
  </div>`;
}

/** @param {number | undefined} bytes */
function sizeWords(bytes) {
  if (bytes === undefined) return '';
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

/** Pictures are shown, other files are cards with a link and, where there is one, a preview. @param {{file: SlackFile}} props */
export function FileView({ file }) {
  const url = file.url_private ?? file.permalink ?? '#';
  const title = file.title || file.name;
  const kind = [file.filetype ?? file.mimetype, sizeWords(file.size)].filter(Boolean).join(' · ');
  if (file.mimetype?.startsWith('image/')) {
    return html`<${Picture} source=${url} alt=${file.alt_txt ?? title} title=${title} />`;
  }
  return html`<div class="file">
    <a class="file-card" href=${url} target="_blank" rel="noopener noreferrer">
      <span class="file-icon" aria-hidden="true">${fileIcon}</span>
      <span class="file-words"><span>${title}</span><small>${kind}</small></span>
    </a>
    ${file.preview && html`<pre tabindex="0">${file.preview}</pre>`}
  </div>`;
}
