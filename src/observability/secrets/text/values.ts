import type { Meaning } from '../keys/meaning.ts';

/** Values that say that there is none, that it is hidden already, or what it has to be. */
const NOTHING =
  /^(?:null|nil|none|undefined|true|false|yes|no|on|off|n\/a|unset|empty|default|optional|required|enabled|disabled|unknown|string|str|text|number|int|integer|bool|boolean|bytes|any|object|varchar|char|secretstr|optional\[str\]|[~*.…•-]+|x{3,}|\W|<[^<>]*>?|\(.*\)|\{\}|\[\]|\[(?:redacted|filtered|masked|hidden|secret|removed|sensitive)[^\]]*\]?|redacted|filtered|masked|hidden|sensitive|changeme|nopasswd|stdin|prompt)$/i;

/** Where the value comes from, in place of the value. */
const REFERENCE =
  /^(?:\$[A-Z_][A-Z0-9_]*$|\$\{?\w*(?:pass|pwd|token|secret|key|cred|auth|pw)\w*\}?$|\$\{[\w.]+\}$|\$\(|\{\{|\$\{\{|%\(|%\w+%$|%[sdvq]$|\{[a-z_]{0,20}\}$|\$env:|(?:vault|env|ssm|secretref|awssm|gcpsm|keyvault|ref\+\w+|op|sm|azurekeyvault|file|aws-?secretsmanager|secretsmanager):|arn:aws|@Microsoft\.KeyVault|projects\/[\w-]+\/secrets|!(?:vault|Ref|Sub|GetAtt|secret|reference|env)\b|(?:process\.env|os\.(?:environ|getenv)|System\.(?:getenv|getProperty)|getenv|config|settings|self|this|req|request|params|args|options|opts|env|ENV|var|local|data|module|secrets|vars|each)[.[(])/;

const PATH =
  /^(?:file:\/\/)?(?:~|\.{1,2}|[A-Z]:\\?)?[\\/](?:(?:etc|var|run|tmp|home|opt|usr|srv|mnt|data|secrets?|vault|root|dev|app|apps|config|conf|proc|sys|Users|private|keys|certs?|ssl|tls|api|v1|v2|auth|oauth2?|login|token)\b|[\w.-]+\/[\w./-]*\.(?:pem|key|crt|cert|txt|ya?ml|json|conf|env|p12|pfx|jks))[\w./\\@ -]*$/;

const SIMPLE_URL = /^https?:\/\/[^\s@?]*$/i;

/** The first word of a sentence about a secret, where its value could stand. */
const SENTENCE =
  /^(?:must|is|was|are|has|have|had|should|shall|can|cannot|could|will|would|may|might|not|no|invalid|incorrect|required|missing|wrong|failed|fails?|failure|the|a|an|for|of|in|to|and|or|with|none|too|unable|unexpected|expected|empty|bad|mismatch|unauthorized|forbidden|denied|does|do|did|doesn't|didn't|isn't|please|use|using|enter|see|set|get|your|this|that|these|it|access|authentication|authorization|unknown|unsupported|malformed|error|ok|success|successful|valid|granted|only|at|on|by|from|when|if|because|per|check|token|secret|password|passwords|tokens|keys?|credentials?|user|users|could|minimum|maximum|contains?|between|length|longer|shorter|least|rotate|rotation|reset|refresh|read|write|list|watch|create|update|delete|patch|never|always|same|different|session|any|all|every|some|new|old|current|previous|next|first|last|one|two|signature|service|request|response|server|client|config|configuration|file|resource|object|found|key|certificate|public|private|rsa|hmac|basic|bearer|digest|pam|sshd)$/i;

/** What is a name itself where another name's value could stand: `secret key: password`. */
const NAMES = /^(?:username|password|passwd|token|secret|credentials?|api[_-]?key|access[_-]?token)$/i;

const SHORT_NUMBER = /^[-+]?\d{1,5}(?:\.\d{1,6})?(?:[a-z%]{1,3})?$/i;

/** Names that people give to Secrets of Kubernetes. */
const OBJECT_NAME =
  /^(?:[a-z0-9-]{1,40}\/)?[a-z][a-z0-9.]*(?:-[a-z0-9.]+)*-(?:tls|ssl|secrets?|credentials?|creds?|tokens?|certs?|certificates?|keys?|config|auth|ca|pull|registry|env|password|passwords|db|key|pair|webhook|account|ingress|postgres|mysql|redis|root|app|admin|user|oauth|oidc|sso|smtp|s3|backup|dockercfg|dockerconfigjson|prod|dev|staging)$/;

/** Words by which ways to log in, algorithms and the like are named. */
const METHOD =
  /^(?:basic|bearer|digest|oauth2?|oidc|saml2?|ldaps?|kerberos|ntlm|mtls|tls(?:v?1(?:\.\d)?)?|ssl(?:v\d)?|jwt|jwks|md5|sha\d{1,3}|hmac[\w-]*|scram[\w-]*|rsa[\w-]*|ecdsa[\w-]*|ed25519|aes[\w-]*|rs\d{3}|hs\d{3}|es\d{3}|ps\d{3}|x509|x\.509|pam_\w+|plain|login|cram-md5|sigv4|aws4|v\d{1,2}|utf-?8|base64)$/i;

export interface Told {
  readonly meaning: Meaning;
  readonly quoted: boolean;
  /** A sentence may follow the name: it is written with a colon and a space, or quoted. */
  readonly prose: boolean;
  /** The value is of a label, as PromQL writes it. */
  readonly label: boolean;
}

/** Whether a value under a name is to be hidden. */
export function isSecretValue(value: string, { meaning, quoted, prose, label }: Told): boolean {
  if (value === '' || value.startsWith('[redacted:') || NOTHING.test(value)) return false;
  if (REFERENCE.test(value) || PATH.test(value) || SIMPLE_URL.test(value)) return false;
  if (prose && isSentence(value)) return false;
  if (quoted && /\[redacted:[a-z-]{1,12}\]$/.test(value) && value.length < 40) return false;
  if (meaning !== 'password' && NAMES.test(value)) return false;
  switch (meaning) {
    case 'password':
    case 'header':
    case 'cookie':
      return !/^\d{1,3}$/.test(value);
    case 'token':
      return !SHORT_NUMBER.test(value) && !isCall(value, quoted);
    case 'secret':
      return !SHORT_NUMBER.test(value) && !OBJECT_NAME.test(value) && !(label && /^[a-z0-9.-]+$/.test(value));
    case 'weak':
      return looksSecret(value);
    case 'key':
      return value.length >= 20 && looksRandom(value);
    case 'none':
      return false;
    default:
      return meaning satisfies never;
  }
}

function isCall(value: string, quoted: boolean): boolean {
  return !quoted && /^[A-Za-z_][\w.]*\($|^[a-z_][\w.]*\([^)]*$/.test(value);
}

/** "must be at least 8 characters", "expired": what is said about a secret. */
function isSentence(value: string): boolean {
  const first = /^[A-Za-z']+(?=$|[\s,.:;!?)])/.exec(value)?.[0];
  if (first === undefined) return false;
  if (SENTENCE.test(first)) return first.length < value.length || !/^(?:password|secret|token)$/i.test(value);
  return (
    /^[a-z]{3,}(?:ed|ing)$/.test(first) && (first.length === value.length || /^[a-z]+[\s,.;:]/.test(value))
  );
}

/** A value that is no word, no number, no place and no name: letters with digits or signs. */
export function looksSecret(value: string): boolean {
  if (value.length < 6 || METHOD.test(value) || SHORT_NUMBER.test(value) || isPlain(value)) return false;
  if (/^[\d.:TZ+-]+$/.test(value) && !/^\d{6,}$/.test(value)) return false;
  if (/^0x[0-9a-f]+$/i.test(value)) return false;
  return (
    (/\d/.test(value) && /[A-Za-z]/.test(value)) ||
    /[!#$%^&*+=~?|]/.test(value) ||
    /[a-z][A-Z]+[a-z]+[A-Z]|:/.test(value) ||
    /[a-z]{2}[A-Z]{2}/.test(value)
  );
}

function looksRandom(value: string): boolean {
  return (
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    /^[\w+/=.:~-]+$/.test(value) &&
    !isPlain(value) &&
    !/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value)
  );
}

/** Words and names with dots, dashes and slashes, with few digits among them. */
function isPlain(value: string): boolean {
  if (/\s/.test(value)) return /^[A-Za-z][\w'-]*[,.]?(?:\s[\w'()/-]+[,.]?)+$/.test(value);
  return (
    /^[A-Za-z]+$/.test(value) ||
    /^[A-Za-z]+\d{0,3}(?:[-_./:@][A-Za-z]*\d{0,4})+$/.test(value) ||
    /^v?\d+(?:\.\d+)+/.test(value)
  );
}
