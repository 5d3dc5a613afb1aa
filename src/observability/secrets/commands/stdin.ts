import { type Hide, mark, rule } from '../rule.ts';
import { user, word } from './words.ts';

/** What is put into a command by a pipe, and words that it takes as they stand. */
export const BY_PIPE: readonly Hide[] = [
  // echo "user:password" | chpasswd.
  rule(
    ['chpasswd'],
    /(?<!\[)(["']?)\b([\w.-]{1,40}):([^\s"':|\\]{1,200})(["']?)(?=\s{0,4}\|\s{0,4}(?:sudo\s{1,3})?chpasswd)/g,
    user,
  ),
  rule(['chpasswd'], /(chpasswd\s{0,3}<<<\s{0,3}["']?)([\w.-]{1,40}):([^\s"':|\\]{1,200})(["']?)/g, user),
  // Lines of user:password after chpasswd: of a here-document, of cloud-init.
  rule(
    ['chpasswd'],
    /(chpasswd[^\n]{0,60}\n(?:[^\n]{0,60}\n){0,2}?)((?:[ \t-]{0,20}[\w.-]{1,40}:[^\s:]{3,200}[ \t]{0,4}(?:\n|$)){1,100})/g,
    (_, head = '', lines = '') =>
      head + lines.replace(/:(?!\[redacted:)[^\s:]{3,200}/g, () => `:${mark('password')}`),
  ),
  rule(
    [
      '| passwd',
      '-stdin',
      '| sudo',
      'cryptsetup',
      '| gpg',
      '| wg',
      '--with-token',
      '| kinit',
      '| smbpasswd',
      '| su',
    ],
    /(\b(?:echo|printf)\s{1,3}(?:-[ne]{1,2}\s{1,3})?)((?:"[^"\n]{3,300}"|'[^'\n]{3,300}'|[^\s"'|;&\\]{3,300}))(?=\s{0,4}\|[^\n|]{0,120}?(?:--stdin|--password-stdin|\bsudo\s{1,3}-S|\bpasswd\b|\bcryptsetup\b|--passphrase-fd|\bwg\s{1,3}pubkey|--with-token|\bkinit\b|\bsmbpasswd\b))/g,
    word,
  ),
  // Every literal of a Secret that is made by hand.
  rule(
    ['create secret'],
    /(--from-literal[= ]["']?[\w.-]{1,100}=)([^\s"'\\]{1,400})/g,
    (whole, head = '', value = '') => (value.startsWith('[redacted:') ? whole : head + mark('password')),
  ),
];
