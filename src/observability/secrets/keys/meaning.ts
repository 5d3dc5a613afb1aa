import { ABOUT, KEYS, NO_NAME, OPEN_KEY, OPEN_TOKEN, PASSWORDS, SECRETS, TOKENS, WEAK } from './words.ts';

/**
 * How much a name says about its value. `password` takes anything; `token` anything but a small number; `secret` is also what
 * Kubernetes calls an object, by its name; `weak` only a value that looks like a secret; `key` only one that can hardly be
 * anything else; `header` is a header that carries credentials, `cookie` one that carries sessions.
 */
export type Meaning = 'password' | 'token' | 'secret' | 'weak' | 'key' | 'header' | 'cookie' | 'none';

const ending = (words: readonly string[]) => new RegExp(`(?:^|_)(?:${words.join('|')})(?=_|\\d*$)`, 'g');

/** From what says most to what says least. */
const MEANINGS: readonly (readonly [Meaning, RegExp])[] = [
  ['password', ending(PASSWORDS)],
  ['token', ending(TOKENS)],
  ['secret', ending(SECRETS)],
  ['weak', ending(WEAK)],
  ['key', ending(KEYS)],
];
const IS_HEADER = /^(?:x_|http_)?(?:x_)?(?:proxy_|forwarded_|original_)?authorization$/;
const IS_COOKIE = /^(?:http_)?(?:set_)?cookies?$/;
const IS_ABOUT = new RegExp(`(?:^|_)(?:${ABOUT})(?:_|$)`);
const IS_OPEN = new RegExp(
  `(?:^|_)(?:(?:${NO_NAME})_(?:[a-z]+_)?(?:tokens?|keys?|passwords?|secrets?|auth|credentials?)|(?:${OPEN_TOKEN})_(?:[a-z]+_)?tokens?|(?:${OPEN_KEY})_(?:[a-z]+_)?keys?)$`,
);

const known = new Map<string, Meaning>();

/** What a name means. Names come again and again, so that a few thousand are remembered. */
export function meaningOf(name: string): Meaning {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size > 4000) known.clear();
  const meaning = judged(asWords(name));
  known.set(name, meaning);
  return meaning;
}

/** `spring.datasource.dbPassword` as `spring_datasource_db_password`. */
function asWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]{2})([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

function judged(words: string): Meaning {
  // A script of its own: the hint is the name.
  if (words === '') return 'password';
  if (IS_HEADER.test(words)) return 'header';
  if (IS_COOKIE.test(words)) return 'cookie';
  if (IS_OPEN.test(words)) return 'none';
  // Vault's other half of a login; elsewhere the name of a secret.
  if (words.endsWith('secret_id')) return 'weak';
  for (const [meaning, pattern] of MEANINGS) {
    const last = [...words.matchAll(pattern)].at(-1);
    if (last === undefined) continue;
    const rest = words.slice(last.index + last[0].length);
    if (IS_ABOUT.test(rest)) return 'none';
    return meaning === 'secret' && words !== 'secret' && words !== 'secrets' ? 'token' : meaning;
  }
  return 'none';
}
