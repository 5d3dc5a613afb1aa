import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { link, plainText, TextObject } from '../mrkdwn.js';
import { Element } from './element.js';
import { RichTextBlock } from './rich-text.js';

/** @typedef {{block: any}} BlockProps */

const levels = /** @type {Record<string, string>} */ ({
  default: '•',
  info: 'ℹ',
  warning: '!',
  error: '✕',
  success: '✓',
});

/** @param {BlockProps} props */
export function AlertBlock({ block }) {
  const level = block.level ?? 'default';
  return html`<div class=${`alert alert-${level}`} role=${level === 'error' ? 'alert' : 'note'}>
    <span class="alert-mark" aria-hidden="true">${levels[level] ?? '•'}</span>
    <div><${TextObject} of=${block.text} /></div>
  </div>`;
}

/** @param {BlockProps} props */
export const CardBlock = ({ block }) => html`<section class="card">
  ${block.hero_image && html`<div class="card-hero"><${Element} element=${block.hero_image} blockId=${block.block_id} /></div>`}
  <div class="card-head">
    ${block.icon && html`<${Element} element=${block.icon} blockId=${block.block_id} />`}
    <div>
      ${block.title && html`<div class="card-title"><${TextObject} of=${block.title} /></div>`}
      ${block.subtitle && html`<div class="card-subtitle"><${TextObject} of=${block.subtitle} /></div>`}
    </div>
  </div>
  ${block.body && html`<div class="card-body"><${TextObject} of=${block.body} /></div>`}
  ${
    block.actions &&
    html`<div class="actions">${block.actions.map(
      (/** @type {any} */ button) =>
        html`<${Element} key=${button.action_id} element=${button} blockId=${block.block_id} />`,
    )}</div>`
  }
</section>`;

/** @param {BlockProps} props */
export const CarouselBlock = ({
  block,
}) => html`<div class="carousel" tabindex="0" role="group" aria-label="Cards">
  ${block.elements.map((/** @type {any} */ card) => html`<${CardBlock} block=${card} />`)}
</div>`;

/** @param {BlockProps & {nested: any}} props `nested` draws the child blocks */
export function ContainerBlock({ block, nested: Nested }) {
  const [open, setOpen] = useState(!(block.is_collapsible && block.default_collapsed));
  const title = block.rich_text_title
    ? html`<${RichTextBlock} block=${block.rich_text_title} />`
    : plainText(block.title?.text);
  const head = html`
    ${block.icon && html`<${Element} element=${block.icon} blockId=${block.block_id} />`}
    <span><span class="card-title">${title}</span>
      ${block.subtitle && html`<span class="card-subtitle"><${TextObject} of=${block.subtitle} /></span>`}</span>`;
  return html`<section class=${`card container-${block.width ?? 'standard'}`}>
    ${
      block.is_collapsible
        ? html`<button type="button" class="card-head card-toggle" aria-expanded=${open} onClick=${() => setOpen(!open)}>
          ${head}<span class="chevron" aria-hidden="true">›</span>
        </button>`
        : html`<div class=${`card-head ${block.has_header_divider ? 'card-head-ruled' : ''}`}>${head}</div>`
    }
    ${open && html`<div class="container-body"><${Nested} blocks=${block.child_blocks} /></div>`}
  </section>`;
}

const statuses = /** @type {Record<string, [string, string]>} */ ({
  pending: ['○', 'Pending'],
  in_progress: ['', 'In progress'],
  complete: ['✓', 'Complete'],
  error: ['✕', 'Failed'],
});

/** @param {BlockProps} props */
export function TaskCardBlock({ block }) {
  const [mark, words] = statuses[block.status] ?? statuses.pending ?? ['', ''];
  const more = block.details || block.output || block.sources?.length;
  const title = html`<span class="task-mark" role="img" aria-label=${words}>${mark || html`<span class="spinner"></span>`}</span>
    <span class="task-title">${plainText(block.title)}</span>`;
  if (!more)
    return html`<div class=${`task task-${block.status}`}><div class="task-head">${title}</div></div>`;
  return html`<details class=${`task task-${block.status}`} open=${block.status === 'in_progress' || block.status === 'error'}>
    <summary class="task-head">${title}<span class="chevron" aria-hidden="true">›</span></summary>
    <div class="task-body">
      ${block.details && html`<${RichTextBlock} block=${block.details} />`}
      ${block.output && html`<${RichTextBlock} block=${block.output} />`}
      ${
        block.sources &&
        html`<p class="task-sources">
        ${block.sources.map((/** @type {any} */ source) => html`<span>${link(source.url, source.text)}</span>`)}
      </p>`
      }
    </div>
  </details>`;
}

/** @param {BlockProps} props */
export const PlanBlock = ({ block }) => html`<section class="plan">
  <h4 class="plan-title">${plainText(block.title)}</h4>
  ${(block.tasks ?? []).map((/** @type {any} */ task) => html`<${TaskCardBlock} key=${task.task_id} block=${task} />`)}
</section>`;
