import { group, type Hide, mark, rule } from './rule.ts';
import { looksGenerated } from './text/randomness.ts';

const SCHEME = '\\b([a-z][a-z0-9+.:-]{1,30}:(?:\\\\?/){2})';

/** Addresses that are secrets themselves: whoever knows them may post there. The host stays, so that people see which one it was. */
const WEBHOOKS: readonly (readonly [word: string, host: string, secret: string])[] = [
  [
    'hooks.slack',
    'hooks\\.slack(?:-gov)?\\.com\\\\?/(?:services|workflows|triggers)\\\\?/',
    '(?:[\\w-]|\\\\?/){8,}',
  ],
  ['webhook', 'discord(?:app)?\\.com/api/(?:v\\d{1,2}/)?webhooks/', '[\\w/-]{8,}'],
  ['webhook', '[\\w.-]{1,80}\\.office\\.com/webhook(?:b2)?/', '[\\w/@.-]{8,}'],
  ['logic.azure', '[\\w.-]{1,80}\\.logic\\.azure\\.com(?::443)?/', '[\\w/@.?&=%:-]{8,}'],
  ['powerplatform', '[\\w.-]{1,80}\\.powerplatform\\.com(?::443)?/', '[\\w/@.?&=%:-]{8,}'],
  ['chat.googleapis', 'chat\\.googleapis\\.com/v1/spaces/', '[\\w/?&=%-]{8,}'],
  ['api.telegram', 'api\\.telegram\\.org/(?:file/)?bot', '[\\w:-]{16,}'],
  ['hooks.zapier', 'hooks\\.zapier\\.com/hooks/catch/', '[\\w/-]{6,}'],
  ['ifttt', 'maker\\.ifttt\\.com/trigger/[\\w-]{1,60}/(?:json/)?with/key/', '[\\w-]{8,}'],
  ['pagerduty', 'events\\.pagerduty\\.com/integration/', '[0-9a-z]{8,}'],
  ['victorops', 'alert\\.victorops\\.com/integrations/', '[\\w/-]{8,}'],
  ['opsgenie', 'opsgenie\\.com/v\\d/json/[\\w]{1,20}\\?apiKey=', '[\\w-]{8,}'],
  ['hc-ping', 'hc-ping\\.com/', '[\\w/-]{16,}'],
  ['loggly', 'loggly\\.com/(?:inputs|bulk)/', '[\\w-]{8,}'],
  ['/v1/input/', '/v1/input/', '[0-9a-f]{20,}'],
  ['webex', 'webexapis\\.com/v1/webhooks/incoming/', '[\\w=-]{8,}'],
  ['webhooks', '/(?:api/)?(?:incoming-)?webhooks?/(?:incoming/)?', '[A-Za-z0-9_-]{24,}'],
  ['/hooks/', '/hooks/', '[A-Za-z0-9]{24,}'],
  ['feishu', 'open\\.feishu\\.cn/open-apis/bot/v2/hook/', '[\\w-]{8,}'],
];

/** The ways to a page that does something for whoever opens it. */
const ONE_TIME: readonly string[] = [
  '/reset',
  '/confirm',
  '/activate',
  '/verify',
  '/invite',
  '/magic',
  '/password',
  '/forgot',
];

/** What a user name in a URL may be without being a token: a word, maybe with a number. */
const PLAIN_USER = /^[A-Za-z][A-Za-z_.-]{0,30}\d{0,4}$|^\d{1,5}$|^\$|^%[A-Z]|^<|^\{|^\[/;

/** What stands for a password that is filled in elsewhere. */
const PLACEHOLDER =
  /^(?:\*{1,20}|x{3,20}|\$\{?\w{1,60}\}?|<[\w -]{1,40}>|\{\{?[\w .-]{1,40}\}?\}|\[redacted:[a-z-]{1,12}\]|REDACTED|redacted|%s|%v)$/i;

/** Parameters of a query that only in a URL mean a secret. */
const PARAMETER =
  /([?&;](?:amp;)?(?:key|sig|code|auth|pass|pw|p|st|access|jwt|session|ticket|assertion|samlresponse|samlrequest|hmac|hash|appid|app_id|s|t|k|x-goog-signature|x-goog-credential|x-amz-credential|x-amz-signature|x-amz-security-token|sv?ig|id_token|otp|invite|magic|nonce|state|oauth_verifier|oauth_signature|subscription-key)=)([^\s&"'<>#\\;|)\]}]{6,4000})/gi;

/** Names of one letter or of little meaning need a value that can hardly be anything else. */
function isParameterSecret(name: string, value: string): boolean {
  if (value.startsWith('[redacted:')) return false;
  if (
    /^[?&;](?:amp;)?(?:sig|sv?ig|pass|pw|auth|jwt|otp|hmac|x-|assertion|samlresponse|id_token|oauth_|subscription)/i.test(
      name,
    )
  )
    return !/^(?:true|false|basic|none|required|failed|success|\w{1,5})$/i.test(value);
  return (
    value.length >= 16 &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !/^[a-z]+(?:[-_][a-z0-9]{1,12})+$/.test(value)
  );
}

export const URLS: readonly Hide[] = [
  rule(
    ['@'],
    new RegExp(
      `${SCHEME}([^\\s/@:"'<>]{0,100}:)([^\\s/"'<>]{1,300}|(?!\\d{1,5}[/?#])[^\\s"'<>?#]{1,300})@(?=[\\w.[%$({*-])`,
      'gi',
    ),
    (whole, scheme = '', _user = '', password = '') =>
      PLACEHOLDER.test(password) ? whole : `${scheme}${mark('credentials')}@`,
  ),
  rule(['@'], new RegExp(`${SCHEME}([^\\s/@:"'<>]{8,400}):?@`, 'gi'), (whole, scheme = '', user = '') =>
    PLAIN_USER.test(user) ? whole : `${scheme}${mark('credentials')}@`,
  ),
  // Drivers of Go and Oracle, and clients, that need no scheme.
  rule(
    ['@tcp(', '@unix(', '@('],
    /(?<![\w.-])([\w.-]{1,64}:)[^\s@"']{1,200}@(?=(?:tcp|unix)?\()/g,
    (_, user = '') => `${user}${mark('credentials')}@`,
  ),
  rule(
    ['jdbc:oracle', 'sqlplus', '@//', 'expdp', 'impdp', 'sqlldr', 'rman '],
    /((?:jdbc:oracle:(?:thin|oci):|\b(?:sqlplus|expdp|impdp|sqlldr|rman(?:\s{1,4}target)?)\s{1,4}(?:-[SLs]\s{1,4}){0,3}(?:userid=)?)[\w"$.-]{1,64}\/)[^\s@/]{1,200}(?=@|\s|$)/gi,
    (_, head = '') => head + mark('credentials'),
  ),
  // user:password@host, where the password looks like one and the host like one.
  rule(
    ['@'],
    /(?<![\w.:/@-])([\w.-]{1,64}:)(?=[^\s:@/]{0,60}\d)([^\s:@/"'<>]{6,100})@(?!sha\d)(?=[\w.-]{1,100}(?::\d{1,5})?(?:[/\s"',;)]|$))/g,
    (whole, user = '', password = '') =>
      /[A-Za-z!#$%^&*]/.test(password) &&
      !/^(?:mailto|sip|acct|user|for|from|to|npm|worker|node|unit)s?:$/i.test(user)
        ? `${user}${mark('credentials')}@`
        : whole,
  ),
  group(
    ['/'],
    [
      ...WEBHOOKS.map(([word, host, secret]) =>
        rule([word], new RegExp(`(${host})${secret}`, 'gi'), (_, head = '') => head + mark('token')),
      ),
      rule(
        [
          '/token',
          '/key',
          '/secret',
          '/session',
          '/share',
          '/unsubscribe',
          '/auth/',
          '/invitation',
          '/download',
        ],
        /(\/(?:tokens?|keys?|secrets?|sessions?|shared?|unsubscribe|auth|invitations?|downloads?)\/)([A-Za-z0-9_=~-]{20,400})(?=[/?#\s"'&,;)]|$)/g,
        (whole, head = '', value = '') => (looksGenerated(value) ? head + mark('token') : whole),
      ),
      rule(
        ONE_TIME,
        /(\/(?:reset|confirm|activate|verify|invite|magic|password_reset|(?:reset|forgot)[-_]password|password\/(?:reset|edit))\/)[A-Za-z0-9_.-]{20,}/gi,
        (_, head = '') => head + mark('token'),
      ),
    ],
  ),
  rule(['?', '&', ';'], PARAMETER, (whole, name = '', value = '') =>
    isParameterSecret(name, value) ? name + mark('token') : whole,
  ),
];
