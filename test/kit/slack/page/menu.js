import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from './html.js';

/**
 * A button that opens a small floating list. One that is not to be used now keeps the focus, so that a dialog that its
 * last choice opens can give it back. Arrow keys move, Escape and a click elsewhere close it and the focus
 * returns to the button.
 * @param {{label: string, button: any, buttonClass?: string, menuClass?: string, role?: string, disabled?: boolean,
 *   up?: boolean, testId?: string, attributes?: object, children: (close: () => void) => any}} props
 */
export function Menu({
  label,
  button,
  buttonClass = '',
  menuClass = '',
  role = 'menu',
  disabled,
  up,
  testId,
  attributes,
  children,
}) {
  const [open, setOpen] = useState(false);
  const root = useRef(/** @type {HTMLElement | null} */ (null));
  const trigger = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const turn = useTurn(root, open);
  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    items(root.current)[0]?.focus();
    const away = (/** @type {Event} */ event) => {
      if (!root.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);
  const keys = (/** @type {KeyboardEvent} */ event) => {
    if (!open) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      event.preventDefault();
      close();
    }
    if (event.key === 'Tab' && role === 'menu') setOpen(false);
    const ends = { Home: 0, End: -1 }[event.key];
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (ends === undefined && !step) return;
    event.preventDefault();
    if (ends !== undefined) items(root.current).at(ends)?.focus();
    else if (step) moveFocus(root.current, step);
  };
  return html`<span class="menu-root" ref=${root} onKeyDown=${keys}>
    <button ref=${trigger} type="button" class=${buttonClass} aria-label=${label} aria-haspopup=${role} aria-expanded=${open}
      title=${label} aria-disabled=${disabled || undefined} data-testid=${testId} ...${attributes} onClick=${() => !disabled && setOpen(!open)}>${button}</button>
    ${open && html`<span class="scrim" aria-hidden="true" onClick=${close}></span>`}
    ${open && html`<div class=${`menu ${up ? 'menu-up' : turn} ${menuClass}`} role=${role} aria-label=${label}>${children(close)}</div>`}
  </span>`;
}

/**
 * Which way a menu opens where there is no room below or to the right of its button: the list that it stands in would
 * cut it off.
 * @param {{current: HTMLElement | null}} root
 * @param {boolean} open
 */
function useTurn(root, open) {
  const [turn, setTurn] = useState('');
  useLayoutEffect(() => {
    const element = root.current;
    const menu = open ? element?.querySelector('.menu') : null;
    if (!element || !menu) return setTurn('');
    const frame = element.closest('.messages, .dialog-body, .home-body') ?? document.documentElement;
    const edge = frame.getBoundingClientRect();
    const at = menu.getBoundingClientRect();
    const fitsAbove = element.getBoundingClientRect().top - at.height > edge.top;
    const isLow = at.bottom > Math.min(edge.bottom, innerHeight);
    setTurn(`${isLow && fitsAbove ? 'menu-up' : ''} ${at.right > edge.right ? 'menu-end' : ''}`);
  }, [open]);
  return turn;
}

/** @param {HTMLElement | null} root */
const items = (root) =>
  /** @type {HTMLElement[]} */ ([
    ...(root?.querySelectorAll('.menu :is(button, input, a):not([disabled])') ?? []),
  ]);

/** @param {HTMLElement | null} root @param {number} step */
function moveFocus(root, step) {
  const all = items(root);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  all[(at + step + all.length) % all.length]?.focus();
}
