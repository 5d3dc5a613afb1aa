import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observability/redact.ts';
import { SECRETS } from './secret-corpus.ts';

const redactor = createRedactor();
for (const secret of ['a-registered-secret', 'aaaaaaaaaaaaaaab', 'password-password'])
  redactor.register(secret);

/** The least of a few times, so that another process's work does not count. */
function timeOf(text: string, times: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) {
    const begun = performance.now();
    redactor.redact(text);
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

/** Twice the text may take twice the time; a few tries, for a machine that does other things besides. */
function growth(unit: string, size = 12_000): number {
  const of = (length: number) => unit.repeat(Math.ceil(length / unit.length));
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 5 && least > 3; time += 1) {
    const once = timeOf(of(size), 2);
    if (once < 2) return 1;
    least = Math.min(least, timeOf(of(2 * size), 2) / once);
  }
  return least;
}

describe('twice the text costs no more than about twice the time', () => {
  const hostile = [
    'a',
    'a.',
    'a-',
    'a_',
    'a@',
    'a@a.',
    'A0',
    '0',
    '4 4-',
    ' ',
    '\n',
    '"',
    "'",
    '\\',
    '\\"',
    '{',
    '[',
    '(',
    '<',
    '>',
    '=',
    ':',
    ',',
    ';',
    '|',
    '$',
    '%',
    '%40',
    '*',
    'password',
    'password=',
    'password="',
    "password='",
    'password: ',
    'password:\n',
    'password:\n ',
    'password: |\n',
    'password=\\\\\\\\"',
    'password=[',
    'password={',
    '"password":',
    '"password":"',
    '"password","',
    '<password>',
    '<password ',
    '--password ',
    'password is ',
    'password x ',
    'token:   ',
    'secret ',
    'key ',
    'api key ',
    'name: password\n',
    'kind: Secret\ndata:\n',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'abcd\n-----END PRIVATE KEY-----',
    'LS0tLS1CRUdJTi',
    'MIIEvQIBADAN',
    'eyJ',
    'eyJaaaaaaaaa-',
    'eyJaaaaaaaaa.',
    'sk-',
    'xoxb-',
    'ghp_',
    'AKIA',
    'pypi-',
    '00',
    's.',
    'SG.',
    'MT',
    'a:b@',
    'http://',
    'http://a:',
    'http://a:b',
    'hooks.slack.com/services/',
    'Basic ',
    'Bearer a',
    'Authorization: ',
    'Authorization: Digest a=b,',
    'Cookie: a=b;',
    'Set-Cookie: ',
    'curl -u ',
    'curl ',
    'mysql -p',
    'mysql ',
    'docker login ',
    'echo a | ',
    'htpasswd -b a ',
    'IDENTIFIED BY ',
    'INSERT INTO a (password) VALUES (',
    'insert into a (',
    'login a password ',
    'machine ',
    'user a on >',
    'a,password\n',
    'a,b,',
    '?key=',
    '&code=',
    '$2b$',
    '.atlasv1.',
    'Q~',
    ':AA',
    '[redacted:',
    '[redacted:password]',
    '…',
    '...',
    'a-registered',
    'aaaaaaaaaaaaaaa…',
    'password Ab1cD2eF3gH4',
    'token !',
    'login a/',
    'login -u a:Ab1cD2eF3gH4',
    '-p Ab1cD2',
    'name  password\n',
    'a | token\n',
    'token%253D',
    '/token/Ab1',
    'user_password {',
    'password\n',
    'secret id =',
    'one-time password is ',
    '-----BEGIN OpenVPN Static key',
    'a0="mysql" a1="-p" a2="',
    'a1="--password" a2="',
    '"password" "',
    '--password\\0',
    'password:\n----\n',
    '(password)',
    'abcdefgh1 (password',
    'abcdefgh1 as the token',
    '"value":"a1","name":"password',
    'value: a1\n  name: password',
    'mc alias set a b c ',
    'mc alias set ',
    'vault login ',
    'NickServ IDENTIFY a ',
    'htpasswd -b a b ',
    'htpasswd:a:',
    'pap-secrets:a * ',
    'chpasswd\na:bcd\n',
    ']:25 a@b:',
    'PDO->__construct("a", ',
    '.login(a, ',
    'SET PASSWORD FOR ',
    "PASSWORD ''",
    ':1111:a:b:',
    'name="password"\r\n\r\n',
    '{plaintext,<<"',
    'secure: "AAAA',
    `${'QUJD'.repeat(16)}\n`,
    `${'QUJD'.repeat(16)}\\n`,
  ];
  it.each(hostile)('%j, repeated', (unit) => expect(growth(unit)).toBeLessThan(3.2));

  it('and so with secrets of every kind in it', () => {
    const all = SECRETS.map(({ text }) => text).join('\n');
    expect(growth(`${all}\n`, 2 * all.length)).toBeLessThan(3.2);
  });
});
