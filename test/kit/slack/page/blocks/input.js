import { useContext, useId } from 'preact/hooks';
import { html } from '../html.js';
import { plainText } from '../mrkdwn.js';
import { Element } from './element.js';
import { SurfaceContext } from './surface.js';

/** A labelled field with its hint, and what is wrong with it beside it. @param {{block: any}} props */
export function InputBlock({ block }) {
  const { errors } = useContext(SurfaceContext);
  const id = useId();
  const problem = errors[block.block_id];
  return html`<div class=${`input-block ${problem ? 'has-problem' : ''}`} data-block-id=${block.block_id}>
    <div class="label" id=${`${id}-label`}>
      ${plainText(block.label.text)}${block.optional && html` <span class="hint">(optional)</span>`}
    </div>
    <${Element} element=${block.element} blockId=${block.block_id} inForm=${true} dispatches=${block.dispatch_action}
      labelId=${`${id}-label`} problemId=${problem ? `${id}-problem` : undefined} />
    ${problem && html`<p class="field-problem" id=${`${id}-problem`} role="alert">${problem}</p>`}
    ${block.hint && html`<p class="hint">${plainText(block.hint.text)}</p>`}
  </div>`;
}
