import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observability/redact.ts';
import { HARMLESS_IN_THE_FIELD, IN_THE_FIELD } from './field/corpus.ts';
import { leftOf } from './field/make.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { SECRETS } from './secret-corpus.ts';

const { redact } = createRedactor();

describe('of a secret nothing is left', () => {
  it.each([...SECRETS, ...IN_THE_FIELD].map(({ title, text, secrets }) => [title, text, secrets] as const))(
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
  it.each([...LOOK_ALIKES, ...HARMLESS_IN_THE_FIELD])('%s', (text) => expect(redact(text)).toBe(text));
});
