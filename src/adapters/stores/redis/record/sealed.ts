import type { Seal } from '../../../../engine/orders/seal.ts';

/** A text behind its seal, as one string; without a seal the text alone. */
export function sealed(seal: Seal | null, about: string, text: string): string {
  return seal === null ? text : `${seal.sign(about, text)} ${text}`;
}

/** The text of such a string; null where it does not bear the seal that it must bear. Without a seal none is asked for. */
export function unsealed(seal: Seal | null, about: string, stored: string): string | null {
  const [, mac = '', text = ''] = /^([0-9a-f]{64}) ([\s\S]*)$/.exec(stored) ?? [];
  if (seal === null) return mac === '' ? stored : text;
  return mac !== '' && seal.fits(about, text, mac) ? text : null;
}
