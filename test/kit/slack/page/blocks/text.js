import { Fold } from '../fold.js';
import { html } from '../html.js';
import { Markdown } from '../markdown.js';
import { plainText, TextObject } from '../mrkdwn.js';
import { Element } from './element.js';

/** @typedef {{block: any}} BlockProps */

/** @param {BlockProps} props */
export const HeaderBlock = ({ block }) => html`<h3 class="block-header">${plainText(block.text.text)}</h3>`;

/** @param {BlockProps} props */
export const SectionBlock = ({ block }) => html`<div class="section">
  <div class="section-words">
    ${block.text && html`<${Fold} always=${block.expand === true}><${TextObject} of=${block.text} /><//>`}
    ${block.fields && html`<div class="fields">${block.fields.map((/** @type {any} */ field) => html`<div><${TextObject} of=${field} /></div>`)}</div>`}
  </div>
  ${block.accessory && html`<div class="section-aside"><${Element} element=${block.accessory} blockId=${block.block_id} /></div>`}
</div>`;

/** @param {BlockProps} props */
export const ContextBlock = ({ block }) => html`<div class="context">
  ${block.elements.map((/** @type {any} */ each) =>
    each.type === 'image'
      ? html`<${Element} element=${each} blockId=${block.block_id} />`
      : html`<span class="context-words"><${TextObject} of=${each} /></span>`,
  )}
</div>`;

export const DividerBlock = () => html`<hr />`;

/** @param {BlockProps} props */
export const MarkdownBlock = ({ block }) => html`<${Markdown} text=${block.text} />`;

/** Actions and context actions: a row of elements. @param {BlockProps} props */
export const ActionsBlock = ({ block }) => html`<div class="actions">
  ${block.elements.map(
    (/** @type {any} */ element, /** @type {number} */ index) =>
      html`<${Element} key=${element.action_id ?? index} element=${element} blockId=${block.block_id} />`,
  )}
</div>`;
