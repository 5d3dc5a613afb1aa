import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observability/redact.ts';

const redact = (text: string) => createRedactor().redact(text);

describe('what looks like a secret is hidden', () => {
  it.each([
    ['a bearer token', 'Authorization: Bearer abc.def-123456', 'abc.def-123456'],
    ['basic credentials', 'sent "Basic dXNlcjpwYXNzd29yZA==" to it', 'dXNlcjpwYXNzd29yZA'],
    ['a Slack bot token', `using ${'xoxb'}-1234567890-abcdefghij`, '1234567890'],
    ['a Slack app token', `using ${'xapp'}-1-A0B1C2D3-99887766-abcdef`, 'A0B1C2D3'],
    ['a Slack webhook', 'POST https://hooks.slack.com/services/T000/B000/XXXXXXXX', 'XXXXXXXX'],
    ['a model key', 'OPENAI: sk-proj-abcdefghij0123456789', 'abcdefghij'],
    ['an AWS key id', 'key AKIAIOSFODNN7EXAMPLE used', 'AKIAIOSFODNN7EXAMPLE'],
    ['an AWS secret', 'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'wJalrXUtnFEMI'],
    ['a JSON password', '{"password": "hunter2 and more", "user": "ann"}', 'hunter2'],
    ['a JSON password inside a JSON string', '{"msg":"{\\"password\\":\\"hunter2\\"}"}', 'hunter2'],
    ['a password assignment', 'DB_PASSWORD=hunter2;host=db', 'hunter2'],
    ['a token in YAML', 'token: abcdef', 'abcdef'],
    ['credentials in a URL', 'redis://medic:hunter2@redis:6379/0', 'hunter2'],
    ['a JWT', 'cookie eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'eyJzdWIiOiIxIn0'],
    ['an e-mail address', 'mail from ann.lee+ops@example.co.uk bounced', 'ann.lee'],
    ['a card number', 'paid with 4111 1111 1111 1111 today', '4111'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----', 'MIIabc'],
    ['a private key that was cut off', 'see -----BEGIN PRIVATE KEY-----\nMIIabc', 'MIIabc'],
  ])('%s', (_, text, secret) => {
    expect(redact(text)).toContain('[redacted:');
    expect(redact(text)).not.toContain(secret);
  });

  it('keeps a redacted JSON document readable as JSON', () => {
    const text = JSON.stringify({ password: 'a "quoted" b', note: 'token="x y"', url: 'http://u:p@h/' });
    expect(() => JSON.parse(redact(text))).not.toThrow();
  });
});

describe('what an engineer needs to read stays', () => {
  it.each([
    '2026-11-03T12:00:00.123Z GET /items 200 in 12ms',
    'ts=1790000000000 ns=1790000000000000003 pid=4111',
    'Basic authentication failed for the user',
    'max_tokens: 500 tokens: 12',
    'process_resident_memory_bytes{job="fleet",instance="127.0.0.1:9100"} 212000000',
    'catalog@2.1.0 started; task-queue-drained-of-everything-today',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'dGhpcyBpcyBub3QgYSBzZWNyZXQ=',
  ])('%s', (text) => expect(redact(text)).toBe(text));
});

describe('a registered secret', () => {
  const secretText = fc
    .string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' })
    .filter((text) => /^[^\s[\]:].{6,}[^\s[\]:]$/.test(text) && !'[redacted:secret]'.includes(text));

  it('never survives, whatever stands around it and however it is encoded', () => {
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
        const redactor = createRedactor();
        redactor.register(secret);
        const forms = [
          secret,
          encodeURIComponent(secret),
          JSON.stringify(secret),
          Buffer.from(secret).toString('base64'),
          Buffer.from(secret).toString('base64url'),
          Buffer.from(`medic:${secret}`).toString('base64'),
          Buffer.from(`me:${secret}!`).toString('base64'),
        ];
        for (const form of forms) {
          const redacted = redactor.redact(before + form + after);
          expect(redacted).not.toContain(secret);
          expect(redacted).not.toContain(
            Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
          );
          expect(decodedPieces(redacted)).not.toContain(secret);
        }
      }),
    );
  });

  it('stays hidden when redacted again, and nothing else changes', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          'password=',
          'token: ',
          '"',
          '\\"',
          'Bearer ',
          'sk-',
          '[redacted:',
          ']',
          '@',
          '://',
          'eyJ',
          '4111111111111111',
        ),
      ),
    );
    fc.assert(
      fc.property(secretText, hostile, (secret, pieces) => {
        const redactor = createRedactor();
        redactor.register(secret);
        const first = redactor.redact(pieces.join('') + secret + pieces.join(''));
        expect(redactor.redact(first)).toBe(first);
      }),
    );
  });

  it('that is a placeholder or a word of the markers blots out no ordinary text', () => {
    const redactor = createRedactor();
    for (const value of ['', '   ', 'demo', 'test', 'secret', 'token', 'redacted']) redactor.register(value);
    const text = 'the test of the demo reads a token and a secret';
    expect(redactor.redact(text)).toBe(text);
  });

  it('is hidden in its longest form, so that no tail of a longer secret is left', () => {
    const redactor = createRedactor();
    redactor.register('correct-horse');
    redactor.register('correct-horse-battery');
    expect(redactor.redact('it is correct-horse-battery.')).toBe('it is [redacted:secret].');
  });
});

describe('hostile text costs no more than other text', () => {
  const size = 200_000;
  it.each([
    'a',
    'a@',
    'a.a@a.',
    'eyJ',
    'eyJaaaaaaaaa-',
    'eyJaaaaaaaaa.',
    '-----BEGIN PRIVATE KEY-----',
    'password="',
    'password=\\\\\\\\"',
    'http://a:',
    'sk-',
    'xoxb-',
    'Basic ',
    '4 4-',
    'token:   ',
    'AKIA',
    'a:b@',
    '[redacted:',
  ])('%j, repeated', (unit) => {
    const text = unit.repeat(Math.ceil(size / unit.length));
    const redactor = createRedactor();
    redactor.register('a-registered-secret');
    const begun = performance.now();
    redactor.redact(text);
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});

/** Everything in the text that base64 can decode, decoded at each of the four places that it may start. */
function decodedPieces(text: string): string {
  const runs = text.match(/[A-Za-z0-9+/_-]{8,}/g) ?? [];
  return runs
    .flatMap((run) => [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64').toString()))
    .join('\n');
}
