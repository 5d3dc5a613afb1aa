/** In one of these every name of a secret is known to begin, whatever else stands in it. */
export const HINTS: readonly string[] =
  'pass|pwd|pw|psw|secret|token|key|cred|auth|sig|cookie|saml|psk|otp|cvv|cvc|pin|jwt|hmac|sess|mnemonic|seed|conn|kennwort|senha|contrase|wachtwoord|mdp|passe|parola|heslo|haslo|salasana|community|bearer|salt|code|phrase|sonar.login|пароль|密码|密碼|口令|パスワード|비밀번호'.split(
    '|',
  );

const BEFORE_PASS =
  'db|store|key|user|root|admin|my|require|http|smtp|ftp|ssh|sudo|become|auth|bind|ldap|login|vault|client|proxy|mail|ssl|cert|truststore|keystore|redis|mysql|pg|rabbitmq|mongo|sa';

/** Words of names, each the source of a pattern over words in lower case that underscores join. */
export const PASSWORDS: readonly string[] = [
  '[a-z0-9]*?(?:passwords?|passwds?|passwd|passworts?|wachtwoord|mot_?de_?passe|parola|heslo|haslo|salasana|passphrases?|passcodes?|pwds?|psw|kennwort|senha|contrasena|contrase)',
  `(?:${BEFORE_PASS})pass`,
  '[a-z]{1,8}_pass',
  '(?:root|bind|admin|user|db|ldap|olcroot)?pw',
  'psk',
  'mdp',
  'wpa_psk',
  'mnemonic',
  '(?:seed|recovery|secret|backup)_phrase',
  'connection_?strings?',
  'conn_?str(?:ing)?',
  'masterauth',
  'cvv2?',
  'cvc',
];

const BEFORE_SECRET_KEY =
  'device|signing|encrypt|encryption|storage|app|application|service|licence|jwt|hmac|webhook|integration|subscription|function|preshared|symmetric|crypto|cipher|cookie|deploy|account|admin|ssh|gpg|pgp|wireguard|recovery|unseal|ingest|gossip|client|server|ssl|tls';

export const TOKENS: readonly string[] = [
  '[a-z0-9]*?tokens?',
  '[a-z0-9]*(?:api|access|secret|private|signing|encryption|master|account|shared|auth|license)_?keys?(?:_id)?',
  `(?:${BEFORE_SECRET_KEY})_keys?`,
  '(?:client_)?key_data',
  'authkey',
  '[a-z]*authtok',
  'priv_?keys?',
  'jwt',
  'bearer',
  'hmac',
  't?otp',
  '(?:backup|recovery|security|verification|mfa|2fa|one_time|login)_codes?',
  'pin_?code',
  '[a-z]*sessid',
  '[a-z]sessionid',
  'connect_sid',
  'sas',
  'saml_?(?:response|request)',
  'shared_access_signature',
  '[cx]srf',
  'd?sonar_login',
];

export const SECRETS: readonly string[] = ['[a-z0-9]*?secrets?'];

export const WEAK: readonly string[] = [
  '[a-z]*auth',
  'auths',
  '[a-z]*cred(?:s|ential|entials)?',
  'sig',
  '[a-z]*signature',
  'pass',
  'pin',
  'session(?:_?id|_?key)?',
  'sess',
  'seed',
  'salt',
  'community',
  'nonce',
];

export const KEYS: readonly string[] = ['[a-z0-9]*key'];

/** What a value is called that tells something about a secret, and is none. */
export const ABOUT: string = `
  names?|refs?|reference|path|file|filename|filepath|dir|directory|url|uri|endpoint|host|count|counts|counter|total|size|length|len|bytes
  seconds|secs|minutes|hours|days|ms|ttl|age|expiry|expires?|expiration|expired|exp|in|type|types|kind|policy|policies|fields?
  review|reviews|resets?|attempts?|retries|failures?|errors?|min|max|minimum|maximum|limits?|enabled|disabled|required|used|usage
  remaining|rotation|rotated|last|changed?|created|updated|issued|at|time|timestamp|date|version|provider|store|manager|bucket
  issuer|audience|algorithm|alg|method|methods|mode|format|encoding|hint|prompt|label|labels|placeholder|namespace|status|state
  valid|validity|verified|verification|validation|class|rule|rules|regex|pattern|env|var|variable|header|strength|complexity
  selector|template|rate|rates|ratio|per|stdin|fd|tls|ca|arn|mount|volume|engine|backend|scope|scopes|owner|annotations?|metadata
  server|service|plugin|handler|controller|operator|client_id|user|username|email|description|check|checks|history|reuse|ed|ing
  reqd|request|requests|response|cost|budget|window|cache|lookup|exchange|index|prefix|suffix|id|ids|present|exists|found|set|missing
  invalid|command|cmd|source|logs?|certificate|cert|crt|fingerprint|checksum|digest|key_name|value_from|list|lists|info`
  .trim()
  .replace(/\s*\n\s*/g, '|');

/** With one of these before it, a name asks, counts or switches: `has_password`, `max_tokens`, `show_secret`. */
export const NO_NAME = `
  has|is|use|uses|no|without|requires?|allow|enable|disable|show|min|max|num|total|expected|unexpected|on|by|known|press|enter
  prompt|completion|input|output`
  .trim()
  .replace(/\s*\n\s*/g, '|');

/** With one of these before it, a token tells where to go on. */
export const OPEN_TOKEN = `
  cursor|next|page|paging|pagination|continuation|continue|cancellation|fencing|fence|sync|public|pub|cache|idempotency|dedup
  dedupe|deduplication|event|message|range|json|dictionary`
  .trim()
  .replace(/\s*\n\s*/g, '|');

/** What makes of a key one that everybody may see. */
export const OPEN_KEY = `
  public|pub|primary|foreign|partition|sort|cache|object|s3|group|grouping|idempotency|dedup|dedupe|deduplication|row|hash
  hot|lookup|message|event|metric|label|host|map|redis|cursor|next|page|paging|pagination|continuation|continue|cancellation
  fencing|fence|sync|known|arrow|shortcut|bind|config|topic|record|document|doc|item|entry|dictionary|dict|json
  shard|range|composite|unique|natural|candidate|index|registry|issue|project`
  .trim()
  .replace(/\s*\n\s*/g, '|');
