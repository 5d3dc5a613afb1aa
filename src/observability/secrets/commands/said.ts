import { type Hide, mark, rule } from '../rule.ts';
import { NO_SECRET, quoted, word } from './words.ts';

/** What is said to servers and devices in their own languages. */
export const SAID: readonly Hide[] = [
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
  rule(
    ['pin'],
    /(\bPIN(?: is|:| code:?| code is) {1,2})\d{4,8}(?![\w-])/g,
    (_, head = '') => head + mark('password'),
  ),
  // "Password:" in base64, as SMTP asks for it; the network that a QR code opens; what Spring's configuration server encrypts.
  rule(
    ['ugfzc3dvcmq6'],
    /(\b334 UGFzc3dvcmQ6\s{1,4}(?:[A-Z]: |> )?)[A-Za-z0-9+/]{4,400}={0,2}/g,
    (_, head = '') => head + mark('password'),
  ),
  rule(
    ['wifi:'],
    /(\bWIFI:(?:[A-Z]:[^;\n]{0,60};){0,4}P:)(?!\[redacted:)[^;\n]{4,200}/g,
    (_, head = '') => head + mark('password'),
  ),
  rule(['{cipher}'], /(\{cipher\})[\w+/=-]{16,4000}/g, (_, head = '') => head + mark('token')),
  rule(
    ['pin'],
    /((?<![A-Za-z0-9])(?<!gpio[_-])pin["']?\s?[=:]\s?["']?)\d{4,8}(?![\w.-])/gi,
    (_, head = '') => head + mark('password'),
  ),
  rule(['modifier'], /(\bmodifier '[>#<!])[^'\n]{4,200}(?=')/g, (_, head = '') => head + mark('password')),
  // A code that is sent to a person, in a sentence.
  rule(
    ['code', 'password', 'passcode', 'pin'],
    /(\b(?:one[- ]time|verification|security|login|2fa|mfa|sms|authentication|access|confirmation|activation)[ -](?:password|passcode|code|pin)(?: is|:| =)? {1,2})(\d{4,8}|[A-Z0-9]{3,5}-[A-Z0-9]{3,5})(?![\w-])/gi,
    (_, head = '') => head + mark('password'),
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
    word,
  ),
];
