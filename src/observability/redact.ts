import { encodings } from './secret-forms.ts';

/** Hides secrets in everything that leaves Medic: log lines, Slack posts, evidence, prompts. */
export interface Redactor {
  /**
   * Remembers a secret from now on, the moment it is read, in every form it may turn up in: as it stands, in a URL, in
   * JSON, in base64. Ignores values shorter than 6 characters and the few words that markers are made of: hiding them would
   * blot out ordinary text, so configuration has to refuse them as secrets.
   */
  register(secret: string): void;
  /**
   * The text with every registered secret, and everything that looks like one, replaced by a stable marker such as
   * `[redacted:token]`. Redacting twice changes nothing more. Time is linear in the length of the text.
   */
  redact(text: string): string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly replace: (...match: string[]) => string;
}

/** `demo` and `test` are placeholders and ordinary words; a real secret is longer. */
const MIN_LENGTH = 6;

const mark = (what: string) => `[redacted:${what}]`;

const MARKER_WORDS =
  '[redacted:secret] [redacted:private-key] [redacted:token] [redacted:credentials] [redacted:card] [redacted:email] [redacted:password]';

/**
 * Every quantifier is bounded, or its match cannot start inside its own run: hostile text costs no more than other text.
 * Each rule leaves what it wrote itself alone.
 */
const RULES: readonly Rule[] = [
  {
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    replace: () => mark('private-key'),
  },
  {
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"']{0,100}:[^\s/"']{1,200}@/gi,
    replace: (_, scheme = '') => `${scheme}${mark('credentials')}@`,
  },
  {
    pattern: /(\bhooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]{8,}/g,
    replace: (_, host = '') => host + mark('token'),
  },
  { pattern: /(?<![A-Za-z0-9_-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]{0,2000})?/g, replace: () => mark('token') },
  {
    pattern: /\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,}|\bxapp-[A-Za-z0-9-]{8,}/g,
    replace: () => mark('token'),
  },
  { pattern: /\bsk-[A-Za-z0-9_-]{16,}/g, replace: () => mark('token') },
  {
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,})/g,
    replace: () => mark('token'),
  },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, replace: () => mark('token') },
  {
    pattern: /\b(bearer|basic)([ \t]{1,4})([A-Za-z0-9._~+/=-]{8,})/gi,
    replace: (whole, scheme = '', gap = '', token = '') =>
      isPlainWord(token) ? whole : `${scheme}${gap}${mark('token')}`,
  },
  {
    pattern:
      /((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]id)?|private[_-]?key|credential|authorization)\\{0,4}["']?[ \t]{0,3}[:=][ \t]{0,3})(?!\\{0,4}["']?\[redacted:)(?!(?:bearer|basic)[ \t]{1,4}\[redacted:)(?:(\\{0,4}["'])[^\n]{1,400}?(?<!\\)\2|(\\{0,4}["']?)[^\s,;&"'\\<>[\]{}()]{1,400})/gi,
    replace: (_, name = '', quote = '', opened = '') =>
      `${name}${quote || opened}${mark('password')}${quote}`,
  },
  {
    pattern: /(?<![\w.%+-])[\w.%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b/g,
    replace: () => mark('email'),
  },
  {
    pattern: /(?<![\d.])[2-6](?:[ -]?\d){12,18}(?![\d.]\d|\d)/g,
    replace: (digits) => (isCardNumber(digits.replace(/\D/g, '')) ? mark('card') : digits),
  },
];

/** Creates a redactor with no registered secrets; it already knows the shapes of common ones. */
export function createRedactor(): Redactor {
  const known = new Set<string>();
  let registered: RegExp | null = null;

  const once = (text: string): string => {
    const hidden = registered === null ? text : text.replace(registered, mark('secret'));
    return RULES.reduce((current, { pattern, replace }) => current.replace(pattern, replace), hidden);
  };

  return {
    register(secret) {
      const value = secret.trim();
      if (value.length < MIN_LENGTH || MARKER_WORDS.includes(value)) return;
      for (const form of encodings(value)) known.add(form);
      const longestFirst = [...known].sort((a, b) => b.length - a.length);
      registered = new RegExp(longestFirst.map((form) => escaped(form)).join('|'), 'g');
    },
    redact(text) {
      // One replacement can put the halves of another secret side by side, so the rules are asked until they agree.
      let current = text;
      for (let round = 0; round < 6; round += 1) {
        const next = once(current);
        if (next === current) return current;
        current = next;
      }
      return current;
    },
  };
}

/** "Basic authentication" is prose; "Basic dXNlcjpwYXNz" is not. */
function isPlainWord(token: string): boolean {
  return /^[A-Z]?[a-z.-]+$/.test(token) || /^[A-Z-]+$/.test(token);
}

/** By the issuers' first digits and Luhn's checksum, so that timestamps and counters stay readable. */
function isCardNumber(digits: string): boolean {
  if (
    !/^(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|6(?:011|5\d\d)\d{12})$/.test(
      digits,
    )
  ) {
    return false;
  }
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
