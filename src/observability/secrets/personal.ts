import { type Hide, mark, where } from './rule.ts';

/**
 * No mail goes there: units of systemd, names inside a network, and files. What ends in one of them is the name of a
 * machine, an instance or a worker, by which an engineer has to find it.
 */
const NO_MAIL =
  /\.(?:service|socket|timer|slice|mount|automount|target|path|scope|device|swap|network|local|internal|intranet|lan|home|corp|localdomain|localhost|private|svc|cluster|consul|node|pod|docker|kube|prod|staging|invalid|png|jpe?g|gif|svg|webp|ico|css|js|mjs|ts|json|ya?ml|html?|conf|log|txt|gz|tgz|tar|zip|whl|jar|rpm|deb|lock|git)$/i;

/** Accounts of machines and programs, never of a person. */
const NO_PERSON =
  /^(?:root|git|hg|svn|ec2-user|ubuntu|debian|centos|fedora|rocky|core|vagrant|www-data|nginx|apache|celery|rabbit|rabbitmq|ejabberd|emqx|postgres|postgresql|mysql|redis|nobody|daemon|getty|ssh|sshd|user|deploy|ansible|jenkins)$/i;

/** Commands and URLs that take `user@host`. */
const REMOTE =
  /(?:\b(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|autossh|sshfs)\b[^\n|;&]{0,120}|\b(?:ssh|sftp|scp|git|git\+ssh|rsync):\/\/)$/;

function isPerson(name: string, host: string, before: string, after: string): boolean {
  if (NO_MAIL.test(`.${host}`) || NO_PERSON.test(name)) return false;
  // Ciphers and key exchanges of SSH are named so.
  if (/^(?:libssh\.org|openssh\.com)$/i.test(host) && /\d/.test(name)) return false;
  // `user@host:/path` and `user@host:repo.git`, as scp and git write it.
  if (/^:(?:[/~]|[\w.-]{1,60}\/|[\w.-]{1,60}\.git\b)/.test(after)) return false;
  // A Kerberos principal: service/host@REALM.
  if (/[A-Za-z]\/$/.test(before) && host === host.toUpperCase()) return false;
  return !REMOTE.test(before);
}

const EMAIL = /(?<![\w.%+-])([\w.%+-]{1,64}?)(@|%40)((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})\b/g;

const hideEmail: Hide = (text) =>
  text.replace(EMAIL, (whole: string, name: string, _at: string, host: string, at: number) => {
    const before = text.slice(Math.max(0, at - 140), at);
    const after = text.slice(at + whole.length, at + whole.length + 64);
    return isPerson(name, host, before, after) ? mark('email') : whole;
  });

export const PERSONAL: readonly Hide[] = [
  where(['@', '%40'], hideEmail),
  (text) =>
    text.replace(/(?<![\d.])[2-6](?:[ -]?\d){12,18}(?![\d.]\d|\d)/g, (digits) =>
      isCardNumber(digits.replace(/\D/g, '')) ? mark('card') : digits,
    ),
];

/** By the issuers' first digits and Luhn's checksum, so that timestamps and counters stay readable. */
function isCardNumber(digits: string): boolean {
  if (
    !/^(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|6(?:011|5\d\d)\d{12})$/.test(
      digits,
    )
  ) {
    return false;
  }
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
