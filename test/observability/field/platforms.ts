import { type Case, hidden, makerOf } from './make.ts';

const { alnum, base64, chosen, hex, lower } = makerOf(71);
const escapedTwice = (value: unknown) => JSON.stringify(JSON.stringify(JSON.stringify(value)));

/** What clusters, hosts and tools for infrastructure print. */
export const PLATFORMS: readonly Case[] = [
  hidden(
    'kubectl describe pod',
    alnum(16),
    (s) => `    Environment:\n      DB_PASSWORD:  ${s}\n      DB_HOST:      db (optional)\n    Mounts:`,
  ),
  hidden(
    'kubectl describe pod, arguments',
    alnum(16),
    (s) => `    Args:\n      --db-host=db\n      --db-password=${s}\n      --v=2`,
  ),
  hidden(
    'kubectl describe pod, command',
    alnum(16),
    (s) => `    Command:\n      /bin/sh\n      -c\n      mysqladmin ping -uroot -p${s}`,
  ),
  hidden(
    'kubectl describe pod, flag and value on two lines',
    alnum(16),
    (s) => `    Args:\n      --api-key\n      ${s}\n      --v=2\n    State: Running`,
  ),
  hidden(
    'kubectl describe configmap',
    alnum(16),
    (s) => `Data\n====\nDB_PASSWORD:\n----\n${s}\n\nDB_HOST:\n----\ndb\n`,
  ),
  hidden('kubectl get secret, jsonpath', base64(14), (s) => `map[password:${s} username:Ym9i]`),
  hidden(
    'kubectl, last applied configuration',
    alnum(16),
    (s) =>
      `annotations:\n  kubectl.kubernetes.io/last-applied-configuration: |\n    {"apiVersion":"apps/v1","kind":"Deployment","spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_TOKEN","value":"${s}"}]}]}}}}`,
  ),
  hidden(
    'kubectl diff',
    alnum(18),
    (s) =>
      `-        - name: REDIS_PASSWORD\n-          value: old\n+        - name: REDIS_PASSWORD\n+          value: ${s}`,
  ),
  hidden(
    'service account token in an event',
    alnum(40),
    (s) => `Warning  Failed  2m  kubelet  failed: invalid bearer token ${s}`,
  ),
  hidden(
    'systemctl show',
    alnum(16),
    (s) => `Id=shop.service\nEnvironment=LANG=C SHOP_DB_PASSWORD=${s} PORT=80\nMainPID=12`,
  ),
  hidden(
    'systemctl show, ExecStart',
    alnum(16),
    (s) =>
      `ExecStart={ path=/usr/bin/shop ; argv[]=/usr/bin/shop --token ${s} --port 80 ; ignore_errors=no ; pid=1 }`,
  ),
  hidden(
    'systemd unit',
    alnum(16),
    (s) => `[Service]\nEnvironment="API_KEY=${s}" "X=1"\nExecStart=/usr/bin/shop`,
  ),
  hidden(
    'systemd unit, quoted flag',
    alnum(16),
    (s) => `ExecStart=/usr/bin/redis-server --port 6379 --requirepass "${s}"`,
  ),
  hidden('docker inspect', chosen(), (s) => `"Env": [\n  "PATH=/usr/bin",\n  "MYSQL_ROOT_PASSWORD=${s}"\n],`),
  hidden(
    'docker inspect, command',
    alnum(16),
    (s) => `"Cmd": [\n  "redis-server",\n  "--requirepass",\n  "${s}"\n],`,
  ),
  hidden(
    'docker history',
    alnum(16),
    (s) => `<missing>  2 days ago  |1 NPM_TOKEN=${s} /bin/sh -c npm ci  120MB`,
  ),
  hidden(
    'docker build',
    alnum(16),
    (s) => `Step 4/9 : RUN npm config set //registry.example.com/:_authToken ${s}`,
  ),
  hidden('docker run', alnum(16), (s) => `docker run -d -e POSTGRES_PASSWORD=${s} -p 5432:5432 postgres:16`),
  hidden(
    'docker compose config',
    alnum(16),
    (s) => `    environment:\n      - PGPASSWORD=${s}\n      - PGUSER=shop`,
  ),
  hidden('env', alnum(20), (s) => `SHELL=/bin/bash\nAWS_SESSION_TOKEN=${s}\nPWD=/root\nHOME=/root`),
  hidden('env -0 as cat shows it', alnum(16), (s) => `PATH=/bin^@SMTP_PASS=${s}^@HOME=/`),
  hidden('/proc environ', alnum(16), (s) => `PATH=/bin\0DATABASE_PASSWORD=${s}\0HOME=/\0`),
  hidden(
    '/proc cmdline',
    alnum(16),
    (s) => `mysqld_exporter\0--mysqld.password\0${s}\0--web.listen-address=:9104\0`,
  ),
  hidden(
    'ps aux',
    alnum(16),
    (s) => `bob  4111  0.0  0.1  1234  567 ?  Ss  10:00  0:00 /usr/bin/agent --api_key ${s} --site eu`,
  ),
  hidden(
    'ps aux, mysql',
    alnum(16),
    (s) => `root  12  0.0  0.1 123 456 pts/0 S+ 10:00 0:00 mysql -h db -uroot -p${s}`,
  ),
  hidden(
    'ps aux, java',
    alnum(16),
    (s) => `java -Xmx1g -Dspring.datasource.password=${s} -Ddb.user=bob -jar /srv/shop.jar`,
  ),
  hidden(
    'ps aux, openvpn',
    alnum(16),
    (s) =>
      `/usr/sbin/openconnect --user=bob --passwd-on-stdin --form-entry main:password=${s} vpn.example.com`,
  ),
  hidden(
    'Terraform plan',
    alnum(16),
    (s) =>
      `  # aws_db_instance.shop will be created\n  + resource "aws_db_instance" "shop" {\n      + engine   = "postgres"\n      + password = "${s}"\n    }`,
  ),
  hidden(
    'Terraform plan, change',
    alnum(16),
    (s) => `      ~ master_password = "${s}" -> (known after apply)`,
  ),
  hidden(
    'Terraform plan, new value',
    alnum(16),
    (s) => `      ~ admin_password = "oldoldold1" -> "${s}" # forces replacement`,
  ),
  hidden(
    'Terraform state',
    alnum(16),
    (s) => `"attributes": {\n  "id": "shop",\n  "result": "x",\n  "auth_token": "${s}",\n`,
  ),
  hidden('Terraform output', alnum(16), (s) => `Outputs:\n\ndb_password = "${s}"\ndb_host = "db"`),
  hidden('Terraform variable', alnum(16), (s) => `terraform apply -var="db_password=${s}" -auto-approve`),
  hidden(
    'Terraform variable in the environment',
    alnum(16),
    (s) => `TF_VAR_github_token=${s} terraform plan`,
  ),
  hidden(
    'Ansible -vvv',
    alnum(16),
    (s) =>
      `fatal: [web-1]: FAILED! => {"changed": false, "invocation": {"module_args": {"login_password": "${s}", "login_user": "root"}}}`,
  ),
  hidden(
    'Ansible, command',
    alnum(16),
    (s) => `changed: [web-1] => {"cmd": ["psql", "postgresql://bob:${s}@db/shop"], "rc": 0}`,
  ),
  hidden(
    'Ansible, shell as text',
    alnum(16),
    (s) => `"cmd": "mysql -uroot -p'${s}' -e 'select 1'", "delta": "0:00:00.1"`,
  ),
  hidden(
    'Ansible, ssh',
    alnum(16),
    (s) => `<web-1> SSH: EXEC sshpass -d8 ssh -C web-1 'BECOME-SUCCESS' ansible_become_pass=${s}`,
  ),
  hidden(
    'Ansible inventory',
    alnum(16),
    (s) => `web-1 ansible_host=10.0.0.1 ansible_user=root ansible_ssh_pass=${s} ansible_port=22`,
  ),
  hidden(
    'Ansible vault',
    hex(80),
    (s) => `db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  ${s}\n  ${s}`,
  ),
  hidden(
    'Helm values',
    alnum(16),
    (s) => `helm upgrade shop ./shop --set postgresql.auth.password=${s},replicas=2`,
  ),
  hidden(
    'Helm get values',
    alnum(16),
    (s) => `USER-SUPPLIED VALUES:\nauth:\n  existing: x\n  rootPassword: ${s}\nreplicas: 2`,
  ),
  hidden('Pulumi', alnum(16), (s) => `pulumi config set --secret dbPassword ${s}`),
  hidden('Consul template', alnum(16), (s) => `+ password = ${s}\n- password = foo`),
  hidden(
    '.env diff',
    alnum(16),
    (s) => `--- a/.env\n+++ b/.env\n@@ -1,2 +1,2 @@\n-STRIPE_SECRET=\n+STRIPE_SECRET=${s}`,
  ),
  hidden(
    'cloud-init',
    chosen(),
    (s) => `#cloud-config\nchpasswd:\n  list: |\n    root:${s}\n  expire: false`,
  ),
  hidden(
    'cloud-init, users',
    alnum(16),
    (s) => `users:\n  - name: bob\n    plain_text_passwd: ${s}\n    lock_passwd: false`,
  ),
  hidden(
    'auditd',
    alnum(16),
    (s) => `type=EXECVE msg=audit(1.1:2): argc=4 a0="mysql" a1="-u" a2="root" a3="-p${s}"`,
  ),
  hidden(
    'auditd, split',
    alnum(16),
    (s) => `type=EXECVE msg=audit(1700000000.1:42): argc=3 a0="sshpass" a1="-p" a2="${s}"`,
  ),
  hidden(
    'auditd, long flag',
    alnum(16),
    (s) => `type=EXECVE argc=3 a0="/usr/bin/agent" a1="--password" a2="${s}"`,
  ),
  hidden(
    'sudo log',
    alnum(16),
    (s) => `sudo: bob : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/htpasswd -b /etc/x bob ${s}`,
  ),
  hidden('shell history', alnum(16), (s) => `  412  2026-11-03 10:00:01 export GITHUB_TOKEN=${s}`),
  hidden(
    'set -x',
    alnum(16),
    (s) => `+ curl -fsS -H 'Authorization: Bearer ${s}' https://api.example.com/v1`,
  ),
  hidden('set -x, assignment', alnum(16), (s) => `++ PASSWORD=${s}\n++ export PASSWORD`),
  hidden('JSON escaped twice', alnum(16), (s) => `{"log":${escapedTwice({ password: s, user: 'bob' })}}`),
  hidden(
    'JSON escaped twice, name and value',
    alnum(16),
    (s) => `{"log":${escapedTwice({ name: 'API_TOKEN', value: s })}}`,
  ),
  hidden(
    'task definition',
    alnum(16),
    (s) => `"environment": [ { "name": "SENTRY_AUTH_TOKEN", "value": "${s}" } ]`,
  ),
  hidden('value before name', alnum(16), (s) => `{"value":"${s}","name":"DB_PASSWORD"}`),
  hidden('Nomad', alnum(16), (s) => `env {\n  DB_PASS = "${s}"\n  PORT = "80"\n}`),
  hidden('Jenkins', alnum(16), (s) => `[EnvInject] - Injecting variable NEXUS_PASSWORD with value ${s}`),
  hidden(
    'Windows service',
    alnum(16),
    (s) => `sc.exe create Shop binPath= C:\\shop.exe obj= .\\svc password= ${s}`,
  ),
  hidden('crictl inspect', alnum(16), (s) => `{"key": "RABBITMQ_DEFAULT_PASS", "value": "${s}"}`),
  hidden('key and value as Python prints them', lower(16), (s) => `{'Key': 'DB_PASSWORD', 'Value': '${s}'}`),
  hidden(
    'pairs as Go prints them',
    alnum(16),
    (s) => `[{Name:DB_PASSWORD Value:${s} ValueFrom:nil} {Name:PORT Value:80}]`,
  ),
  hidden('structures of Go', alnum(16), (s) => `&{Host:db User:bob Password:${s} Port:5432}`),
  hidden('structures of Go, %#v', alnum(16), (s) => `config.DB{Host:"db", Password:"${s}", Port:5432}`),
];
