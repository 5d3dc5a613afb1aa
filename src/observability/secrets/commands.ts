import { group, type Hide, mark, rule } from './rule.ts';

/** A word of a command line: quoted, or to the next space. */
const WORD = `(?:"[^"\\n]{1,400}"|'[^'\\n]{1,400}'|[^\\s"'\`;|&<>\\\\]{1,400})`;
/** What may stand between a command and its flag. */
const BETWEEN = '(?:[^\\n;|&]{0,300}?[ \\t",\'\\[])?';

/**
 * The flags by which well-known programs take a password, where the flag's name does not say so. `-p` of mysql takes it without
 * a space; the word after a space is a database.
 */
const FLAGS: readonly (readonly [command: string, flag: string])[] = [
  ['mysql(?:dump|admin|import|check|show|slap|pump|binlog|sh)?|mariadb(?:-\\w{1,10})?', '-p'],
  ['sshpass', '-p\\s{0,3}'],
  [
    '(?:docker|podman|nerdctl|buildah|skopeo|helm(?: registry)?|oras|crane|az|oc|argocd|cf|ibmcloud|flux)\\b[^\\n;|&]{0,60}?\\blogin',
    '(?:-p|--pass|-c)[ =]\\s{0,3}',
  ],
  [
    'mongo(?:sh|dump|restore|export|import)?|cqlsh|influx|rabbitmqadmin|nomad|openstack|vncviewer|clickhouse-client|xfreerdp|plink|pscp|lftp|mc|tsh|tctl|kinit|twine|svn|winexe|evil-winrm|crackmapexec|netexec',
    '(?:-p|-pw)[ =]\\s{0,3}',
  ],
  ['redis-cli|valkey-cli|keydb-cli|redis-benchmark', '(?:-a|--pass)[ =]\\s{0,3}'],
  ['ldap(?:search|modify|add|delete|whoami|passwd|compare)', '-w\\s{0,3}'],
  ['ipmitool|sqlcmd|bcp|isql|tsql|mosquitto_(?:pub|sub)|unzip|zip|osql', '-P\\s{0,3}'],
  ['snmp(?:walk|get|set|bulkwalk|trap)', '-[cAX]\\s{0,3}'],
  ['7z[ar]?', '-p'],
  ['rar|unrar', '-h?p'],
  ['openssl', '(?:-pass(?:in|out)?\\s{1,3}(?:pass:)?|-k\\s{1,3}|-K\\s{1,3}|-passin\\s{1,3})'],
  ['psexec(?:\\.exe)?|schtasks|cmdkey|wmic', '(?:-p|/rp|/pass:|/password:)\\s{0,3}'],
  ['xfreerdp', '/p:'],
  ['curl|wget|http|https|xh|nikto|hydra', '-b\\s{1,3}'],
  ['vault', 'login\\s{1,3}(?!-)'],
  [
    'doctl|heroku|flyctl|vercel|netlify|railway|surge|ngrok|tailscale',
    '(?:-t|authtoken|auth\\s{1,3}token)\\s{1,3}',
  ],
];

/** Words that are no secret even there. */
const NO_SECRET =
  /^(?:["']?(?:\$\{?\w+\}?|\$\(.*|<[^>]*>|\*+|-|\[redacted:[^\]]*\]?|stdin|file:.*|env:.*|fd:.*|pass:\[redacted:.*)["']?|--?[a-z].*)$/i;

const flagRules = FLAGS.map(([command, flag]) =>
  rule(
    words(command),
    new RegExp(`(?<![\\w-])((?:${command})(?:\\.exe)?(?=[\\s"',])${BETWEEN}${flag})(${WORD})`, 'g'),
    (whole, head = '', value = '') => (NO_SECRET.test(value) ? whole : head + quoted(value)),
  ),
);

/** The words by which a rule for a command sees that it has nothing to do. */
function words(command: string): readonly string[] {
  return command
    .replace(/\([^)]*\)\??|\[[^\]]*\]|\\b.*|\{.*?\}/g, '|')
    .split('|')
    .filter((word) => /^[a-z0-9-]{2,}$/.test(word));
}

function quoted(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? '';
  return quote + mark('password') + quote;
}

const user = (whole: string, head = '', name = '', password = '', tail = '') =>
  name.endsWith('[redacted') || /^(?:\[redacted:|\$\{?\w+\}?$|\$\(|\*+$|<|\{\{|\d{1,5}$)/.test(password)
    ? whole
    : `${head}${name}:${mark('password')}${tail}`;

const FLAGGED: readonly Hide[] = [
  ...flagRules,
  // curl -u user:password, and what is like it.
  rule(
    [
      'curl',
      'wget',
      'http ',
      'https ',
      'http"',
      "http'",
      'http,',
      'http-prompt',
      'etcdctl',
      'ab ',
      'siege',
      'hey ',
      'xh ',
      'aria2c',
      'lftp',
    ],
    /(?<![\w-])((?:curl|wget|https?|xh|etcdctl|ab|hey|aria2c|siege|lftp|http-prompt)(?=[\s"',])(?:[^\n;|]{0,300}?[ \t"',[])?(?:-u|-A|-a|--user|--proxy-user|--auth|--credentials?|-U|-cred)(?:[ =]|["'],\s?)?["']?)([^\s:"'`;|&]{1,100}):([^\s"'`;|&\\]{1,200})(["']?)/g,
    user,
  ),
  rule(
    ['smbclient', 'mount', 'rpcclient', 'net ', 'smbmap', 'wmic', 'impacket'],
    /(?<![\w-])((?:smbclient|rpcclient|net|smbmap|mount\.cifs)(?=\s)[^\n;|]{0,200}?(?:-U|--user=?|-u)\s{0,3}["']?)([\w\\/.-]{1,60})%([^\s"']{1,200})(["']?)/g,
    (whole, head = '', name = '', password = '', tail = '') =>
      password.startsWith('[redacted:') ? whole : `${head}${name}%${mark('password')}${tail}`,
  ),
];

/** Most text has no flag in it, and then none of the commands is looked for. */
const FLAG: readonly string[] = [' -', '\t-', '\n-', '"-', "'-", ',-', '/p:', 'vault login ', 'authtoken'];

export const COMMANDS: readonly Hide[] = [
  group(FLAG, FLAGGED),
  // echo "user:password" | chpasswd, and htpasswd and rabbitmqctl, which take both as words.
  rule(
    ['chpasswd'],
    /(?<!\[)(["']?)\b([\w.-]{1,40}):([^\s"':|\\]{1,200})(["']?)(?=\s{0,4}\|\s{0,4}(?:sudo\s{1,3})?chpasswd)/g,
    user,
  ),
  rule(['chpasswd'], /(chpasswd\s{0,3}<<<\s{0,3}["']?)([\w.-]{1,40}):([^\s"':|\\]{1,200})(["']?)/g, user),
  rule(
    ['htpasswd', 'rabbitmqctl', 'net user', 'passwd', 'add_user', 'change_password'],
    new RegExp(
      `((?:htpasswd\\s{1,3}-\\w{0,6}b\\w{0,6}\\s{1,3}[^\\s-]\\S{0,200}\\s{1,3}\\S{1,60}|htpasswd\\s{1,3}-nb\\w{0,4}\\s{1,3}\\S{1,60}|(?:add_user|change_password|authenticate_user)\\s{1,3}\\S{1,60}|\\bnet\\s{1,3}user\\s{1,3}\\S{1,60})\\s{1,3})(?![-/])(${WORD})`,
      'g',
    ),
    (whole, head = '', value = '') => (NO_SECRET.test(value) ? whole : head + quoted(value)),
  ),
  rule(
    ['| passwd', '--stdin', 'sudo -s', '| su', '--password-stdin', 'cryptsetup', '| docker', '| gpg'],
    /(\b(?:echo|printf)\s{1,3}(?:-[ne]{1,2}\s{1,3})?)((?:"[^"\n]{3,300}"|'[^'\n]{3,300}'|[^\s"'|;&\\]{3,300}))(?=\s{0,4}\|[^\n|]{0,120}?(?:--stdin|--password-stdin|\bsudo\s{1,3}-S|\bpasswd\b|\bcryptsetup\b|--passphrase-fd))/g,
    (whole, head = '', value = '') => (NO_SECRET.test(value) ? whole : head + quoted(value)),
  ),
  // Every literal of a Secret that is made by hand.
  rule(
    ['create secret'],
    /(--from-literal[= ]["']?[\w.-]{1,100}=)([^\s"'\\]{1,400})/g,
    (whole, head = '', value = '') => (value.startsWith('[redacted:') ? whole : head + mark('password')),
  ),
  // What is said to Redis, and what Redis is told to ask for.
  rule(
    ['auth'],
    /((?:^|["'\s>])AUTH["']?\s{1,3}(?:"?[\w.-]{1,40}"?\s{1,3}(?=["'\w!@#$%^&*+=]))?)(?!(?:failed|failure|error|required|login|plain|command|method|ok|success|mechanism|token|service|key|header|for|to|from|is|was|not|and|with|LOGIN|PLAIN|FAILED|ERROR|TLS|CRAM-MD5|DIGEST-MD5|XOAUTH2|NTLM)\b)("[^"\s]{4,200}"|'[^'\s]{4,200}'|[^\s"'=:,;()[\]]{6,200})(?=\s|$|"|')/g,
    (whole, head = '', value = '') =>
      NO_SECRET.test(value) || !/\d|[!@#$%^&*]|^["']/.test(value) ? whole : head + quoted(value),
  ),
  rule(
    ['auth'],
    /(\bAUTH (?:PLAIN|LOGIN|XOAUTH2) )[A-Za-z0-9+/]{8,}={0,2}/g,
    (_, head = '') => head + mark('token'),
  ),
  // Users of Redis, of mail and of HAProxy.
  rule(
    ['user'],
    /(\b(?:user|SETUSER)\s{1,4}\S{1,60}\s{1,4}(?:[^\s>#]{1,20}\s{1,4}){0,8}[>#])(?!\[redacted:)[^\s"'\\]{4,200}/gi,
    (_, head = '') => head + mark('password'),
  ),
  rule(
    ['login '],
    /(\b[A-Za-z]{0,3}\d{1,5} LOGIN "?[\w.@+-]{1,80}"? "?)(?!\[redacted:)[^\s"\\]{4,200}/g,
    (_, head = '') => head + mark('password'),
  ),
  rule(
    ['auth '],
    /(\bstats auth [\w.-]{1,60}:)(?!\[redacted:)\S{3,200}/g,
    (_, head = '') => head + mark('password'),
  ),
  rule(
    ['net use'],
    /(\bnet use (?:\w:|\*)? ?\\\\\S{1,200} )(?![/[])([^\s"'\\]{4,200})/g,
    (_, head = '') => head + mark('password'),
  ),
  // SQL: who is made, and with what.
  rule(
    ['identified'],
    /(\bIDENTIFIED\s{1,4}(?:WITH\s{1,4}['"`]?\w{1,60}['"`]?\s{1,4})?(?:BY|AS)\s{1,4}(?:PASSWORD\s{1,4}|VALUES\s{1,4})?)((?:"[^"\n]{1,400}"|'(?:[^'\n]|''){1,400}'|\\{1,4}["'][^"'\n\\]{1,400}\\{1,4}["']|[^\s"';,()]{1,400}))/gi,
    (whole, head = '', value = '') =>
      NO_SECRET.test(value) || /^(?:RANDOM|EXTERNALLY|GLOBALLY)$/i.test(value) ? whole : head + quoted(value),
  ),
  rule(
    ['password', 'crypt('],
    /(\b(?:PASSWORD|OLD_PASSWORD|crypt|digest|hmac|pgp_sym_(?:en|de)crypt|AES_(?:EN|DE)CRYPT|SHA[12]?|MD5)\s{0,3}\(\s{0,3})('(?:[^'\n]|''){1,400}'|"[^"\n]{1,400}")/g,
    (whole, head = '', value = '') => (/\[redacted:/.test(value) ? whole : head + quoted(value)),
  ),
  // Values in the order of columns, one of which is a secret's.
  rule(
    ['insert into'],
    /(\bINSERT\s{1,4}INTO\s{1,4}[\w."`[\]]{1,100}\s{0,4}\([^()\n]{0,300}?\b[\w"`]{0,20}(?:passw|secret|token|api_?key|pwd)[^()\n]{0,300}\)\s{0,4}VALUES\s{0,4})((?:\((?:[^()'\n]|'(?:[^'\n]|'')*'){0,2000}\)[\s,]{0,4}){1,50})/gi,
    (_, head = '', values = '') =>
      head + values.replace(/'(?!\[redacted:)((?:[^'\n]|''){6,400})'/g, () => `'${mark('password')}'`),
  ),
  // Routers, and PowerShell.
  rule(
    ['secret ', 'community', 'password '],
    /(\b(?:enable (?:secret|password)|username \S{1,40}(?: privilege \d{1,2})? (?:secret|password)|snmp-server community|key-string|neighbor \S{1,40} password|ppp chap password|tacacs-server key|radius-server key)\s{1,3}(?:\d\s{1,3})?)([^\s"'\\]{1,200})/gi,
    (whole, head = '', value = '') => (value.startsWith('[redacted:') ? whole : head + mark('password')),
  ),
  rule(
    ['convertto-securestring'],
    /(ConvertTo-SecureString\s{1,3}(?:-String\s{1,3})?)("[^"\n]{1,400}"|'[^'\n]{1,400}')/gi,
    (whole, head = '', value = '') => (NO_SECRET.test(value) ? whole : head + quoted(value)),
  ),
];
