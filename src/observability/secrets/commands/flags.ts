import { group, type Hide, mark, rule } from '../rule.ts';
import { AFTER_FLAG, BETWEEN, user, WORD, word } from './words.ts';

/**
 * The flags by which well-known programs take a password, where the flag's name does not say so. `-p` of mysql takes it without
 * a space; the word after a space is a database.
 */
const FLAGS: readonly (readonly [command: string, flag: string, how: keyof typeof AFTER_FLAG])[] = [
  ['mysql(?:dump|admin|import|check|show|slap|pump|binlog|sh)?|mariadb(?:-\\w{1,10})?', '-p', 'joined'],
  ['sshpass', '-p', 'either'],
  [
    '(?:docker|podman|nerdctl|buildah|skopeo|helm(?: registry)?|oras|crane|az|oc|argocd|cf|ibmcloud|flux)\\b[^\\n;|&]{0,60}?\\blogin',
    '(?:-p|--pass|-c)',
    'apart',
  ],
  [
    'mongo(?:sh|dump|restore|export|import)?|cqlsh|influx|rabbitmqadmin|nomad|openstack|vncviewer|clickhouse-client|xfreerdp|plink|pscp|lftp|mc|tsh|tctl|kinit|twine|svn|winexe|evil-winrm|crackmapexec|netexec',
    '(?:-p|-pw)',
    'apart',
  ],
  ['check_(?:mysql|pgsql|mssql|oracle|ldap|imap|smtp|ftp|mongo|vmware|esx)\\w{0,20}', '(?:-p|-w)', 'apart'],
  ['redis-cli|valkey-cli|keydb-cli|redis-benchmark', '(?:-a|--pass)', 'apart'],
  ['ldap(?:search|modify|add|delete|whoami|passwd|compare)', '-w', 'either'],
  ['ipmitool|sqlcmd|bcp|isql|tsql|mosquitto_(?:pub|sub)|unzip|zip|osql', '-P', 'either'],
  ['snmp(?:walk|get|set|bulkwalk|trap)', '-[cAX]', 'either'],
  ['kadmin(?:\\.local)?', '-pw', 'apart'],
  ['ssh-keygen', '-[NP]', 'apart'],
  ['7z[ar]?', '-p', 'joined'],
  ['rar|unrar', '-h?p', 'joined'],
  ['openssl', '(?:-pass(?:in|out)?|-passin)', 'apart'],
  ['openssl', '-[kK]', 'apart'],
  ['psexec(?:\\.exe)?|schtasks|cmdkey|wmic', '(?:-p|/rp|/pass:|/password:)', 'either'],
  ['xfreerdp', '/p:', 'joined'],
  ['curl|wget|xh|nikto|hydra', '-b', 'apart'],
  [
    'doctl|heroku|flyctl|vercel|netlify|railway|surge|ngrok|tailscale|codecov[\\w./]{0,30}\\)?',
    '-t',
    'apart',
  ],
  ['erl|iex|elixir|beam\\.smp|rabbitmqctl|ejabberdctl', '(?:-setcookie|--cookie|--erlang-cookie)', 'apart'],
];

const flagRules = FLAGS.map(([command, flag, how]) =>
  rule(
    words(command),
    new RegExp(
      `(?<![\\w-])((?:${command})(?:\\.exe)?(?=[\\s"',\\0])${BETWEEN}${flag}${AFTER_FLAG[how]}(?:pass:)?)(?!\\d{1,5}(?:[\\s"']|$))(${WORD})`,
      'g',
    ),
    word,
  ),
);

/** The words by which a rule for a command sees that it has nothing to do. */
function words(command: string): readonly string[] {
  return command
    .replace(/\([^)]*\)\??|\[[^\]]*\]|\\b.*|\{.*?\}/g, '|')
    .split('|')
    .filter((word) => /^[a-z0-9_-]{2,}$/.test(word));
}

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
    /(?<![\w-])((?:curl|wget|https?|xh|etcdctl|ab|hey|aria2c|siege|lftp|http-prompt)(?=[\s"',])(?:[^\n;|]{0,300}?[ \t"',[])?(?:-[a-zA-Z]{0,6}u|-A|-a|--user|--proxy-user|--auth|--credentials?|-U|-cred)(?:[ =]|["'],\s?)?["']?)([^\s:"'`;|&]{1,100}):([^\s"'`;|&\\]{1,200})(["']?)/g,
    user,
  ),
  rule(
    ['smbclient', 'mount', 'rpcclient', 'net ', 'smbmap', 'wmic', 'impacket'],
    /(?<![\w-])((?:smbclient|rpcclient|net|smbmap|mount\.cifs)(?=\s)[^\n;|]{0,200}?(?:-U|--user=?|-u)\s{0,3}["']?)([\w\\/.-]{1,60})%([^\s"']{1,200})(["']?)/g,
    (whole, head = '', name = '', password = '', tail = '') =>
      password.startsWith('[redacted:') ? whole : `${head}${name}%${mark('password')}${tail}`,
  ),
];

const FLAG: readonly string[] = [' -', '\t-', '\n-', '"-', "'-", ',-', '\0-', '/p:'];

export const BY_FLAG: Hide = group(FLAG, FLAGGED);
