/**
 * The forms in which a secret may turn up in text: as it stands, percent-encoded, as a form field, inside a JSON string,
 * in hexadecimal, and in base64, also as a part of a longer encoded text such as `user:secret`.
 */
export function encodings(secret: string): readonly string[] {
  const percent = encodeURIComponent(secret.toWellFormed());
  const forms = [
    secret,
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    ...base64Forms(secret),
  ];
  if (secret.length >= 8) forms.push(Buffer.from(secret).toString('hex'));
  return [...new Set(forms)];
}

/**
 * Base64 takes three bytes at a time, so that the same secret reads in three ways, depending on what stands before it. Of each,
 * only the characters that the secret alone decides are kept; a piece shorter than 6 of them would match ordinary words.
 */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString('base64');
  const pieces = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(from, to);
  });
  const standard = [whole, whole.replace(/=+$/, ''), ...pieces].filter((piece) => piece.length >= 6);
  return standard.flatMap((piece) => [piece, piece.replaceAll('+', '-').replaceAll('/', '_')]);
}
