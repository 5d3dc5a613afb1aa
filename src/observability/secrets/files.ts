import { type Hide, mark, rule } from './rule.ts';
import { looksSecret } from './text/values.ts';

/** Lines of files in which a secret is known by the column that it stands in. */
export const FILES: readonly Hide[] = [
  // .netrc, on one line or on several.
  rule(
    ['login', 'machine'],
    /(\blogin\s{1,20}\S{1,200}\s{1,20}password\s{1,20})(?!\[redacted:)([^\s"'\\]{1,400})/g,
    (_, head = '') => head + mark('password'),
  ),
  rule(
    ['machine', 'default'],
    /((?:\bmachine\s{1,20}\S{1,200}|\bdefault)\s{1,20}password\s{1,20})(?!\[redacted:)([^\s"'\\]{1,400})/g,
    (_, head = '') => head + mark('password'),
  ),
  // .pgpass: host, port, database, user, password.
  rule(
    [':'],
    /(:(?=(?:[1-9]\d{3,4}|\*):)(?<=(?:^|\n)[ \t]{0,20}[\w.*-]{1,100}:)(?<!\.(?:go|ts|js|py|rb|java|c|cc|cpp|h|rs|php|kt|cs|ex|scala):)[\d*]{1,5}:[\w.*-]{1,64}:[\w.*@-]{1,64}:)(?!\[redacted:)(?=[^\s:]{3,200}[ \t]{0,4}(?:\r?\n|$))\S{3,200}/g,
    (_, head = '') => head + mark('password'),
  ),
  // htpasswd and rsyncd.secrets, whose every line is user:secret; the file is named before them.
  rule(
    ['htpasswd', 'rsyncd.secrets', 'rsync.secrets'],
    /((?:htpasswd|rsyncd?\.secrets)[\w.]{0,20}:(?:\d{1,6}:)?\s{0,4})((?:[\w.@-]{1,64}:[^\s:]{4,200}[ \t]{0,4}(?:\r?\n|$)){1,200})/g,
    (_, head = '', lines = '') =>
      head + lines.replace(/:(?!\[redacted:)[^\s:]{4,200}/g, () => `:${mark('password')}`),
  ),
  // The secrets of pppd: client, server, secret, addresses.
  rule(
    ['-secrets', 'client', '* "'],
    /((?:(?:pap|chap|ppp|srp)-secrets[^\n\s]{0,40}?[:\s]\s{0,4}|\bsecret[ \t]{1,20}IP[^\n]{0,40}\n[ \t]{0,20}|(?<=^|\n)(?=\S{1,64}[ \t]{1,20}\*[ \t]{1,20}"))"?[\w@.\\-]{1,64}"?[ \t]{1,20}(?:\*|[\w.-]{1,64})[ \t]{1,20})(?!\[redacted:)("[^"\n]{4,200}"|[^\s"]{4,200})(?=[ \t]{1,20}(?:\*|\d{1,3}(?:\.\d{1,3}){3})|[ \t]{0,20}(?:\r?\n|$))/g,
    (_, head = '', value = '') =>
      value.startsWith('"') ? `${head}"${mark('password')}"` : head + mark('password'),
  ),
  // The accounts of Postfix at other servers.
  rule(
    [']:2', ']:4', ']:5', 'sasl_passwd'],
    /((?:\]:\d{2,5}|sasl_passwd:?(?:\d{1,6}:)?[ \t]{0,4}\[?[\w.-]{1,80}\]?(?::\d{2,5})?)[ \t]{1,20}[\w.+@-]{1,100}:)(?!\[redacted:)([^\s:]{6,200})(?=\s|$)/g,
    (whole, head = '', value = '') => (looksSecret(value) ? head + mark('password') : whole),
  ),
];
