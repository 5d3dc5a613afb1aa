import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs what is kept where others may write. `about` says what a text is, so that what was signed as one thing never passes for
 * another.
 */
export interface Seal {
  sign(about: string, text: string): string;
  fits(about: string, text: string, mac: string): boolean;
}

/** Length of a seal, in characters: HMAC-SHA256 as hexadecimal digits. */
const LENGTH = 64;

/**
 * Signs with the first key, and accepts what any of them signed, so that a key can be changed while Medic runs.
 *
 * @param namespace of this installation: what another one signed with the same key is not its own
 */
export function sealOf(keys: readonly [string, ...string[]], namespace: string): Seal {
  const macOf = (key: string, about: string, text: string) =>
    createHmac('sha256', key)
      .update(`${JSON.stringify(['medic', 1, namespace, about])}\n`)
      .update(text)
      .digest();
  return {
    sign: (about, text) => macOf(keys[0], about, text).toString('hex'),
    fits(about, text, mac) {
      if (mac.length !== LENGTH || !/^[0-9a-f]+$/.test(mac)) return false;
      const context = Buffer.from(mac, 'hex');
      return keys.some((key) => timingSafeEqual(macOf(key, about, text), context));
    },
  };
}

/** JSON with the keys of every object in order: the same value is always the same text. */
export function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
