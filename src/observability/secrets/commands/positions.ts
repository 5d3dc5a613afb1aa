import { type Hide, rule } from '../rule.ts';
import { looksSecret } from '../text/values.ts';
import { GAP, NO_SECRET, quoted, WORD } from './words.ts';

interface Position {
  /** In lower case, the words without which the command does not stand there. */
  readonly words: readonly string[];
  /** The source of a pattern. */
  readonly command: string;
  /** Which of the words after the command is the secret. Flags are not counted. */
  readonly nth: number;
  /** A sentence may begin with the command's words, so that only a word which is like no other is hidden. */
  readonly prose?: true;
}

const at = (nth: number, words: readonly string[], command: string): Position => ({ words, command, nth });
const inProse = (nth: number, words: readonly string[], command: string): Position => ({
  ...at(nth, words, command),
  prose: true,
});

/** Commands that take a secret as one of their words, and say nothing beside it. */
const COMMANDS: readonly Position[] = [
  at(4, ['mc', 'mcli'], `(?:mc|mcli)${GAP}(?:alias${GAP}(?:set|s)|config${GAP}host${GAP}add)`),
  at(2, ['auth-pass'], 'auth-pass'),
  at(2, ['config set'], `pulumi${GAP}config${GAP}set(?=[^\\n]{0,80}--secret)`),
  at(
    2,
    ['add_user', 'change_password', 'authenticate_user'],
    '(?:add_user|change_password|authenticate_user)',
  ),
  at(3, ['htpasswd'], `htpasswd${GAP}-(?!\\w{0,5}n)\\w{0,5}b\\w{0,5}`),
  at(2, ['htpasswd'], `htpasswd${GAP}-(?:nb\\w{0,4}|bn\\w{0,4})`),
  at(2, ['net user'], 'net user'),
  at(2, ['wpa_passphrase'], 'wpa_passphrase'),
  at(2, ['oper '], '(?:/oper|\\bOPER)'),
  at(3, ['com2sec'], 'com2sec6?'),
  at(1, ['community'], '\\br[ow]community6?'),
  at(3, ['createuser'], 'createUser(?=\\s\\S{1,40}\\s(?:MD5|SHA))'),
  at(1, ['setcookie'], '-setcookie'),
  at(1, ['rootpw'], 'rootpw'),
  at(1, [' using '], `db2${GAP}connect${GAP}to${GAP}\\S{1,60}${GAP}user${GAP}\\S{1,60}${GAP}using`),
  at(1, ['root-password', 'user-password'], 'passwd/(?:root|user)-password(?:-again)? password'),
  inProse(1, ['mysqladmin'], 'mysqladmin[^\\n;|&]{0,120}? password'),
  inProse(1, ['rclone obscure'], `rclone${GAP}obscure`),
  inProse(1, ['bw unlock'], `bw${GAP}unlock`),
  inProse(1, ['travis encrypt'], `travis${GAP}encrypt`),
  inProse(1, ['service install'], `cloudflared${GAP}service${GAP}install`),
  inProse(
    1,
    ['vault'],
    `vault${GAP}(?:login|(?:operator${GAP})?unseal|token${GAP}(?:lookup|revoke|renew|capabilities))`,
  ),
  inProse(1, ['cargo login', 'snyk auth'], `(?:cargo${GAP}login|snyk${GAP}auth)`),
  inProse(1, ['authtoken', 'auth token'], '(?:authtoken|add-authtoken|auth[ \\t]token)'),
  inProse(1, ['identify'], '(?:NickServ|NS|nickserv|ns)[ \\t]{1,3}:?(?:IDENTIFY|identify)'),
  inProse(2, ['identify'], '(?:NickServ|NS|nickserv|ns)[ \\t]{1,3}:?(?:IDENTIFY|identify)'),
];

const FLAG = `(?:-{1,2}[A-Za-z][\\w-]{0,40}(?:=[^\\s"']{0,200})?${GAP})`;
const OTHER = `(?:(?!-{1,2}[A-Za-z])${WORD}${GAP})`;

const words: readonly Hide[] = COMMANDS.map(({ words: known, command, nth, prose }) =>
  rule(
    known,
    new RegExp(
      `(?<![\\w-])(${command}${GAP}${FLAG}{0,4}(?:${OTHER}${FLAG}{0,4}){${nth - 1}})(?![-/]|&gt;)(${WORD})`,
      'g',
    ),
    (whole, head = '', value = '') =>
      NO_SECRET.test(value) || (prose && !looksSecret(value.replace(/^["']|["']$/g, '')))
        ? whole
        : head + quoted(value),
  ),
);

/** Calls that take a secret as one of their arguments, in whatever language. */
const CALLS: readonly (readonly [nth: number, words: readonly string[], call: string])[] = [
  [
    3,
    [
      'pdo',
      'mysqli',
      'getconnection',
      'ftp_login',
      'ldap_bind',
      'imap_open',
      'ssh2_auth_password',
      'dbi->connect',
    ],
    'DBI->connect|PDO->__construct|new PDO|mysqli?(?:->__construct|_connect|_real_connect)|new mysqli|DriverManager\\.getConnection|ftp_login|ldap_bind|imap_open|ssh2_auth_password',
  ],
  [
    2,
    ['auth', 'login', 'credential'],
    'db\\.auth|[sS]et_?[bB]asic_?[aA]uth|basic_?auth|HTTPBasicAuth|HTTPDigestAuth|\\.login|UsernamePasswordCredentials|UsernamePasswordAuthenticationToken|NetworkCredential|PlainCredentials|simple_bind(?:_s)?',
  ],
  [1, ['requirepass', 'setpassword'], '\\.setPassword|\\.set_password|\\.requirepass'],
];

const ARGUMENT = `(?:"[^"\\n]{0,300}"|'[^'\\n]{0,300}'|[^\\s"',()]{1,120})`;

const calls: readonly Hide[] = CALLS.map(([nth, known, call]) =>
  rule(
    known,
    new RegExp(
      `((?:${call})\\(\\s{0,4}(?:${ARGUMENT}\\s{0,4},\\s{0,4}){${nth - 1}})("[^"\\n]{1,300}"|'[^'\\n]{1,300}')`,
      'g',
    ),
    (whole, head = '', value = '') => (NO_SECRET.test(value) ? whole : head + quoted(value)),
  ),
);

export const BY_POSITION: readonly Hide[] = [...words, ...calls];
