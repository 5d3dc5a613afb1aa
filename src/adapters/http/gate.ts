import { hash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an `Authorization` header carries the token: as `Bearer <token>`, or as `Basic` with any user and the token as the
 * password. Compares digests, so that neither length nor prefix of the token shows in the time it takes.
 */
export function gate(token: string): (header: string | undefined) => boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  const expected = digest(token);
  return (header = '') => timingSafeEqual(digest(credentialsIn(header)), expected);
}

function credentialsIn(header: string): string {
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(header) ?? [];
  if (scheme.toLowerCase() !== 'basic') return scheme.toLowerCase() === 'bearer' ? credentials : '';
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
