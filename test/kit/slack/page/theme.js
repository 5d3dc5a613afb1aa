import { useEffect, useState } from 'preact/hooks';
import { recall, remember } from './memory.js';

/** @typedef {'auto' | 'light' | 'dark'} Theme */

/** @type {Theme[]} */
const order = ['auto', 'light', 'dark'];

/** Light, dark, or as the system wants; kept for the next visit. */
export function useTheme() {
  const [theme, setTheme] = useState(/** @type {Theme} */ (recall('theme', 'auto')));
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    remember('theme', theme);
  }, [theme]);
  return { theme, next: () => setTheme(order[(order.indexOf(theme) + 1) % order.length] ?? 'auto') };
}
