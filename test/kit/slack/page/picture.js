import { useState } from 'preact/hooks';
import { Dialog } from './dialog.js';
import { html } from './html.js';
import { isSafeUrl } from './mrkdwn.js';

/**
 * A picture under its title; a click shows it as large as the window allows, with its description beneath.
 * @param {{source: string, alt: string, title?: any}} props
 */
export function Picture({ source, alt, title }) {
  const [large, setLarge] = useState(false);
  const close = () => setLarge(false);
  return html`<figure class="image-block">
    ${title && html`<figcaption>${title}</figcaption>`}
    <button type="button" class="image-button" aria-haspopup="dialog" title="Enlarge" onClick=${() => setLarge(true)}>
      <img src=${source} alt=${alt} loading="lazy" />
    </button>
    ${
      large &&
      html`<${Dialog} title=${title || 'Picture'} kind="lightbox" onClose=${close}>
      <div class="dialog-body">
        <img src=${source} alt=${alt} />
        <p class="hint">${alt}</p>
        ${isSafeUrl(source) && html`<p><a href=${source} target="_blank" rel="noopener noreferrer">Open the original</a></p>`}
      </div>
    <//>`
    }
  </figure>`;
}
