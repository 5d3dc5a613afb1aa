/** Secrets in the surroundings in which they turn up. Their values are made here, so that none stands in this file. */

export interface Case {
  readonly title: string;
  readonly text: string;
  /** What must not be left, in pieces of six characters. */
  readonly secrets: readonly string[];
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALNUM = `${LOWER}${LOWER.toUpperCase()}${DIGITS}`;

let state = 20_261_129;
function below(limit: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % limit;
}
function some(alphabet: string, length: number): string {
  const made = Array.from({ length }, () => alphabet[below(alphabet.length)]).join('');
  // A value without any digit or letter of some kind would be another case.
  return length < 12 || alphabet.length < 30 || (/\d/.test(made) && /[A-Za-z]/.test(made))
    ? made
    : some(alphabet, length);
}
const alnum = (length: number) => some(ALNUM, length);
const hex = (length: number) => some(`${DIGITS}abcdef`, length);
const HEX = (length: number) => hex(length).toUpperCase();
const lower = (length: number) => some(LOWER + DIGITS, length);
const upper = (length: number) => some(LOWER.toUpperCase() + DIGITS, length);
const base64 = (bytes: number) => Buffer.from(alnum(bytes)).toString('base64');
const uuid = () => [8, 4, 4, 4, 12].map(hex).join('-');
/** As people choose them. */
const chosen = () => `${alnum(6)}!${alnum(3)}`;
const lines = (count: number) => Array.from({ length: count }, () => alnum(64));

/** A case from a text with a place for the secret; a second one for another way to say the same is not needed. */
function hidden(title: string, secret: string, around: (secret: string) => string): Case {
  return { title, text: around(secret), secrets: secret.split(/\s+/).filter((piece) => piece.length >= 6) };
}

/** Prefixes are written in two halves: a whole one alarms those who look for tokens in repositories. */
const vendor = (title: string, [first, second]: readonly [string, string], rest: string): Case[] => [
  {
    title,
    text: `2026-11-03 12:00:00 ERROR request with ${first}${second}${rest} was refused`,
    secrets: [rest],
  },
];

const byName: Case[] = [
  ['environment', (s: string) => `DB_PASSWORD=${s}`],
  ['exported variable', (s: string) => `export PGPASSWORD='${s}' && psql -h db`],
  ['properties of Spring', (s: string) => `spring.datasource.password=${s}`],
  ['header of an API', (s: string) => `x-api-key: ${s}`],
  ['AWS credentials file', (s: string) => `[default]\naws_secret_access_key = ${s}\nregion = eu-west-1`],
  ['hash rocket of Ruby', (s: string) => `{:user=>"bob", :password=>"${s}"}`],
  ['quoted hash rocket', (s: string) => `Parameters: {"user[password]"=>"${s}", "commit"=>"Log in"}`],
  ['Go assignment', (s: string) => `clientSecret := "${s}"`],
  ['PHP array', (s: string) => `$config['password'] = '${s}';`],
  ['Python keyword argument', (s: string) => `connect(host="db", password='${s}', timeout=3)`],
  ['Python bytes', (s: string) => `settings: {'SECRET_KEY': b'${s}'}`],
  ['default of a typed argument', (s: string) => `def login(user: str, password: str = "${s}"):`],
  ['environment index', (s: string) => `ENV["API_TOKEN"] = "${s}"`],
  ['Rust struct', (s: string) => `Config { user: "bob", password: Some("${s}") }`],
  ['Java toString', (s: string) => `DbConfig(user=bob, password=${s}, url=jdbc:h2:mem)`],
  ['logfmt', (s: string) => `level=info user=bob pwd=${s} status=401`],
  ['JSON', (s: string) => JSON.stringify({ user: 'bob', password: s, port: 1 })],
  ['JSON in JSON', (s: string) => JSON.stringify({ msg: JSON.stringify({ apiKey: s, user: 'bob' }) })],
  [
    'JSON in JSON in JSON',
    (s: string) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ client_secret: s }) }) }),
  ],
  ['JSON with spaces', (s: string) => `{ "refresh_token" : "${s}" }`],
  ['JSON on several lines', (s: string) => JSON.stringify({ db: { passwd: s } }, null, 2)],
  ['JSON array', (s: string) => `{"tokens": ["${s}", "${s}x"]}`],
  ['HTML-escaped JSON', (s: string) => `{&quot;password&quot;:&quot;${s}&quot;}`],
  ['YAML', (s: string) => `db:\n  user: bob\n  password: ${s}\n  port: 5432`],
  ['YAML in quotes', (s: string) => `  adminPassword: '${s}'`],
  ['YAML list', (s: string) => `users:\n- token: ${s}\n  name: bob`],
  ['YAML with a tag', (s: string) => `password: !!str ${s}`],
  ['YAML flow', (s: string) => `db: {password: ${s}, user: bob}`],
  ['YAML value on the next line', (s: string) => `password:\n  ${s}\nuser: bob`],
  ['XML element', (s: string) => `<server><id>x</id><password>${s}</password></server>`],
  ['XML element with a namespace', (s: string) => `<wsse:Password Type="PasswordText">${s}</wsse:Password>`],
  ['XML attribute', (s: string) => `<user name="bob" password="${s}" roles="admin"/>`],
  ['XML property', (s: string) => `<property name="password" value="${s}"/>`],
  ['NuGet', (s: string) => `<add key="ClearTextPassword" value="${s}" />`],
  ['entry with a key', (s: string) => `<entry key="api.token">${s}</entry>`],
  ['property list', (s: string) => `<key>Password</key>\n<string>${s}</string>`],
  ['CDATA', (s: string) => `<secret><![CDATA[${s}]]></secret>`],
  ['escaped XML', (s: string) => `body: &lt;password&gt;${s}&lt;/password&gt;`],
  ['name and value as JSON', (s: string) => `{"name":"DB_PASSWORD","value":"${s}"}`],
  ['name and value as YAML', (s: string) => `env:\n- name: API_TOKEN\n  value: ${s}`],
  ['parameters of a stack', (s: string) => `ParameterKey=DBPassword,ParameterValue=${s}`],
  ['Markdown', (s: string) => `**Password:** ${s}`],
  ['table', (s: string) => `| password | ${s} |`],
  ['two words', (s: string) => `API key: ${s}`],
  ['three words', (s: string) => `Secret Access Key = ${s}`],
  ['sentence', (s: string) => `the new password is ${s}, please change it`],
  ['quoted in a sentence', (s: string) => `login failed: token "${s}" was revoked`],
  ['default of a shell variable', (s: string) => `DB_PASSWORD=\${DB_PASSWORD:-${s}}`],
  ['numbered name', (s: string) => `PASSWORD_2=${s}`],
  ['connection string', (s: string) => `Server=db;User Id=sa;Password=${s};Encrypt=true`],
  ['ODBC', (s: string) => `DRIVER={x};UID=sa;PWD={${s}};DATABASE=shop`],
  [
    'storage account',
    (s: string) => `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${s}==;EndpointSuffix=x`,
  ],
  ['service bus', (s: string) => `Endpoint=sb://x/;SharedAccessKeyName=Root;SharedAccessKey=${s}=`],
  ['libpq', (s: string) => `host=db user=bob password=${s} sslmode=require`],
  ['form', (s: string) => `grant_type=password&username=bob&password=${s}&scope=all`],
  ['query', (s: string) => `GET /reset?token=${s}&lang=en HTTP/1.1`],
  ['encoded query', (s: string) => `redirect=%2Freset%3Ftoken%3D${s}%26lang%3Den`],
  ['encoded brackets', (s: string) => `user%5Bpassword%5D=${s}&commit=x`],
  ['Redis configuration', (s: string) => `port 6379\nrequirepass ${s}\nappendonly yes`],
  ['WireGuard', (s: string) => `[Interface]\nPrivateKey = ${s}=`],
  ['wireless', (s: string) => `network={\n  ssid="x"\n  psk="${s}"\n}`],
  ['Rails', (s: string) => `SECRET_KEY_BASE=${s}`],
  ['signature', (s: string) => `X-Hub-Signature-256: sha256=${s}`],
  ['cookie', (s: string) => `Cookie: session=${s}; theme=dark`],
  ['set cookie', (s: string) => `< Set-Cookie: JSESSIONID=${s}; Path=/; HttpOnly`],
  ['session of Java', (s: string) => `GET /shop;JSESSIONID=${s} HTTP/1.1`],
  ['printed header of Go', (s: string) => `map[Authorization:[Bearer ${s}] Accept:[*/*]]`],
  ['authorization with a scheme of its own', (s: string) => `Authorization: Token ${s}`],
  ['authorization without a scheme', (s: string) => `authorization: ${s}`],
  ['PagerDuty', (s: string) => `Authorization: Token token=${s}`],
  [
    'AWS signature',
    (s: string) =>
      `Authorization: AWS4-HMAC-SHA256 Credential=X/20261103, SignedHeaders=host, Signature=${s}`,
  ],
  ['digest', (s: string) => `Authorization: Digest username="bob", realm="x", response="${s}"`],
  ['nginx', (s: string) => `proxy_set_header Authorization "Basic ${s}";`],
  ['SQL', (s: string) => `CREATE USER bob IDENTIFIED BY '${s}';`],
  ['SQL of PostgreSQL', (s: string) => `ALTER ROLE bob WITH LOGIN PASSWORD '${s}'`],
  ['SQL function', (s: string) => `SET PASSWORD FOR 'bob'@'%' = PASSWORD('${s}')`],
  ['SQL update', (s: string) => `UPDATE users SET password = '${s}' WHERE id = 1`],
  ['SQL insert', (s: string) => `INSERT INTO users (name, password) VALUES ('bob', '${s}')`],
  ['what is told to Redis', (s: string) => `1700000000.1 [0 10.0.0.1:5] "AUTH" "${s}"`],
].map(([title, around]) => hidden(String(title), alnum(20), around as (secret: string) => string));

const chosenByPeople: Case[] = [
  ['environment', (s: string) => `MYSQL_ROOT_PASSWORD=${s}`],
  ['JSON', (s: string) => JSON.stringify({ password: s })],
  ['YAML', (s: string) => `  password: ${s}`],
  ['quoted with escapes', () => `{"password":"ab\\"cdefgh\\"ij"}`],
].map(([title, around], at) =>
  hidden(
    `chosen by a person: ${title}`,
    at === 3 ? 'cdefgh' : chosen(),
    around as (secret: string) => string,
  ),
);

const commands: Case[] = [
  ['long flag', (s: string) => `tool --user bob --password ${s} --verbose`],
  ['long flag with =', (s: string) => `tool --client-secret=${s}`],
  ['single dash', (s: string) => `java -Djavax.net.ssl.keyStorePassword=${s} -jar x.jar`],
  ['keytool', (s: string) => `keytool -list -storepass ${s} -keystore x.jks`],
  ['mysql', (s: string) => `mysql -u root -p${s} shop`],
  ['mysqldump in a list', (s: string) => `["mysqldump", "-uroot", "-p${s}", "shop"]`],
  ['redis-cli', (s: string) => `redis-cli -h cache -a ${s} ping`],
  ['sshpass', (s: string) => `sshpass -p '${s}' ssh root@web-1 uptime`],
  ['docker login', (s: string) => `docker login -u bob -p ${s} registry.example.com`],
  ['curl', (s: string) => `curl -sS -u bob:${s} https://shop/health`],
  ['curl header', (s: string) => `curl -H 'X-Vault-Token: ${s}' https://vault/v1/x`],
  ['mongosh', (s: string) => `mongosh -u admin -p ${s} --host db`],
  ['ldapsearch', (s: string) => `ldapsearch -x -D cn=admin -w ${s} -b dc=x`],
  ['openssl', (s: string) => `openssl enc -aes-256-cbc -pass pass:${s} -in x`],
  ['chpasswd', (s: string) => `echo "root:${s}" | chpasswd`],
  ['htpasswd', (s: string) => `htpasswd -bc /etc/nginx/htpasswd bob ${s}`],
  ['password by pipe', (s: string) => `echo ${s} | docker login --password-stdin -u bob`],
  ['secret from literals', (s: string) => `kubectl create secret generic x --from-literal=any=${s}`],
  ['AWS settings', (s: string) => `aws configure set aws_secret_access_key ${s}`],
  ['psql', (s: string) => `psql postgresql://bob:${s}@db:5432/shop`],
  ['smbclient', (s: string) => `smbclient //srv/x -U 'bob%${s}'`],
  ['sqlcmd', (s: string) => `sqlcmd -S db -U sa -P ${s} -Q "select 1"`],
  ['rabbitmqctl', (s: string) => `rabbitmqctl add_user bob ${s}`],
  ['router', (s: string) => `snmp-server community ${s} RO`],
].map(([title, around]) => hidden(`command: ${title}`, alnum(16), around as (secret: string) => string));

const urls: Case[] = [
  ['user and password', (s: string) => `redis://medic:${s}@redis:6379/0`],
  ['password only', (s: string) => `redis://:${s}@redis:6379/0`],
  ['token as the user', (s: string) => `git clone https://${s}@git.example.com/x.git`],
  ['token as the user, with a word', (s: string) => `https://${s}:x-oauth-basic@git.example.com/x`],
  ['password with @', (s: string) => `amqp://bob:${s}@x1y@mq:5672/`],
  ['password with /', (s: string) => `postgres://bob:ab/${s}@db/shop`],
  ['several hosts', (s: string) => `mongodb+srv://bob:${s}@a.example.com,b.example.com/x?ssl=true`],
  ['driver of Go', (s: string) => `bob:${s}@tcp(10.0.0.1:3306)/shop`],
  ['no scheme', (s: string) => `connecting to bob:${s}@10.0.0.5:5432`],
  ['Oracle', (s: string) => `jdbc:oracle:thin:scott/${s}@//db:1521/x`],
  ['JDBC parameters', (s: string) => `jdbc:mysql://db:3306/x?user=bob&password=${s}`],
  ['signed URL', (s: string) => `https://b.s3.amazonaws.com/x?X-Amz-Expires=300&X-Amz-Signature=${s}`],
  ['shared access', (s: string) => `https://x.blob.core.windows.net/c?sv=2020&sp=r&sig=${s}%3D`],
  ['OAuth code', (s: string) => `GET /callback?code=${s}&scope=openid`],
  ['key', (s: string) => `https://maps.example.com/api?key=${s}&v=3`],
  ['Slack webhook', (s: string) => `https://hooks.slack.com/services/T0/B0/${s}`],
  ['Discord webhook', (s: string) => `https://discord.com/api/webhooks/1234567890/${s}`],
  ['Teams webhook', (s: string) => `https://x.webhook.office.com/webhookb2/a@b/IncomingWebhook/${s}/c`],
  ['Telegram', (s: string) => `POST https://api.telegram.org/bot123456789:AA${s}xxxxxxxxxxxxx/sendMessage`],
].map(([title, around]) => hidden(`URL: ${title}`, alnum(24), around as (secret: string) => string));

const vendors: Case[] = [
  vendor('AWS key id', ['AK', 'IA'], upper(16)),
  vendor('Google', ['AI', 'za'], alnum(35)),
  vendor('Google OAuth', ['ya', '29.'], alnum(60)),
  vendor('Google client', ['GOC', 'SPX-'], alnum(28)),
  vendor('GitHub', ['gh', 'p_'], alnum(36)),
  vendor('GitHub, fine-grained', ['github', '_pat_'], `${alnum(22)}_${alnum(59)}`),
  vendor('GitLab', ['gl', 'pat-'], alnum(20)),
  vendor('GitLab runner', ['gl', 'rt-'], alnum(20)),
  vendor('GitLab job', ['gl', 'cbt-'], `64_${alnum(20)}`),
  vendor('Slack bot', ['xo', 'xb-'], `${some(DIGITS, 12)}-${alnum(24)}`),
  vendor('Slack configuration', ['xo', 'xe.xo'], `xp-1-${alnum(60)}`),
  vendor('Slack app', ['xa', 'pp-'], `1-${upper(11)}-${hex(40)}`),
  vendor('Stripe', ['sk', '_live_'], alnum(24)),
  vendor('Stripe webhook', ['wh', 'sec_'], alnum(32)),
  vendor('Twilio', ['S', 'K'], hex(32)),
  vendor('SendGrid', ['S', 'G.'], `${alnum(22)}.${alnum(43)}`),
  vendor('Mailgun', ['ke', 'y-'], hex(32)),
  vendor('Mailchimp', ['', ''], `${hex(32)}-us12`),
  vendor('npm', ['np', 'm_'], alnum(36)),
  vendor('PyPI', ['py', 'pi-'], `AgEIcHlwaS5vcmc${alnum(70)}`),
  vendor('Docker Hub', ['dckr', '_pat_'], alnum(27)),
  vendor('DigitalOcean', ['dop', '_v1_'], hex(64)),
  vendor('Heroku', ['HR', 'KU-AA'], alnum(58)),
  vendor('Vault', ['hv', 's.'], alnum(90)),
  vendor('Vault, old', ['s', '.'], alnum(24)),
  vendor('Terraform Cloud', ['', ''], `${alnum(14)}.atlasv1.${alnum(64)}`),
  vendor('Databricks', ['da', 'pi'], hex(32)),
  vendor('New Relic', ['NR', 'AK-'], upper(27)),
  vendor('Grafana', ['gl', 'sa_'], `${alnum(32)}_${hex(8)}`),
  vendor('Grafana Cloud', ['gl', 'c_'], alnum(60)),
  vendor('Sentry', ['snt', 'ryu_'], hex(64)),
  vendor('Shopify', ['sh', 'pat_'], hex(32)),
  vendor('Square', ['sq0', 'atp-'], alnum(22)),
  vendor('Telegram', ['', ''], `${some(DIGITS, 10)}:AA${alnum(33)}`),
  vendor('Discord', ['M', 'T'], `${alnum(24)}.${alnum(6)}.${alnum(38)}`),
  vendor('OpenAI', ['s', 'k-proj-'], alnum(48)),
  vendor('Anthropic', ['s', 'k-ant-api03-'], alnum(93)),
  vendor('Hugging Face', ['h', 'f_'], alnum(34)),
  vendor('Linear', ['lin', '_api_'], alnum(40)),
  vendor('Notion', ['nt', 'n_'], `${some(DIGITS, 11)}${alnum(35)}`),
  vendor('Postman', ['PM', 'AK-'], `${hex(24)}-${hex(34)}`),
  vendor('Atlassian', ['AT', 'ATT3'], alnum(100)),
  vendor('Doppler', ['dp', '.pt.'], alnum(43)),
  vendor('Fly', ['fo', '1_'], alnum(43)),
  vendor('Tailscale', ['ts', 'key-auth-'], `${alnum(16)}-${alnum(30)}`),
  vendor('age', ['AGE-SEC', 'RET-KEY-1'], upper(58)),
  vendor('Azure', ['', ''], `${alnum(3)}8Q~${alnum(34)}`),
  vendor('OpenShift', ['sha', '256~'], alnum(43)),
  vendor('kubeadm', ['abc12', '3.'], `k${lower(14)}z`),
  vendor('JWT', ['ey', 'J'], `hbGciOiJIUzI1NiJ9.${alnum(60)}.${alnum(43)}`),
  vendor('bcrypt', ['$2', 'b$12$'], alnum(53)),
  vendor('crypt', ['$', '6$'], `${alnum(16)}$${alnum(86)}`),
  vendor('argon2', ['$argon2', 'id$'], `v=19$m=65536,t=3,p=4$${alnum(22)}$${alnum(43)}`),
  vendor('MySQL hash', ['', '*'], HEX(40)),
].flat();

const key = lines(8);
const armour = (edge: string, kind: string) => `-----${edge} ${kind}-----`;
const pem = [armour('BEGIN', 'RSA PRIVATE KEY'), ...key, armour('END', 'RSA PRIVATE KEY')].join('\n');
const whole = { secrets: key };

const containers: Case[] = [
  { title: 'a private key', text: `key:\n${pem}\nafter`, ...whole },
  { title: 'a private key within JSON', text: JSON.stringify({ private_key: pem, id: 1 }), ...whole },
  { title: 'a private key without its END', text: pem.slice(0, 300), ...whole },
  { title: 'a private key without its BEGIN', text: `${pem.slice(120)}\nafter`, ...whole },
  { title: 'a key of OpenSSH', text: pem.replaceAll('RSA', 'OPENSSH'), ...whole },
  { title: 'a key of PGP', text: pem.replaceAll('RSA PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'), ...whole },
  {
    title: 'a key in base64',
    text: `client: ${Buffer.from(pem).toString('base64')}`,
    secrets: [Buffer.from(pem).toString('base64').slice(40)],
  },
  hidden('a block scalar', lines(2).join('\n    '), (s) => `db:\n  password: |\n    ${s}\n  port: 1`),
  hidden('a folded block scalar in a list', alnum(40), (s) => `- token: >-\n    ${s}\n- name: x`),
  hidden('Docker', base64(24), (s) => `{"auths":{"registry.example.com":{"auth":"${s}"}}}`),
  hidden('kubeconfig, key', base64(60), (s) => `users:\n- name: bob\n  user:\n    client-key-data: ${s}`),
  hidden('kubeconfig, token', alnum(40), (s) => `users:\n- name: bob\n  user:\n    token: ${s}`),
  hidden('.netrc', alnum(14), (s) => `machine git.example.com login bob password ${s}`),
  hidden(
    '.netrc on several lines',
    lower(10),
    (s) => `machine git.example.com\n  login bob\n  password ${s}\n`,
  ),
  hidden('.pgpass', alnum(14), (s) => `db.example.com:5432:shop:bob:${s}`),
  hidden('htpasswd', alnum(22), (s) => `bob:$apr1$${alnum(8)}$${s}`),
  hidden('LDAP', `${alnum(30)}=`, (s) => `userPassword: {SSHA}${s}`),
  hidden('shadow', alnum(86), (s) => `root:$6$${alnum(8)}$${s}:19000:0:99999:7:::`),
  hidden(
    'a Secret as YAML',
    base64(20),
    (s) => `apiVersion: v1\ndata:\n  any.name: ${s}\nkind: Secret\nmetadata:\n  name: x`,
  ),
  hidden(
    'a Secret with text',
    alnum(12),
    (s) =>
      `kind: Secret\nmetadata:\n  name: x\nstringData:\n  config.ini: |\n    a=${s}\n    b=1\ntype: Opaque`,
  ),
  hidden('a Secret as JSON', base64(20), (s) => `{"apiVersion":"v1","data":{"any":"${s}"},"kind":"Secret"}`),
  hidden('a Secret as an annotation', base64(20), (s) =>
    JSON.stringify({ a: JSON.stringify({ data: { any: s }, kind: 'Secret' }) }),
  ),
  hidden('a JSON Web Key', alnum(43), (s) => `{"kty":"EC","crv":"P-256","d":"${s}","kid":"1"}`),
  hidden('npmrc', uuid(), (s) => `//registry.example.com/:_authToken=${s}`),
];

export const SECRETS: readonly Case[] = [
  ...byName,
  ...chosenByPeople,
  ...commands,
  ...urls,
  ...vendors,
  ...containers,
];
