import { createHmac, timingSafeEqual } from 'node:crypto';

// The scheme of https://www.standardwebhooks.com: a body is signed together with its delivery's id and time.

/** The bytes of a secret as it is handed over: base64, with or without `whsec_` before it. */
export function keyOf(secret: string): Uint8Array {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

/** @param timestamp in seconds */
export function signatureOf(
  key: Uint8Array,
  id: string,
  timestamp: number,
  body: string | Uint8Array,
): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** Whether one of the signatures of a header fits; there may be several while a secret is being changed. */
export function isSigned(header: string, expected: string): boolean {
  const wanted = Buffer.from(expected);
  return header
    .split(' ')
    .map((one) => Buffer.from(one))
    .some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
}
