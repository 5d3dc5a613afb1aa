import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from './html.js';

/** Taller than this, in pixels, and a text is folded, to `foldedHeight`. */
const tallest = 330;

/**
 * Shows the beginning of a long text, with a button for the rest, as Slack does with the sections of a message.
 * @param {{children?: any, always?: boolean}} props `always` never folds
 */
export function Fold({ children, always = false }) {
  const content = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [long, setLong] = useState(false);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const element = content.current;
    if (!element || always) return;
    const measure = () => setLong(element.scrollHeight > tallest);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [always]);
  return html`<div class=${`fold ${long && !open ? 'folded' : ''}`}>
    <div class="fold-content"><div ref=${content}>${children}</div></div>
    ${long && html`<button type="button" class="text-button" aria-expanded=${open} onClick=${() => setOpen(!open)}>${open ? 'See less' : 'See more'}</button>`}
  </div>`;
}
