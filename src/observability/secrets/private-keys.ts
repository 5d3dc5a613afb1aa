import { type Hide, mark, rule, where } from './rule.ts';

/** From BEGIN to END; without an END, to the end of the text or to where it was cut. */
const BLOCK =
  /-----BEGIN (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN [\w -]{1,30}key(?: V\d)?)-----(?:[\s\S]*?(?:-----END (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN [\w -]{1,30}key(?: V\d)?)-----|$))/g;

const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** A key whose BEGIN was cut away: the lines of base64 before its END, as far back as they go. */
function hideTails(text: string): string {
  let out = '';
  let done = 0;
  for (const { 0: end, index } of text.matchAll(END)) {
    out += text.slice(done, bodyBefore(text, index, done)) + mark('private-key');
    done = index + end.length;
  }
  return out + text.slice(done);
}

function bodyBefore(text: string, end: number, least: number): number {
  let from = end;
  while (from > least && /[A-Za-z0-9+/=\\\s]/.test(text[from - 1] ?? '')) {
    let gap = from - 1;
    while (gap > least && /[ \t]/.test(text[gap] ?? '')) gap -= 1;
    // Lines may be indented; a space within a line belongs to a sentence.
    if (gap < from - 1 && text[gap] !== '\n') return from;
    from = gap;
  }
  return from;
}

const DER = '[A-Za-z0-9+/=\\r\\n\\t ]|\\\\r|\\\\n';

export const PRIVATE_KEYS: readonly Hide[] = [
  rule(['-----begin'], BLOCK, () => mark('private-key')),
  where(['-----end'], hideTails),
  rule(['---- begin ssh2'], /---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----[\s\S]*?(?:---- END|$)/g, () =>
    mark('private-key'),
  ),
  rule(
    ['private-lines:'],
    /(Private-Lines: \d{1,5}\s{1,4})(?:[A-Za-z0-9+/=]{1,200}(?:\s{1,4}|$))+/g,
    (_, head = '') => `${head}${mark('private-key')}\n`,
  ),
  rule(['private-mac:'], /(Private-MAC: )[0-9a-f]{20,}/g, (_, head = '') => head + mark('private-key')),
  // The base64 of a PEM text, as kubeconfig and Kubernetes write it; not of a certificate or a public key.
  rule(['ls0tls1crudjti'], /LS0tLS1CRUdJTi(?!BDRVJU|BQVUJMSU)[A-Za-z0-9+/_-]{16,}={0,2}/g, () =>
    mark('private-key'),
  ),
  // Keys in DER without their armour: they begin with the version 0 or 1, by which certificates do not.
  rule(
    ['mii', 'mhc', 'mig', 'mc4caqa', 'b3blbnnzac'],
    new RegExp(
      `(?<![A-Za-z0-9+/])(?:MII[A-Za-z0-9+/]{3}IBA[AD]|MHcCAQEE|MI[GH][A-Za-z0-9+/]AgE[AB]|MC4CAQAwBQYDK2V|b3BlbnNzaC1rZXktdj)(?:${DER}){32,20000}`,
      'g',
    ),
    () => mark('private-key'),
  ),
  rule(['age-secret-key-'], /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{16,}/gi, () => mark('private-key')),
  // The private numbers of a JSON Web Key.
  rule(
    ['"kty', '\\"kty'],
    /(\\{0,4}"(?:d|p|q|dp|dq|qi|k)\\{0,4}"\s{0,4}:\s{0,4}\\{0,4}")[\w-]{16,}/g,
    (_, head = '') => head + mark('private-key'),
  ),
];
