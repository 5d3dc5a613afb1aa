import { useContext } from 'preact/hooks';
import { Directory } from '../directory.js';
import { html } from '../html.js';
import { Menu } from '../menu.js';
import { isSafeUrl, plainText } from '../mrkdwn.js';
import { useElement } from './surface.js';

/** What every element is given: its definition and the block that it stands in. @typedef {{element: any, blockId: string}} ElementProps */

/** Attributes by which tests and people's tools find an element. @param {ElementProps} props */
export const marks = ({ element, blockId }) => ({
  'data-action-id': element.action_id,
  'data-block-id': blockId,
});

/** @param {string | undefined} url */
function openAside(url) {
  if (url && isSafeUrl(url)) window.open(url, '_blank', 'noopener');
}

/** While the app is being told, the button takes no click; it keeps the focus, which a disabled one would lose. @param {ElementProps} props */
export function Button({ element, blockId }) {
  const { busy, act, aside } = useElement(blockId, element);
  const press = () => {
    if (busy) return;
    act();
  };
  if (element.url && isSafeUrl(element.url)) {
    return html`<span class="element">
      <a class=${`button ${element.style ? `button-${element.style}` : ''}`} href=${element.url} aria-label=${element.accessibility_label}
        target="_blank" rel="noopener noreferrer" ...${marks({ element, blockId })} onClick=${() => act()}>
        <span>${plainText(element.text?.text)}</span><span aria-hidden="true">↗</span>
      </a>
      ${aside}
    </span>`;
  }
  return html`<span class="element">
    <button type="button" class=${`button ${element.style ? `button-${element.style}` : ''}`} aria-disabled=${busy || undefined}
      aria-busy=${busy} aria-label=${element.accessibility_label} ...${marks({ element, blockId })} onClick=${press}>
      ${busy && html`<span class="spinner" aria-hidden="true"></span>`}<span>${plainText(element.text?.text)}</span>
    </button>
    ${aside}
  </span>`;
}

/** @param {ElementProps} props */
export const WorkflowButton = ({ element, blockId }) => html`<span class="element">
  <button type="button" class="button" disabled title="Workflows do not run in the local Slack." ...${marks({ element, blockId })}>
    ${plainText(element.text?.text)}
  </button>
</span>`;

/** @param {ElementProps} props */
export function Overflow({ element, blockId }) {
  const { busy, act, aside } = useElement(blockId, element);
  return html`<span class="element">
    <${Menu} label="More actions" button=${busy ? html`<span class="spinner"></span>` : '⋯'} buttonClass="button button-overflow" testId="overflow"
      disabled=${busy} attributes=${marks({ element, blockId })}>
      ${(/** @type {() => void} */ close) =>
        element.options.map(
          (
            /** @type {any} */ option,
          ) => html`<button type="button" role="menuitem" class="menu-item" onClick=${() => {
            close();
            openAside(option.url);
            act({ type: 'overflow', selected_option: option });
          }}>
            <span>${plainText(option.text.text)}</span>
            ${option.description && html`<small>${plainText(option.description.text)}</small>`}
          </button>`,
        )}
    <//>
    ${aside}
  </span>`;
}

/** Thumbs under an answer; the choice stays pressed. @param {ElementProps} props */
export function FeedbackButtons({ element, blockId }) {
  const { state, busy, act, choose, aside } = useElement(blockId, element);
  const press = (/** @type {any} */ choice) => {
    if (busy) return;
    const next = { type: 'feedback_buttons', value: choice.value };
    choose(next);
    act(next);
  };
  const thumb = (
    /** @type {any} */ choice,
    /** @type {string} */ glyph,
  ) => html`<button type="button" class="button button-quiet"
    aria-disabled=${busy || undefined} aria-pressed=${state.value === choice.value} aria-label=${choice.accessibility_label ?? choice.text.text}
    title=${choice.text.text} ...${marks({ element, blockId })} data-value=${choice.value} onClick=${() => press(choice)}>
    <span class="emoji" aria-hidden="true">${glyph}</span> ${plainText(choice.text.text)}
    ${state.value === choice.value && html`<span aria-hidden="true">✓</span>`}
  </button>`;
  return html`<span class="element feedback">
    ${thumb(element.positive_button, '👍')}${thumb(element.negative_button, '👎')}${aside}
  </span>`;
}

const icons = /** @type {Record<string, string>} */ ({ trash: '🗑' });

/** @param {ElementProps} props */
export function IconButton({ element, blockId }) {
  const { busy, act, aside } = useElement(blockId, element);
  const { me } = useContext(Directory);
  if (element.visible_to_user_ids && !element.visible_to_user_ids.includes(me)) return null;
  return html`<span class="element">
    <button type="button" class="button button-quiet" aria-disabled=${busy || undefined} title=${element.text?.text}
      aria-label=${element.accessibility_label ?? element.text?.text} ...${marks({ element, blockId })} onClick=${() => busy || act()}>
      <span class="emoji" aria-hidden="true">${icons[element.icon] ?? '◦'}</span> ${plainText(element.text?.text)}
    </button>
    ${aside}
  </span>`;
}
