import { type Case, hidden, makerOf } from './make.ts';

const { alnum, base64, chosen, hex, lines, lower, upper } = makerOf(74);

const armour = (edge: string, kind: string) => `-----${edge} ${kind}-----`;
const key = lines(8);
const pem = (kind: string) => [armour('BEGIN', kind), ...key, armour('END', kind)].join('\n');

/** Files that hold secrets, shown or quoted in part, and commands that take them. */
export const FILES: readonly Case[] = [
  hidden('.pgpass', alnum(12), (s) => `*:*:*:postgres:${s}`),
  hidden(
    '.pgpass among others',
    alnum(12),
    (s) => `# hosts\n10.0.0.5:5432:*:repl:${s}\n10.0.0.6:5432:*:repl:x`,
  ),
  hidden('.my.cnf', chosen(), (s) => `[client]\nuser=root\npassword="${s}"\nhost=db`),
  hidden('.my.cnf without quotation marks', alnum(12), (s) => `[mysqldump]\nuser = backup\npassword = ${s}`),
  hidden('htpasswd', alnum(53), (s) => `bob:$2y$05$${s}`),
  hidden('htpasswd, SHA', `${alnum(27)}=`, (s) => `bob:{SHA}${s}`),
  hidden('htpasswd, crypt', alnum(13), (s) => `/etc/nginx/.htpasswd:\nbob:${s}\n`),
  hidden('shadow', `${alnum(16)}$${alnum(86)}`, (s) => `root:$6$${s}:19700:0:99999:7:::`),
  hidden('shadow, yescrypt', `${alnum(22)}$${alnum(43)}`, (s) => `bob:$y$j9T$${s}:19700:0:99999:7:::`),
  hidden(
    'shadow in a diff',
    `${alnum(8)}$${alnum(86)}`,
    (s) => `-bob:!:19700::::::\n+bob:$6$rounds=5000$${s}:19800::::::`,
  ),
  hidden(
    'WireGuard',
    `${alnum(43)}=`,
    (s) => `[Interface]\nAddress = 10.1.0.1/24\nPrivateKey = ${s}\nListenPort = 51820`,
  ),
  hidden(
    'WireGuard, preshared',
    `${alnum(43)}=`,
    (s) => `[Peer]\nPublicKey = x\nPresharedKey = ${s}\nAllowedIPs = 0.0.0.0/0`,
  ),
  hidden(
    'wg show',
    `${alnum(43)}=`,
    (s) => `interface: wg0\n  public key: x\n  private key: ${s}\n  listening port: 1`,
  ),
  hidden('wg showconf by command', `${alnum(43)}=`, (s) => `echo ${s} | wg pubkey`),
  { title: 'SSH key', text: `cat id\n${pem('OPENSSH PRIVATE KEY')}\n$`, secrets: key },
  { title: 'SSH key, its end cut', text: pem('OPENSSH PRIVATE KEY').slice(0, 240), secrets: key.slice(0, 3) },
  { title: 'SSH key, its begin cut', text: `…${pem('EC PRIVATE KEY').slice(100)}`, secrets: key.slice(2) },
  { title: 'key in one line', text: `TLS_KEY="${pem('PRIVATE KEY').replaceAll('\n', '\\n')}"`, secrets: key },
  {
    title: 'key in one line, its end cut',
    text: `key=${pem('PRIVATE KEY').replaceAll('\n', '\\n').slice(0, 200)}…`,
    secrets: key.slice(0, 2),
  },
  {
    title: 'key in JSON in JSON',
    text: JSON.stringify({ m: JSON.stringify({ k: pem('PRIVATE KEY') }) }),
    secrets: key,
  },
  {
    title: 'key with spaces for line ends',
    text: `private_key: ${pem('RSA PRIVATE KEY').replaceAll('\n', ' ')}`,
    secrets: key,
  },
  {
    title: 'key quoted in a mail',
    text: pem('RSA PRIVATE KEY')
      .split('\n')
      .map((line) => `> ${line}`)
      .join('\n'),
    secrets: key,
  },
  {
    title: 'key in a diff',
    text: pem('RSA PRIVATE KEY')
      .split('\n')
      .map((line) => `+${line}`)
      .join('\n'),
    secrets: key,
  },
  {
    title: 'key with times before its lines',
    text: pem('RSA PRIVATE KEY')
      .split('\n')
      .map((line) => `2026-11-03T10:00:00Z web-1 shop[12]: ${line}`)
      .join('\n'),
    secrets: key,
  },
  { title: 'both ends cut', text: `[…]\n${key.join('\n')}\n[…]\nprivate key above`, secrets: [] },
  hidden('age', upper(58), (s) => `# created: 2026\n# public key: x\nAGE-SECRET-KEY-1${s}`),
  {
    title: 'PGP',
    text: `${armour('BEGIN', 'PGP PRIVATE KEY BLOCK')}\nVersion: GnuPG v2\n\n${key.join('\n')}\n=abcd\n${armour('END', 'PGP PRIVATE KEY BLOCK')}`,
    secrets: key,
  },
  hidden(
    'PuTTY',
    lines(2).join('\n'),
    (s) =>
      `PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 2\n${s}\nPrivate-MAC: ${hex(40)}`,
  ),
  hidden('JWK', alnum(43), (s) => `{"kty":"oct","alg":"HS256","k":"${s}"}`),
  hidden(
    'kubeconfig',
    base64(80),
    (s) => `users:\n- name: admin\n  user:\n    client-certificate-data: x\n    client-key-data: ${s}`,
  ),
  hidden('.netrc', alnum(12), (s) => `machine github.com login bob password ${s}`),
  hidden('.git-credentials', alnum(20), (s) => `https://bob:${s}@git.example.com`),
  hidden('.pypirc', alnum(16), (s) => `[pypi]\nusername = bob\npassword = ${s}`),
  hidden(
    'Maven settings',
    alnum(16),
    (s) => `<server>\n  <id>nexus</id>\n  <username>bob</username>\n  <password>${s}</password>\n</server>`,
  ),
  hidden('Gradle', alnum(16), (s) => `signing.password=${s}\nsigning.keyId=1`),
  hidden('ppp', alnum(12), (s) => `# client server secret IP\nbob * "${s}" *`),
  hidden('pap-secrets', alnum(12), (s) => `/etc/ppp/pap-secrets: "bob@isp" * "${s}"`),
  hidden('chap-secrets by grep', alnum(12), (s) => `/etc/ppp/chap-secrets:4:bob\tl2tpd\t${s}\t*`),
  hidden('ipsec.secrets', alnum(24), (s) => `10.0.0.1 10.0.0.2 : PSK "${s}"`),
  hidden('wpa_supplicant', lower(12), (s) => `network={\n\tssid="office"\n\tpsk="${s}"\n}`),
  hidden('rsyncd.secrets', alnum(12), (s) => `/etc/rsyncd.secrets: bob:${s}`),
  hidden('Postfix sasl_passwd', alnum(12), (s) => `[smtp.example.com]:587 bob@example.com:${s}`),
  hidden('cifs credentials', alnum(12), (s) => `username=bob\npassword=${s}\ndomain=X`),
  hidden('fstab', alnum(12), (s) => `//nas/x /mnt cifs username=bob,password=${s},uid=1000 0 0`),
  hidden('BIND', `${alnum(43)}=`, (s) => `key "ddns" {\n  algorithm hmac-sha256;\n  secret "${s}";\n};`),
  hidden('HAProxy', alnum(12), (s) => `userlist admins\n  user bob insecure-password ${s}`),
  hidden('Keepalived', lower(8), (s) => `authentication {\n  auth_type PASS\n  auth_pass ${s}\n}`),
  hidden(
    'Corosync, Pacemaker',
    alnum(12),
    (s) => `primitive fence stonith:fence_ipmilan params ipaddr=x login=root passwd=${s} lanplus=1`,
  ),
  hidden('Nagios', alnum(12), (s) => `check_mysql -H db -u nagios -p ${s} -w 5`),
  hidden('Zabbix', alnum(16), (s) => `DBUser=zabbix\nDBPassword=${s}\n`),
  hidden('Prometheus', alnum(16), (s) => `basic_auth:\n  username: bob\n  password: ${s}`),
  hidden('Alertmanager', alnum(16), (s) => `smtp_auth_username: x\nsmtp_auth_password: '${s}'`),
  hidden('Asterisk', alnum(12), (s) => `[100]\ntype=friend\nsecret=${s}\nhost=dynamic`),
  hidden('OpenVPN, both in lines', alnum(12), (s) => `auth-user-pass file:\nusername: bob\npassword: ${s}`),
  hidden('proxy', alnum(12), (s) => `http_proxy=http://bob:${s}@proxy.example.com:3128`),
  hidden('ipmitool', alnum(12), (s) => `ipmitool -I lanplus -H 10.0.0.9 -U ADMIN -P ${s} chassis status`),
  hidden('mount.cifs', alnum(12), (s) => `mount -t cifs //nas/x /mnt -o user=bob,pass=${s}`),
  hidden('useradd', alnum(34), (s) => `useradd -m -p '$1$${alnum(8)}$${s}' bob`),
  hidden('chpasswd, here-document', alnum(12), (s) => `chpasswd <<EOF\nbob:${s}\nEOF`),
  hidden('mongo URI', alnum(12), (s) => `MONGO_URI=mongodb://bob:${s}@a:27017,b:27017/?replicaSet=rs0`),
  hidden('mongo shell', alnum(12), (s) => `db.createUser({ user: "bob", pwd: "${s}", roles: [] })`),
  hidden('mongo auth', alnum(12), (s) => `db.auth("bob", "${s}")`),
  hidden('psql \\password', alnum(12), (s) => `PGPASSWORD=${s} psql -h db -U bob -c 'select 1'`),
  hidden('consul', `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`, (s) => `consul members -token=${s}`),
  hidden('etcdctl', alnum(12), (s) => `etcdctl --user root:${s} endpoint health`),
  hidden('influx', alnum(12), (s) => `influx -username admin -password ${s} -execute 'show databases'`),
  hidden('elasticsearch', alnum(20), (s) => `curl -XGET -u elastic:${s} https://es:9200/_cluster/health`),
  hidden(
    'elastic reset',
    alnum(20),
    (s) => `Password for the [elastic] user successfully reset.\nNew value: ${s}\n`,
  ),
  hidden('kadmin', alnum(12), (s) => `kadmin.local -q "addprinc -pw ${s} bob"`),
  hidden('redis URL without a user', alnum(12), (s) => `rediss://:${s}@cache.example.com:6380/0`),
  hidden(
    'git extra header',
    base64(24),
    (s) => `http.https://git.example.com/.extraheader=AUTHORIZATION: basic ${s}`,
  ),
  hidden(
    'initial password of Jenkins',
    hex(32),
    (s) =>
      `Please use the following password to proceed to installation:\n\n${s}\n\nThis may also be found at: /var/jenkins_home/secrets`,
  ),
  hidden(
    'temporary password of MySQL',
    `${lower(5)}>${alnum(6)}`,
    (s) => `[Note] A temporary password is generated for root@localhost: ${s}`,
  ),
];
