import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observability/redact.ts';

const SECRET = 'Tr0ub4dor & "three" / Jäger+?';

const b64 = (text: string) => Buffer.from(text).toString('base64');
const hexOf = (text: string) => Buffer.from(text).toString('hex');
const wrapped = (text: string, columns: number) => text.replace(new RegExp(`.{${columns}}`, 'g'), '$&\n');

/** A redactor that knows one secret. */
function knowing(secret: string) {
  const redactor = createRedactor();
  redactor.register(secret);
  return redactor.redact;
}

describe('a registered secret is found', () => {
  it.each([
    ['as it stands', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
    ['as a field of a form', new URLSearchParams({ x: SECRET }).toString().slice(2)],
    ['in JSON', JSON.stringify(SECRET)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(SECRET))],
    ['in JSON as Go writes it', JSON.stringify(SECRET).replaceAll('&', '\\u0026')],
    [
      'with every character escaped',
      SECRET.replace(/./g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['in XML', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in hexadecimal', hexOf(SECRET)],
    ['in upper-case hexadecimal', hexOf(SECRET).toUpperCase()],
    ['in hexadecimal with colons', hexOf(SECRET).replace(/..(?=.)/g, '$&:')],
    ['in base64', b64(SECRET)],
    ['in base64 after one byte', b64(`x${SECRET}y`)],
    ['in base64 after two bytes', b64(`xx${SECRET}yy`)],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['in base64 twice', b64(b64(SECRET))],
    ['in base64 twice with a user', b64(`Basic ${b64(`me:${SECRET}`)}`)],
    ['in base64 of 64 columns', wrapped(b64(`${'x'.repeat(50)}${SECRET}${'y'.repeat(50)}`), 64)],
    ['in base64 of 76 columns', wrapped(b64(`${'x'.repeat(41)}${SECRET}${'y'.repeat(80)}`), 76)],
  ])('%s', (_, form) => {
    const redacted = knowing(SECRET)(`before ${form} after`);
    expect(redacted).toContain('[redacted:');
    for (const piece of pieces(form.replace(/^"+|"+$/g, ''), 10)) {
      if (/Tr0ub4|three|J%C3|5472/.test(piece)) expect(redacted).not.toContain(piece);
    }
    expect(redacted).not.toContain(form);
  });
});

it('an ordinary word with which a short secret begins or ends is no half of it', () => {
  const redact = knowing('test-key');
  for (const text of ['test', 'a test', 'test…', '… key', 'environment test'])
    expect(redact(text)).toBe(text);
  expect(redact('a test-key')).toBe('a [redacted:secret]');
});

describe('half a secret is hidden', () => {
  const secret = 'correct-Horse-9-battery';
  const redact = knowing(secret);

  it.each([
    ['at the end of a text', `login with ${secret.slice(0, 12)}`],
    ['at the start of a text', `${secret.slice(-12)} was refused`],
    ['before an ellipsis', `login with ${secret.slice(0, 12)}… and so on`],
    ['before three dots', `login with ${secret.slice(0, 9)}... and so on`],
    [
      'before a note of what was cut',
      `login with ${secret.slice(0, 12)}\n[… 500 characters cut …]\nthe rest`,
    ],
    ['after a note of what was cut', `first\n[… 500 characters cut …]\n${secret.slice(-12)} was refused`],
  ])('%s', (_, text) => {
    const redacted = redact(text);
    expect(redacted).toContain('[redacted:secret]');
    expect(redacted).not.toMatch(/correct|Horse|battery/);
  });

  it('but not its first letters in the middle of a sentence', () => {
    expect(redact('that is correct-Horse, and so on')).toBe('that is correct-Horse, and so on');
  });
});

it('wherever a registered secret is cut, no eight characters of it are left', () => {
  const secret = fc.string({
    minLength: 16,
    maxLength: 40,
    unit: fc.constantFrom(...'abcdefgXYZ0123456789_-!'),
  });
  fc.assert(
    fc.property(secret, fc.nat(), fc.boolean(), (value, at, head) => {
      const redact = knowing(value);
      const place = 8 + (at % (value.length - 8));
      const cut = head ? `said ${value.slice(0, place)}` : `${value.slice(-place)} it said`;
      for (const piece of pieces(value, 8)) expect(redact(cut)).not.toContain(piece);
    }),
  );
});

function pieces(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(1, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}
