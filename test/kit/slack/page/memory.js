/**
 * Small things this browser remembers between visits: what each user has read, dismissed notes, the chosen theme.
 * A browser that refuses storage just forgets.
 */

/** @param {string} key @param {any} fallback */
export function recall(key, fallback) {
  try {
    const text = localStorage.getItem(`local-slack:${key}`);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** @param {string} key @param {unknown} value */
export function remember(key, value) {
  try {
    localStorage.setItem(`local-slack:${key}`, JSON.stringify(value));
  } catch {
    // Private windows may refuse; the page works without it.
  }
}
