import { type Case, hidden, makerOf } from './make.ts';

const { alnum, base64, chosen, digits, hex, lines, lower, upper, uuid } = makerOf(77);
const key = lines(5);

/** The third such set. */
export const HELD_BACK: readonly Case[] = [
  hidden(
    'describe of a CronJob',
    alnum(16),
    (s) =>
      `    Command:\n      pg_dump\n      --dbname=postgresql://app:${s}@db:5432/shop\n    Environment:  <none>`,
  ),
  hidden(
    'describe, variable on its own line',
    chosen(),
    (s) => `      MAIL_PASSWORD:\n        ${s}\n      MAIL_HOST:  smtp`,
  ),
  hidden(
    'systemctl cat',
    alnum(20),
    (s) =>
      `# /etc/systemd/system/agent.service\nExecStart=/opt/agent/bin/agent -token=${s} -config /etc/agent.hcl`,
  ),
  hidden(
    'systemctl status',
    alnum(20),
    (s) => `   CGroup: /system.slice/agent.service\n           └─4111 /opt/agent -apikey ${s} -d`,
  ),
  hidden(
    'docker compose logs',
    alnum(16),
    (s) => `db-1  | 2026-11-03 10:00:00 [Note] [Entrypoint]: GENERATED ROOT PASSWORD: ${s}`,
  ),
  hidden('docker service inspect', alnum(16), (s) => `"Args":["--requirepass","${s}","--appendonly","yes"]`),
  hidden(
    'env as Python prints it',
    alnum(16),
    (s) => `environ({'HOME': '/root', 'PGPASSWORD': '${s}', 'LANG': 'C'})`,
  ),
  hidden(
    'env as Node prints it',
    alnum(16),
    (s) => `{\n  HOME: '/root',\n  COOKIE_SECRET: '${s}',\n  PORT: '80'\n}`,
  ),
  hidden(
    'ps -ef, spark',
    alnum(16),
    (s) => `spark-submit --conf spark.hadoop.fs.s3a.secret.key=${s} --class Main x.jar`,
  ),
  hidden(
    'ps, prometheus exporter',
    alnum(16),
    (s) => `/bin/postgres_exporter DATA_SOURCE_NAME=user=exp password=${s} host=db sslmode=disable`,
  ),
  hidden(
    'nginx error, upstream request',
    alnum(32),
    (s) => `upstream timed out, request: "POST /oauth/token?client_secret=${s} HTTP/1.1", host: "x"`,
  ),
  hidden(
    'nginx log format with cookie',
    alnum(26),
    (s) => `10.0.0.1 "GET / HTTP/2" 200 cookie="lang=en; session=${s}"`,
  ),
  hidden(
    'postgres error with statement',
    alnum(14),
    (s) => `STATEMENT:  INSERT INTO accounts (email, passwd) VALUES ('bob', '${s}')`,
  ),
  hidden(
    'mysql, change replication',
    alnum(14),
    (s) => `CHANGE REPLICATION SOURCE TO SOURCE_USER='r', SOURCE_PASSWORD='${s}', SOURCE_SSL=1`,
  ),
  hidden('redis, ACL LIST', hex(64), (s) => `1) "user default on sanitize-payload #${s} ~* &* +@all"`),
  hidden(
    'rabbitmqctl, environment',
    alnum(14),
    (s) => `[{rabbit,[{default_user,<<"bob">>},{default_pass,<<"${s}">>}]}]`,
  ),
  hidden(
    'kafka client properties in a log',
    alnum(14),
    (s) =>
      `sasl.jaas.config = [${['org', 'ScramLoginModule'].join('.')} required username="u" password="${s}";]`,
  ),
  hidden('terraform destroy', alnum(16), (s) => `      - db_password = "${s}" -> null`),
  hidden(
    'terraform console',
    alnum(16),
    (s) => `> var.settings\n{\n  "admin_pass" = "${s}"\n  "region" = "eu"\n}`,
  ),
  hidden(
    'ansible diff',
    alnum(16),
    (s) => `--- before: /etc/app.ini\n+++ after\n@@ -1 +1 @@\n-passwd=x\n+passwd=${s}\n`,
  ),
  hidden(
    'ansible loop item',
    alnum(16),
    (s) => `changed: [db-1] => (item={'name': 'bob', 'password': '${s}', 'state': 'present'})`,
  ),
  hidden(
    'java properties dump',
    alnum(16),
    (s) => `{user.name=root, javax.net.ssl.trustStorePassword=${s}, java.version=21}`,
  ),
  hidden('java, R2DBC', alnum(14), (s) => `r2dbc:postgresql://bob:${s}@db/shop: connection refused`),
  hidden(
    'actuator configprops',
    alnum(16),
    (s) => `"properties":{"host":"smtp","password":"${s}","port":587}`,
  ),
  hidden(
    'JSON escaped twice in logfmt',
    alnum(16),
    (s) => `msg="{\\\\\\"api_token\\\\\\":\\\\\\"${s}\\\\\\"}"`,
  ),
  hidden('URL-encoded twice', alnum(16), (s) => `next=%252Fcb%253Faccess_token%253D${s}%2526x%253D1`),
  {
    title: 'PEM cut at both its ends',
    text: `${key[0]?.slice(20)}\n${key.slice(1).join('\n')}\n-----END RSA PRIVATE KEY-----`,
    secrets: key.slice(1),
  },
  hidden(
    'Go debug dump',
    alnum(30),
    (s) => `> GET /v1 HTTP/1.1\n> Authorization: Token ${s}\n> Content-Type: application/json`,
  ),
  hidden(
    'Python, httpx',
    alnum(30),
    (s) => `Headers([('host', 'x'), ('authorization', 'ApiKey ${s}'), ('accept', '*/*')])`,
  ),
  hidden('Node, undici', alnum(30), (s) => `headers: [ 'x-goog-api-key', '${s}', 'accept', '*/*' ]`),
  hidden('GitLab CI', alnum(20), (s) => `$ curl --header "JOB-TOKEN: ${s}" "$CI_API_V4_URL/projects"`),
  hidden('npm config', alnum(24), (s) => `npm config set _auth ${s}`),
  hidden('Slack legacy', `${digits(12)}-${digits(12)}-${hex(32)}`, (s) => `token: "xoxp-${s}"`),
  hidden('Vault dev', alnum(24), (s) => `Root Token: hvs.${s}\n`),
  hidden('Datadog agent', hex(32), (s) => `api_key: ${s}\nsite: datadoghq.eu`),
  hidden('Twilio pair', hex(32), (s) => `curl -X POST https://api.twilio.com/x -u AC${hex(32)}:${s}`),
  hidden('SendGrid by SMTP', `${alnum(22)}.${alnum(43)}`, (s) => `smtp auth user=apikey pass=SG.${s}`),
  hidden('pgpass by cat', chosen(), (s) => `$ cat ~/.pgpass\nlocalhost:5432:*:postgres:${s}\n`),
  hidden('WireGuard, wg-easy', `${alnum(43)}=`, (s) => `{"server":{"privateKey":"${s}","publicKey":"x"}}`),
  hidden('age by pipe', upper(58), (s) => `sops --age AGE-SECRET-KEY-1${s} -d x.yaml`),
  hidden('GPG export', alnum(400), (s) => `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${s}\n`),
  hidden('OpenStack', alnum(16), (s) => `export OS_PASSWORD=${s}\nexport OS_USERNAME=bob`),
  hidden('Salt', alnum(16), (s) => `salt '*' mysql.user_create bob host=% password=${s}`),
  hidden('Chef', alnum(16), (s) => `node['mysql']['server_root_password'] = '${s}'`),
  hidden('Helm NOTES', alnum(16), (s) => `To get your password run: echo ${s} | base64 -d`),
  hidden('PHP-FPM', alnum(16), (s) => `env[DB_PASS] = ${s}`),
  hidden('Apache', alnum(16), (s) => `SetEnv DB_PASSWORD "${s}"`),
  hidden('uWSGI', alnum(16), (s) => `env = SECRET_KEY=${s}`),
  hidden('supervisor', alnum(16), (s) => `environment=HOME="/srv",API_SECRET="${s}",PORT="80"`),
  hidden('crontab', alnum(16), (s) => `*/5 * * * * PGPASSWORD=${s} psql -h db -c 'vacuum'`),
  hidden('chat: two lines', chosen(), (s) => `user: admin\npass: ${s}`),
  hidden('chat: login with slash', alnum(12), (s) => `login is admin/${s} for now`),
  hidden('a ticket', chosen(), (s) => `I reset it, new password = ${s} (valid until Friday)`),
  hidden('a table of psql', lower(12), (s) => ` name | password\n------+----------\n bob  | ${s}\n`),
  hidden('a table of kubectl', alnum(20), (s) => `NAME   TOKEN                  AGE\nci     ${s}   3d`),
  hidden('token in a path', alnum(40), (s) => `PUT /v1/auth/token/${s}/revoke 204`),
  hidden('VAPID', alnum(43), (s) => `vapid_private_key=${s}`),
  hidden('LUKS by keyfile text', alnum(24), (s) => `echo -n "${s}" | cryptsetup luksOpen /dev/sdb1 data -`),
  hidden('Zookeeper digest', base64(20), (s) => `addauth digest bob:${s}`),
  hidden('etcd flags', alnum(16), (s) => `etcdctl --user=root --password=${s} get --prefix /`),
  hidden('client id and secret pair', uuid(), (s) => `clientId=x,clientSecret=${s},tenant=y`),
];

/** What only looks like a secret, written with them. */
export const HELD_BACK_HARMLESS: readonly string[] = [
  'Events:\n  Normal  Pulled  3m  kubelet  Successfully pulled image "shop:2026.11.3" in 1.2s',
  'Secret/shop-db-2 configured (server dry run)',
  '└─4111 /opt/agent -config /etc/agent/agent-v2.hcl -token-file /run/secrets/agent',
  'TOKEN_TTL=3600 SESSION_SECONDS=900',
  'PasswordAuthentication no',
  'auth.log: pam_unix(cron:session): session opened for user root by (uid=0)',
  '{"login":"bob","id":583231,"node_id":"U_kgDOABCDEF"}',
  'GET /login?next=%2Forders%3Fpage%3D2 302',
  'token count: 1532 (prompt) + 211 (completion)',
  'index "tokens_pkey" is 42 MB',
  'keyspace hits: 48123 misses: 12',
  'Cipher: TLS_CHACHA20_POLY1305_SHA256, Bits: 256',
  'login failed for tenant acme-prod-eu1 (3 of 5)',
  'restic snapshot 7f3c2a1b saved, password file /etc/restic/pass',
  'rebuild of auth-ui@3.2.1 by build 20261103.4',
  'user shop_rw2 has no privilege on table secrets_v3',
  'Started Session c7 of User deploy.',
  'node_secret_mounts{pod="shop-6f7d8c9b5-zx2kq"} 3',
  'checksum mismatch: got 5f4dcc3b5aa765d61d8327deb882cf99 for secrets.tar.gz',
  'credentials for registry.example.com are read from ~/.docker/config.json',
];
