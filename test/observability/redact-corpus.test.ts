import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observability/redact.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { SECRETS } from './secret-corpus.ts';

const { redact } = createRedactor();

/** The pieces of a secret that a text still tells. */
function leftOf(secret: string, text: string): readonly string[] {
  const pieces = Array.from({ length: Math.max(1, secret.length - 5) }, (_, at) => secret.slice(at, at + 6));
  return pieces.filter((piece) => text.includes(piece));
}

describe('of a secret nothing is left', () => {
  it.each(SECRETS.map(({ title, text, secrets }) => [title, text, secrets] as const))(
    '%s',
    (_, text, secrets) => {
      const redacted = redact(text);
      expect(
        secrets.flatMap((secret) => leftOf(secret, redacted)),
        redacted,
      ).toEqual([]);
      expect(redact(redacted)).toBe(redacted);
    },
  );
});

describe('what only looks like a secret stays as it is', () => {
  it.each(LOOK_ALIKES)('%s', (text) => expect(redact(text)).toBe(text));
});
