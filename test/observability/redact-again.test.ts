import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactThenCut } from '../../src/lib/text/cut.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { IN_THE_FIELD } from './field/corpus.ts';
import { LOOK_ALIKES } from './look-alikes.ts';
import { SECRETS } from './secret-corpus.ts';

const { redact } = createRedactor();

const pieces = fc.oneof(
  fc.string(),
  fc.constantFrom(...[...SECRETS, ...IN_THE_FIELD].map(({ text }) => text)),
  fc.constantFrom(...LOOK_ALIKES),
  fc.constantFrom(
    'password=',
    'token: ',
    '"',
    '\\"',
    '\n',
    ' ',
    ': ',
    '=',
    '[redacted:',
    '[redacted:token]',
    ']',
    '@',
    '://',
    '-p ',
    '--password ',
    '</',
    '>',
    '|',
    ',',
  ),
);

it('redacting again changes nothing, whatever stands beside what', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 6 }), (texts) => {
      const once = redact(texts.join(''));
      expect(redact(once)).toBe(once);
    }),
    { numRuns: 400 },
  );
});

it('JSON stays JSON, unless a key is cut off in it', () => {
  const texts = SECRETS.map(({ text }) => text).filter(
    (text) => !text.includes('-----BEGIN') || text.includes('-----END'),
  );
  const values = fc.oneof(fc.constantFrom(...texts), fc.string());
  fc.assert(
    fc.property(values, values, (first, second) => {
      const text = JSON.stringify({ password: first, note: second, last: [first] });
      expect(() => JSON.parse(redact(text))).not.toThrow();
    }),
    { numRuns: 200 },
  );
});

it('a text that is redacted and then cut keeps no half of a secret and no half of a marker', () => {
  const text = 'login with password=Xy7Zq9Lm2Kp4 was refused';
  for (let room = 0; room <= text.length; room += 1) {
    const cut = redactThenCut(text, room, redact);
    expect(cut.length).toBeLessThanOrEqual(Math.max(room, 1));
    expect(cut).not.toContain('Xy7');
    expect(cut.replaceAll('[redacted:password]', '')).not.toMatch(/\[/);
  }
});
