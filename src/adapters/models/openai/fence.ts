import { randomBytes } from 'node:crypto';

/** Puts a piece of hostile text between two lines that only this request knows. */
export interface Fence {
  readonly boundary: string;
  around(label: string, text: string): string;
}

function randomBoundary(): string {
  return randomBytes(16).toString('hex');
}

/**
 * A fence for one request.
 *
 * The boundary is drawn after all texts are known and drawn again while any of them contains it in any case, so no text
 * can close its own fence: not by guessing, and not by repeating one it saw in an earlier request.
 */
export function createFence(texts: readonly string[], draw: () => string = randomBoundary): Fence {
  const lowered = texts.map((text) => text.toLowerCase());
  let boundary = draw();
  while (lowered.some((text) => text.includes(boundary.toLowerCase()))) boundary = draw();
  return {
    boundary,
    around: (label, text) => `[BEGIN ${boundary} ${label}]\n${text}\n[END ${boundary} ${label}]`,
  };
}
