import { type Hide, mark, where } from './rule.ts';
import { looksGenerated } from './text/randomness.ts';

/** Of these a line speaks that may tell a secret, in whatever way it says so. */
const TOPICS: readonly string[] = [
  'passw',
  'passphrase',
  'passcode',
  'pwd',
  ' pw ',
  'secret',
  'token',
  'creds',
  'credential',
  'api key',
  'api-key',
  'apikey',
  'api_key',
  'access key',
  'login',
  'log in',
  'sign in',
  'encrypt',
  'authenticat',
  'bearer',
  'kennwort',
  'contrase',
  'senha',
  'mot de passe',
  'wachtwoord',
  'parola',
  'heslo',
  'key is',
  'private key',
  'unlock',
  'addauth',
  'preshared',
  'private-key',
  'psk',
  ' auth ',
  'license key',
  'licence key',
];
const TOPIC = new RegExp(`(?<!\\[redacted:)(?:${TOPICS.join('|')})`, 'i');

/** What is before a word that only identifies something. */
const IDENTIFIES =
  /(?:\bids?|id-?2|uid|uuid|request|trace|span|correlation|event|message|build|digest|fingerprint|sha-?\d{1,3}|md5|checksum|etag|hash|cluster|instance|volume|bucket|resource|commit|revision|ref|version|nonce|ssh-\w{2,12}|public key|pubkey|(?:cache|object|partition|routing|primary) key)["']?[\s:=#(["']{1,4}$/i;

const WORD = /(?<![\w.$@/\\-])[A-Za-z0-9!#$%^&*+~_][A-Za-z0-9!@#$%^&*+/=~_-]{9,199}(?![\w(@]|\.[A-Za-z])/g;

/** How far around a word its topic is looked for. */
const [BEFORE, AFTER] = [100, 60];

/**
 * A flag of one letter, or of a user, may take a secret in any program: a word that nobody made of words is one, alone or behind the
 * user's name.
 */
const FLAG =
  /((?:^|[\s"'])(?:-{1,2}[A-Za-z]|--?(?:user|usr|auth|creds?|key))(?:[ =]|["'],?\s{0,3}["'])["']?(?:[\w.@-]{1,60}[:/,%])?)([A-Za-z0-9!@#$%^&*+=_~-]{10,200})(?=["'\s]|$)/g;

const flagged: Hide = (text) =>
  text.replace(FLAG, (whole: string, head: string, word: string) =>
    looksGenerated(word) ? head + mark('secret') : whole,
  );

const generated: Hide = (text) =>
  text.replace(WORD, (word: string, at: number) => {
    // `admin/x`: of a name and a secret, the secret.
    const name = /^[\w.-]{1,40}\/(?=[^/]{8,}$)/.exec(word)?.[0] ?? '';
    if (/%[0-9A-Fa-f]{2}/.test(word) || !looksGenerated(word.slice(name.length))) return word;
    const before =
      text
        .slice(Math.max(0, at - BEFORE), at)
        .split('\n')
        .at(-1) ?? '';
    const after = text.slice(at + word.length, at + word.length + AFTER).split('\n', 1)[0] ?? '';
    return (TOPIC.test(before) || TOPIC.test(after)) && !IDENTIFIES.test(before)
      ? name + mark('secret')
      : word;
  });

/** A word that nobody made of words, on a line that speaks of secrets. It catches what no rule knows a form of. */
export const GENERATED: readonly Hide[] = [
  where(TOPICS, generated),
  where([' -', '"-', "'-", '\n-'], flagged),
];
