/**
 * The forms in which a secret may turn up in text: as it stands, percent-encoded, inside JSON or XML, in hexadecimal, and in
 * base64, once or twice, also as a part of a longer encoded text such as `user:secret`.
 */
export function encodings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const once = base64Forms(bytes);
  const twice = once.flatMap((form) => base64Forms(Buffer.from(form)));
  const forms = [
    secret,
    ...percentForms(secret),
    ...escapedForms(secret),
    ...hexForms(bytes),
    ...once,
    ...twice,
  ];
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/** A shorter piece would match ordinary words. */
const SHORTEST = 6;

function percentForms(secret: string): readonly string[] {
  const percent = encodeURIComponent(secret.toWellFormed());
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${hexOf(sign.charCodeAt(0), 2).toUpperCase()}`);
  const every = [...Buffer.from(secret)].map((byte) => `%${hexOf(byte, 2)}`).join('');
  return [percent, strict, encodeURI(secret.toWellFormed()), every, every.toUpperCase()].flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    form.replaceAll('%20', '+'),
    form.replaceAll('%', '%25'),
  ]);
}

/** As JSON, JSON within JSON, XML and shells write what they must not read as their own signs. */
function escapedForms(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const units = secret.split('').map((unit) => hexOf(unit.charCodeAt(0), 4));
  const html = (text: string, apostrophe: string, quote: string) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll("'", apostrophe)
      .replaceAll('"', quote);
  return [
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    json.replace(/[<>&'+=]/g, (sign) => `\\u${hexOf(sign.charCodeAt(0), 4)}`),
    json.replace(/[<>&'+=]/g, (sign) => `\\u${hexOf(sign.charCodeAt(0), 4).toUpperCase()}`),
    json.replace(/[<>&]/g, (sign) => `\\u${hexOf(sign.charCodeAt(0), 4)}`),
    json.replace(/[^\x20-\x7e]/g, (sign) => `\\u${hexOf(sign.charCodeAt(0), 4)}`),
    units.map((unit) => `\\u${unit}`).join(''),
    units.map((unit) => `\\u${unit.toUpperCase()}`).join(''),
    secret.replaceAll("'", "\\'"),
    secret.replaceAll("'", "'\\''"),
    secret.replaceAll("'", "''"),
    secret.replace(/[^\w@%+=:,./-]/g, (sign) => `\\${sign}`),
    html(secret, "'", '"'),
    html(secret, '&#39;', '&quot;'),
    html(secret, '&#39;', '&#34;'),
    html(secret, '&apos;', '&quot;'),
    html(secret, '&#x27;', '&quot;'),
  ];
}

function hexForms(bytes: Buffer): readonly string[] {
  const pairs = [...bytes].map((byte) => hexOf(byte, 2));
  const written = ['', ':', ' ', '-', '\\x'].map((gap) => (gap === '\\x' ? gap : '') + pairs.join(gap));
  return written.flatMap((form) => [form, form.replace(/[a-f]/g, (digit) => digit.toUpperCase())]);
}

function hexOf(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/**
 * Base64 takes three bytes at a time, so that the same secret reads in three ways, depending on what stands before it. Of each,
 * only the characters that the secret alone decides are kept.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64');
  const pieces = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(from, to);
  });
  const standard = [whole, whole.replace(/=+$/, ''), ...pieces].filter((piece) => piece.length >= SHORTEST);
  return standard.flatMap((piece) => [piece, piece.replaceAll('+', '-').replaceAll('/', '_')]);
}
