/** A secret in the surroundings in which it turns up. */
export interface Case {
  readonly title: string;
  readonly text: string;
  /** What must not be left, in pieces of six characters. */
  readonly secrets: readonly string[];
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALNUM = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`;

/** Makes values that look like secrets, the same ones in every run, so that none stands in a file. */
export function makerOf(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const some = (alphabet: string, length: number): string => {
    const made = Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
    // A value without any digit or letter of some kind would be another case.
    return length < 8 || alphabet.length < 30 || (/\d/.test(made) && /[A-Za-z]/.test(made))
      ? made
      : some(alphabet, length);
  };
  const alnum = (length: number) => some(ALNUM, length);
  const hex = (length: number) => some(`${DIGITS}abcdef`, length);
  return {
    alnum,
    hex,
    digits: (length: number) => some(DIGITS, length),
    lower: (length: number) => some(LOWER + DIGITS, length),
    upper: (length: number) => some(LOWER.toUpperCase() + DIGITS, length),
    base64: (bytes: number) => Buffer.from(alnum(bytes)).toString('base64'),
    uuid: () => [8, 4, 4, 4, 12].map(hex).join('-'),
    /** As people choose them. */
    chosen: () => `${alnum(6)}!${alnum(4)}`,
    lines: (count: number, columns = 64) => Array.from({ length: count }, () => alnum(columns)),
  };
}

/** A case from a text with a place for the secret. */
export function hidden(title: string, secret: string, around: (secret: string) => string): Case {
  return { title, text: around(secret), secrets: secret.split(/\s+/).filter((piece) => piece.length >= 6) };
}

/** The pieces of a secret that a text still tells. */
export function leftOf(secret: string, text: string): readonly string[] {
  const pieces = Array.from({ length: Math.max(1, secret.length - 5) }, (_, at) => secret.slice(at, at + 6));
  return pieces.filter((piece) => text.includes(piece));
}
