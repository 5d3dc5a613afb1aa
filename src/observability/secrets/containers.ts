import { type Hide, mark, rule, where } from './rule.ts';

const SECRET_KIND =
  /\bkind\\{0,6}["']?\s{0,4}:\s{0,4}\\{0,6}["']?(?:Secret|SealedSecret|SecretList|List)\b(?![\w-])/;

/** The values of a Secret of Kubernetes: whatever their keys are called, all of them. */
const hideSecretData: Hide = (text) => {
  if (!SECRET_KIND.test(text)) return text;
  const json = text.replace(
    /(\\{0,6}["'](?:data|stringData)\\{0,6}["']\s{0,4}:\s{0,4}\{)([^{}]{1,100000})(?=\}|$)/g,
    (_, head: string, body: string) =>
      head +
      body.replace(
        /(:\s{0,4}\\{0,6}["'])(?!\[redacted:)([^"'\\]{1,50000})/g,
        (_pair, opening: string) => opening + mark('password'),
      ),
  );
  return json
    .split(/^(---[^\n]*\n)/m)
    .map((document) => (SECRET_KIND.test(document) ? hideMapping(document) : document))
    .join('');
};

/** What is more deeply indented than `data:`, in lines of YAML. Of a block scalar, the mark stands beside its key. */
function hideMapping(document: string): string {
  let indent = -1;
  let inner = -1;
  const lines = document.split('\n').flatMap((line) => {
    const depth = /^[ \t]*(?:- )?/.exec(line)?.[0].length ?? 0;
    if (line.trim() === '') return [line];
    if (indent >= 0 && depth > indent) {
      if (inner < 0) inner = depth;
      return depth > inner ? [] : [withoutValue(line)];
    }
    indent = /^[ \t]*(?:- )?["']?(?:data|stringData)["']?:[ \t]*\r?$/.test(line) ? depth : -1;
    inner = -1;
    return [line];
  });
  return lines.join('\n');
}

function withoutValue(line: string): string {
  return line.replace(
    /^([ \t]*(?:- )?[^\s:][^:\n]{0,250}:[ \t]{1,20})(?!["']?\[redacted:)\S.*$/,
    (_, head: string) => head + mark('password'),
  );
}

/** Below a line of names, the column of each name that says that it is secret. */
const hideColumns: Hide = (text) =>
  text.replace(
    /((?:^|\n)((?:"?[A-Za-z][\w -]{0,30}"?[,;\t]){1,30}"?[A-Za-z][\w -]{0,30}"?)\r?\n)((?:[^\n,]{0,300}[,;\t][^\n]{0,4000}(?:\n|$)){1,5000})/g,
    (whole: string, head: string, names: string, rows: string) => {
      const columns = names
        .split(/[,;\t]/)
        .map((name) => /^"?[\w -]{0,20}(?:passw(?:or)?d|secret|token|pwd|api_?key)"?$/i.test(name));
      if (!columns.includes(true)) return whole;
      const hide = (row: string) =>
        row
          .split(/([,;\t])/)
          .map((cell, at) =>
            at % 2 === 0 && columns[at / 2] === true && /^[^\s[]\S{3,}\r?$/.test(cell)
              ? mark('password')
              : cell,
          )
          .join('');
      return head + rows.split('\n').map(hide).join('\n');
    },
  );

export const CONTAINERS: readonly Hide[] = [
  where(['pass', 'secret', 'token', 'pwd', 'api_key', 'apikey'], where([','], where(['\n'], hideColumns))),
  where(['kind'], where(['secret'], where(['data'], hideSecretData))),
  // The registries of Docker and the credentials of npm, whose names say little.
  rule(
    ['auth'],
    /(\\{0,6}["'](?:auth|_auth|identitytoken|registrytoken)\\{0,6}["']\s{0,4}:\s{0,4}\\{0,6}["'])(?!\[redacted:)[A-Za-z0-9+/_-]{8,4000}={0,2}(?=\\{0,6}["'])/g,
    (_, head = '') => head + mark('token'),
  ),
  rule(
    ['_auth'],
    /(\b_auth(?:Token)?\s{0,3}=\s{0,3}["']?)(?!\[redacted:|\$)[^\s"'\\]{6,4000}/g,
    (_, head = '') => head + mark('token'),
  ),
  // What Travis encrypts is not told either, and Erlang's way to keep a password for a connection.
  rule(
    ['secure'],
    /(\bsecure\\{0,4}["']?:\s{1,4}\\{0,4}["']?)[A-Za-z0-9+/]{60,4000}={0,2}/g,
    (_, head = '') => head + mark('token'),
  ),
  rule(
    ['plaintext,'],
    /(\{plaintext,\s{0,4}(?:<<)?")(?!\[redacted:)[^"\n]{1,400}(?=")/g,
    (_, head = '') => head + mark('password'),
  ),
  // Headers whose names do not say that they carry a key.
  rule(
    ['x-honeycomb-team', 'x-dt-', 'x-sumo', 'x-scalyr', 'x-insert', 'x-license', 'x-ibm-client'],
    /(\bx-(?:honeycomb-team|insert-key|license-key|ibm-client-secret)\\{0,4}["']?\s{0,2}[:=]\s{0,4}\\{0,4}["']?)(?!\[redacted:)[\w.-]{16,200}/gi,
    (_, head = '') => head + mark('token'),
  ),
  // Schemes of the Authorization header, wherever they stand.
  rule(
    ['bearer', 'basic', 'negotiate', 'ssws', 'geniekey', 'token token'],
    /\b(bearer|basic|negotiate|ssws|geniekey|token token)([ \t]{1,4}|=|%20|\+)(["']?)([A-Za-z0-9._~+/=:-]{8,})/gi,
    (whole, scheme = '', gap = '', quote = '', token = '') =>
      isPlainWord(token) ? whole : `${scheme}${gap}${quote}${mark('token')}`,
  ),
];

/** "Basic authentication" is prose; "Basic dXNlcjpwYXNz" is not. */
function isPlainWord(token: string): boolean {
  return /^[A-Z]?[a-z.:/-]+$/.test(token) || /^[A-Z-]+$/.test(token);
}
