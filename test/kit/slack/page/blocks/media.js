import { html } from '../html.js';
import { fileIcon } from '../icons.js';
import { isSafeUrl, plainText } from '../mrkdwn.js';
import { Picture } from '../picture.js';

/** @param {any} image */
const sourceOf = (image) =>
  image.image_url ?? image.slack_file?.url ?? `/files/${image.slack_file?.id ?? ''}`;

/** A small image beside text. @param {{element: any}} props */
export const ElementImage = ({ element }) =>
  html`<img class="element-image" src=${sourceOf(element)} alt=${element.alt_text ?? ''} title=${element.alt_text} loading="lazy" />`;

/** @param {{block: any}} props */
export const ImageBlock = ({ block }) =>
  html`<${Picture} source=${sourceOf(block)} alt=${block.alt_text ?? ''} title=${block.title && plainText(block.title.text)} />`;

/** A video is only linked to: the page plays nothing from elsewhere. @param {{block: any}} props */
export function VideoBlock({ block }) {
  const url = block.title_url ?? block.video_url;
  const title = plainText(block.title?.text ?? block.alt_text);
  return html`<div class="file-card">
    <span class="file-icon" aria-hidden="true">▶</span>
    <span class="file-words">
      ${isSafeUrl(url) ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${title}</a>` : title}
      <small>${[block.provider_name, block.author_name].filter(Boolean).join(' · ')} ${plainText(block.description?.text)}</small>
    </span>
  </div>`;
}

/** @param {{block: any}} props */
export const FileBlock = ({ block }) => html`<div class="file-card">
  <span class="file-icon" aria-hidden="true">${fileIcon}</span>
  <span class="file-words"><span>Remote file</span><small>${block.external_id}</small></span>
</div>`;
