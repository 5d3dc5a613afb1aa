/**
 * How much a name says about its value. `password` takes anything; `token` anything but a small number; `secret` is also what
 * Kubernetes calls an object, by its name; `weak` only a value that looks like a secret; `key` only one that can hardly be
 * anything else; `header` is a header that carries credentials, `cookie` one that carries sessions.
 */
export type Meaning = 'password' | 'token' | 'secret' | 'weak' | 'key' | 'header' | 'cookie' | 'none';

const WORDS =
  'pass|pwd|pw|psw|secret|token|key|cred|auth|sig|cookie|saml|psk|otp|cvv|cvc|pin|jwt|hmac|sess|mnemonic|seed|conn|kennwort|senha|contrase|community|bearer|salt|code|phrase|пароль|密码|密碼|口令|パスワード|비밀번호';

/** Where a name of a secret may be: one of these words stands in it. */
export const HINT = new RegExp(WORDS, 'gi');

/** The same words, for a look at the text in lower case. */
export const HINT_WORDS = new RegExp(WORDS);

/** Names of two words, of which the second alone says nothing. */
export const BEFORE_KEY =
  /(?:^|[^\w-])((?:api|access|private|secret|signing|encryption|master|account|license|recovery|shared|auth|security|service|session|deploy|app|verification|backup|seed|unseal|mfa|login|one-time)(?: access)?[ ])$/i;

const PASSWORD =
  /(?:^|_)(?:[a-z0-9]*?(?:passwords?|passwds?|passwd|passworts?|passphrases?|passcodes?|pwds?|psw|kennwort|senha|contrasena|contrase)|(?:db|store|key|user|root|admin|my|require|http|smtp|ftp|ssh|sudo|become|auth|bind|ldap|login|vault|client|proxy|mail|ssl|cert|truststore|keystore|redis|mysql|pg|rabbitmq|mongo|sa)pass|[a-z]{1,8}_pass|(?:root|bind|admin|user|db|ldap|olcroot)?pw|psk|wpa_psk|mnemonic|seed_phrase|recovery_phrase|secret_phrase|backup_phrase|connection_strings?|connectionstrings?|conn_?str|conn_?string|masterauth|cvv2?|cvc)(?=_|\d*$)/g;

const TOKEN =
  /(?:^|_)(?:[a-z0-9]*?tokens?|[a-z0-9]*(?:api|access|secret|private|signing|encryption|master|account|shared|auth|license)_?keys?(?:_id)?|(?:signing|encrypt|encryption|storage|app|application|service|licence|jwt|hmac|webhook|integration|subscription|function|preshared|symmetric|crypto|cipher|cookie|deploy|account|admin|ssh|gpg|pgp|wireguard|recovery|unseal|ingest|gossip|client|server|ssl|tls)_keys?|(?:client_)?key_data|authkey|jwt|bearer|hmac|otp|totp|(?:backup|recovery|security|verification|mfa|2fa|one_time|login)_codes?|pin_?code|[a-z]*sessid|[a-z]sessionid|connect_sid|sas|saml_?(?:response|request)|shared_access_signature|csrf|xsrf)(?=_|\d*$)/g;

const SECRET = /(?:^|_)[a-z0-9]*?secrets?(?=_|\d*$)/g;

const WEAK =
  /(?:^|_)(?:[a-z]*auth|auths|[a-z]*cred(?:s|ential|entials)?|sig|[a-z]*signature|pass|pin|session(?:_?id|_?key)?|sessionid|sess|seed|salt|community|nonce|secret_id)(?=_|\d*$)/g;

const KEY = /(?:^|_)[a-z0-9]*key(?=_|\d*$)/g;

const HEADER = /^(?:x_|http_)?(?:x_)?(?:proxy_|forwarded_|original_)?authorization$/;
const COOKIE = /^(?:http_)?(?:set_)?cookies?$/;

/** What a value is called that tells something about a secret, and is none. */
const ABOUT =
  /(?:^|_)(?:names?|refs?|reference|path|file|filename|filepath|dir|directory|url|uri|endpoint|host|count|counts|counter|total|size|length|len|bytes|seconds|secs|minutes|hours|days|ms|ttl|age|expiry|expires?|expiration|expired|exp|in|type|types|kind|policy|policies|fields?|review|reviews|resets?|attempts?|retries|failures?|errors?|min|max|minimum|maximum|limits?|enabled|disabled|required|used|usage|remaining|rotation|rotated|last|changed?|created|updated|issued|at|time|timestamp|date|version|provider|store|manager|bucket|issuer|audience|algorithm|alg|method|methods|mode|format|encoding|hint|prompt|label|labels|placeholder|namespace|status|state|valid|validity|verified|verification|validation|class|rule|rules|regex|pattern|env|var|variable|header|strength|complexity|selector|template|rate|rates|ratio|per|stdin|fd|tls|ca|arn|mount|volume|engine|backend|scope|scopes|owner|annotations?|metadata|server|service|plugin|handler|controller|operator|client_id|user|username|email|description|check|checks|history|reuse|ed|ing|request|requests|response|cost|budget|window|cache|lookup|exchange|index|prefix|suffix|id|ids|present|exists|found|set|missing|invalid|command|cmd|source|certificate|cert|crt|fingerprint|checksum|digest|key_name|value_from|list|lists|info)(?:_|$)/;

/** What makes of a token or a key one that everybody may see. */
const OPEN =
  /(?:^|_)(?:public|pub|primary|foreign|partition|sort|cache|routing|object|s3|group|grouping|idempotency|dedup|dedupe|deduplication|row|hash|hot|lookup|message|event|metric|label|host|map|redis|cursor|next|page|paging|pagination|continuation|continue|cancellation|fencing|fence|sync|known|on|press|arrow|shortcut|enter|bind|config|topic|record|document|doc|item|entry|dictionary|dict|json|shard|range|composite|unique|natural|candidate|index|registry|issue|project|max|min|num|total|prompt|completion|input|output|expected|unexpected|has|is|use|uses|no|without|requires?|allow|enable|disable|show|by)_(?:[a-z]+_)?(?:tokens?|keys?|passwords?|secrets?|auth|credentials?)$/;

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
  if (HEADER.test(words)) return 'header';
  if (COOKIE.test(words)) return 'cookie';
  if (OPEN.test(words)) return 'none';
  for (const [meaning, pattern] of [
    ['password', PASSWORD],
    ['token', TOKEN],
    ['secret', SECRET],
    ['weak', WEAK],
    ['key', KEY],
  ] as const) {
    const last = [...words.matchAll(pattern)].at(-1);
    if (last === undefined) continue;
    const rest = words.slice(last.index + last[0].length);
    if (ABOUT.test(rest)) return 'none';
    return meaning === 'secret' && words !== 'secret' && words !== 'secrets' ? 'token' : meaning;
  }
  return 'none';
}
