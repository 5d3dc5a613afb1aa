import { type Hide, mark, rule } from '../rule.ts';
import { byPrefix } from './prefixes.ts';
import { PREFIXES } from './vendor-prefixes.ts';

const token = () => mark('token');

/** What is known by a word in its middle or at its end. */
const INFIXES: readonly Hide[] = [
  rule(['.atlasv1.'], /(?<![A-Za-z0-9])[A-Za-z0-9]{10,20}\.atlasv1\.[\w=-]{30,}/g, token),
  rule(['q~'], /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{28,40}/g, token),
  rule([':aa'], /(?<!\d)\d{7,12}:AA[\w-]{30,}/g, token),
  rule(['-us'], /(?<![0-9a-zA-Z])[0-9a-f]{32}-us\d{1,2}(?!\w)/g, token),
  rule(['_mmk'], /(?<!\w)[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)/g, token),
  rule(['nral'], /(?<![0-9a-z])[0-9a-z]{36}NRAL/g, token),
  rule(['aaaaaaaaaaaaaaaaaaaa'], /(?<![A-Za-z0-9+/])A{20,24}[A-Za-z0-9%]{30,}/g, token),
  // Azure marks its keys close to their end.
  rule(
    [
      'azdo',
      'jqqj9',
      'azfu',
      'azse',
      'apim',
      'acdb',
      '+ast',
      '+aba',
      '+amc',
      '+acr',
      'aiot',
      '+aeh',
      '+arm',
      'azeg',
    ],
    /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,76}(?:AZDO|JQQJ99|AzFu|AzSe|APIM|ACDb|\+ASt|\+ABa|\+AMC|\+ACR|AIoT|\+AEh|\+ARm|AZEG)[A-Za-z0-9+/]{4,40}={0,2}/g,
    token,
  ),
  // A bootstrap token of kubeadm. Names of Kubernetes events look alike, but end in hexadecimal.
  (text) =>
    text.replace(
      /\.[a-z0-9]{16}(?<=\d[a-z]{0,15})(?<=[g-z][a-f0-9]{0,15})(?![\w-]|\.\w)/g,
      (end: string, at: number) =>
        /(?:^|[^\w./-])[a-z0-9]{6}$/.test(text.slice(Math.max(0, at - 7), at)) ? `.${token()}` : end,
    ),
  // Hashes of passwords, as crypt, LDAP, Django, PostgreSQL, MySQL and Windows keep them.
  rule(
    ['$'],
    /\$(?:\d|2[abxy]|5|6|7|y|gy|apr1|md5|sha1|argon2(?:id?|d)|scrypt|bcrypt|pbkdf2[\w-]{0,20})\$(?:[^\s"',;:<>&\\]|,(?=\w=)){10,300}/g,
    token,
  ),
  rule(
    ['pbkdf2', 'scrypt:', 'bcrypt', 'argon2'],
    /(?<!\w)(?:pbkdf2(?:_|:)sha\d{1,3}|scrypt|bcrypt(?:_sha256)?|argon2)[:\d]{0,30}\$[^\s"',;<>&\\]{16,300}/g,
    token,
  ),
  rule(
    ['sha}', 'md5}', 'crypt}', 'sha256}', 'sha512}', 'pbkdf2', 'argon2}'],
    /\{(?:S?SHA(?:256|512)?|S?MD5|B?CRYPT|PBKDF2[\w-]{0,12}|ARGON2)\}[\w+/=$.,-]{8,300}/gi,
    token,
  ),
  rule(['md5'], /(?<!\w)md5[0-9a-f]{32}(?!\w)/g, token),
  rule(['scram-sha-'], /SCRAM-SHA-(?:1|256|512)\$[^\s"',;<>&\\]{16,300}/g, token),
  rule(['*'], /(?<!\w)\*[0-9A-F]{40}(?![0-9A-Za-z])/g, token),
  rule([':'], /:[0-9a-f]{32}(?![0-9a-f])(?<=[0-9a-f]{32}:[0-9a-f]{32})/gi, () => `:${token()}`),
];

export const VENDORS: readonly Hide[] = [byPrefix(PREFIXES), ...INFIXES];
