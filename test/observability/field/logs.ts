import { type Case, hidden, makerOf } from './make.ts';

const { alnum, base64, chosen, hex, uuid } = makerOf(72);

/** What servers, databases and runtimes log. */
export const LOGS: readonly Case[] = [
  hidden(
    'nginx access',
    alnum(24),
    (s) =>
      `10.0.0.1 - - [03/Nov/2026:10:00:00 +0000] "GET /api/items?access_token=${s}&page=2 HTTP/1.1" 200 12 "-" "curl/8"`,
  ),
  hidden(
    'nginx access, referrer',
    alnum(24),
    (s) =>
      `10.0.0.1 - bob [x] "GET /a HTTP/1.1" 200 1 "https://shop.example.com/cb?code=${s}&state=1" "Mozilla/5.0"`,
  ),
  hidden('nginx access, path', alnum(32), (s) => `"GET /reset-password/${s} HTTP/1.1" 200 1`),
  hidden('nginx upstream', alnum(16), (s) => `upstream: "http://bob:${s}@10.0.0.2:80/"`),
  hidden('nginx debug', base64(16), (s) => `http header: "Authorization: Basic ${s}"`),
  hidden('nginx debug, cookie', alnum(24), (s) => `*1 http proxy header: "Cookie: sid=${s}"`),
  hidden('Apache mod_dumpio', alnum(12), (s) => `mod_dumpio: dumpio_in (data-HEAP): user=bob&pass=${s}&go=1`),
  hidden(
    'PostgreSQL statement',
    alnum(16),
    (s) => `LOG:  statement: ALTER USER shop WITH ENCRYPTED PASSWORD '${s}';`,
  ),
  hidden(
    'PostgreSQL, doubled quotation marks',
    alnum(16),
    (s) => `LOG: duration: 1 ms statement: DO 'BEGIN EXECUTE ''CREATE ROLE x PASSWORD ''''${s}'''' ''; END'`,
  ),
  hidden('PostgreSQL detail', alnum(16), (s) => `DETAIL:  parameters: $1 = 'bob', password = '${s}'`),
  hidden(
    'PostgreSQL, user mapping',
    alnum(16),
    (s) => `CREATE USER MAPPING FOR bob SERVER x OPTIONS (user 'bob', password '${s}')`,
  ),
  hidden('PostgreSQL, dblink', alnum(16), (s) => `SELECT dblink_connect('host=db user=bob password=${s}')`),
  hidden(
    'PostgreSQL, subscription',
    alnum(16),
    (s) => `CREATE SUBSCRIPTION s CONNECTION 'host=db dbname=x password=${s}' PUBLICATION p`,
  ),
  hidden(
    'PostgreSQL primary_conninfo',
    alnum(16),
    (s) => `primary_conninfo = 'user=repl password=${s} host=10.0.0.2 port=5432'`,
  ),
  hidden(
    'MySQL general log',
    alnum(16),
    (s) => `12 Query\tCREATE USER 'bob'@'%' IDENTIFIED WITH mysql_native_password BY '${s}'`,
  ),
  hidden(
    'MySQL replication',
    alnum(16),
    (s) => `CHANGE MASTER TO MASTER_HOST='db', MASTER_USER='repl', MASTER_PASSWORD='${s}'`,
  ),
  hidden(
    'MySQL grant',
    alnum(16),
    (s) => `GRANT ALL ON *.* TO 'bob'@'%' IDENTIFIED BY "${s}" WITH GRANT OPTION`,
  ),
  hidden('MySQL set password', alnum(16), (s) => `SET PASSWORD FOR 'bob'@'%' = '${s}'`),
  hidden('SQL Server', alnum(16), (s) => `CREATE LOGIN bob WITH PASSWORD = N'${s}', CHECK_POLICY = OFF`),
  hidden('ClickHouse', alnum(16), (s) => `CREATE USER bob IDENTIFIED WITH plaintext_password BY '${s}'`),
  hidden(
    'Redis monitor',
    alnum(16),
    (s) => `1700000000.123 [0 10.0.0.1:4242] "HELLO" "3" "AUTH" "default" "${s}"`,
  ),
  hidden(
    'Redis monitor, config',
    alnum(16),
    (s) => `1700000000.123 [0 10.0.0.1:4242] "CONFIG" "SET" "requirepass" "${s}"`,
  ),
  hidden('Redis ACL', alnum(16), (s) => `ACL SETUSER bob on >${s} ~* +@all`),
  hidden('Redis ACL file', hex(64), (s) => `user bob on #${s} ~* +@all`),
  hidden('Redis CLI', alnum(16), (s) => `127.0.0.1:6379> AUTH ${s}`),
  hidden('Redis configuration, masteruser', alnum(16), (s) => `masteruser repl\nmasterauth "${s}"`),
  hidden('Redis sentinel', alnum(16), (s) => `sentinel auth-pass mymaster ${s}`),
  hidden('RabbitMQ, Erlang', alnum(16), (s) => `{default_user, <<"bob">>}, {default_pass, <<"${s}">>},`),
  hidden(
    'RabbitMQ, parameters',
    alnum(16),
    (s) => `{amqp_params_network,<<"bob">>,{plaintext,<<"${s}">>},<<"/">>,"mq"}`,
  ),
  hidden('Erlang cookie', alnum(20), (s) => `erl -name rabbit@mq -setcookie ${s} -noshell`),
  hidden(
    'Kafka JAAS',
    alnum(16),
    (s) =>
      `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="bob" password="${s}";`,
  ),
  hidden(
    'Kafka configuration dump',
    alnum(16),
    (s) => `\tssl.keystore.location = /x.jks\n\tssl.keystore.password = ${s}\n\tssl.protocol = TLSv1.3`,
  ),
  hidden(
    'Kafka SCRAM',
    alnum(16),
    (s) =>
      `kafka-configs.sh --alter --add-config 'SCRAM-SHA-512=[iterations=8192,password=${s}]' --entity-type users`,
  ),
  hidden(
    'Java stack trace',
    alnum(16),
    (s) =>
      `java.sql.SQLException: Cannot create PoolableConnectionFactory (jdbc:mysql://db:3306/shop?user=bob&password=${s}&useSSL=false)\n\tat com.example.Db.open(Db.java:42)`,
  ),
  hidden(
    'JDBC for SQL Server',
    alnum(16),
    (s) =>
      `Caused by: com.microsoft.sqlserver.jdbc: jdbc:sqlserver://db:1433;databaseName=shop;user=sa;password=${s};encrypt=true`,
  ),
  hidden('JDBC, credentials in the authority', alnum(16), (s) => `jdbc:postgresql://bob:${s}@db:5432/shop`),
  hidden(
    'HikariCP',
    alnum(16),
    (s) => `HikariPool-1 - configuration: dataSourceProperties={user=bob, password=${s}}`,
  ),
  hidden(
    'Spring actuator env',
    alnum(16),
    (s) =>
      `"spring.datasource.password":{"value":"${s}","origin":"class path resource [application.yml]:3:13"}`,
  ),
  hidden(
    'Spring actuator env, in lines',
    alnum(16),
    (s) => `"SHOP_API_KEY" : {\n  "value" : "${s}",\n  "origin" : "System Environment"\n}`,
  ),
  hidden('Spring, generated', uuid(), (s) => `Using generated security password: ${s}\n`),
  hidden('Java, bean', alnum(16), (s) => `User{name='bob', passwordHash='${s}', roles=[ADMIN]}`),
  hidden('Java, Lombok', alnum(16), (s) => `LoginRequest(username=bob, otpSecret=${s})`),
  hidden(
    'Python traceback with locals',
    alnum(16),
    (s) => `    password = '${s}'\n    self = <Client>\npsycopg2.OperationalError: x`,
  ),
  hidden(
    'Python, requests',
    base64(18),
    (s) =>
      `DEBUG:http.client:send: b'GET / HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Basic ${s}\\r\\n\\r\\n'`,
  ),
  hidden(
    'Python, headers',
    alnum(24),
    (s) => `header: {'User-Agent': 'x', 'X-Auth-Token': '${s}', 'Accept': '*/*'}`,
  ),
  hidden(
    'Python, list of headers',
    alnum(24),
    (s) => `[(b'host', b'x'), (b'authorization', b'Bearer ${s}'), (b'accept', b'*/*')]`,
  ),
  hidden('Python, API key header', alnum(24), (s) => `('x-api-key', '${s}')`),
  hidden('Python, SecretStr left open', alnum(16), (s) => `Settings(api_key='${s}', debug=True)`),
  hidden('Python, boto', alnum(40), (s) => `Credentials(access_key='x', secret_key='${s}', token=None)`),
  hidden('Django debug', alnum(50), (s) => `SECRET_KEY = 'django-insecure-${s}'`),
  hidden('Go, header map', alnum(24), (s) => `map[Accept:[*/*] X-Api-Key:[${s}] User-Agent:[Go]]`),
  hidden(
    'Go, httputil dump',
    alnum(24),
    (s) => `GET / HTTP/1.1\r\nHost: x\r\nX-Vault-Token: ${s}\r\nAccept: */*\r\n`,
  ),
  hidden(
    'Go, quoted header',
    alnum(24),
    (s) => `http.Header{"Accept":[]string{"*/*"}, "Authorization":[]string{"Bearer ${s}"}}`,
  ),
  hidden(
    'Node, headers',
    alnum(24),
    (s) =>
      `headers: {\n    Accept: 'application/json',\n    Authorization: 'Bearer ${s}',\n    'X-Api-Key': 'x'\n  }`,
  ),
  hidden(
    'Node, raw headers',
    alnum(24),
    (s) => `rawHeaders: [\n  'Host',\n  'x',\n  'Authorization',\n  'Bearer ${s}'\n]`,
  ),
  hidden(
    'Node, raw header of a cookie',
    alnum(24),
    (s) => `rawHeaders: [ 'Host', 'x', 'Cookie', 'connect.sid=s%3A${s}' ]`,
  ),
  hidden(
    'Node, _header',
    base64(16),
    (s) => `_header: 'GET / HTTP/1.1\\r\\nAuthorization: Basic ${s}\\r\\nHost: x\\r\\n'`,
  ),
  hidden('axios', alnum(16), (s) => `config: { auth: { username: 'bob', password: '${s}' }, url: '/x' }`),
  hidden('axios, body', alnum(16), (s) => `data: '{"username":"bob","password":"${s}"}',`),
  hidden(
    'Ruby, inspect',
    alnum(16),
    (s) => `#<User id: 1, email: "x", encrypted_password: "${s}", name: "Bob">`,
  ),
  hidden(
    'Rails parameters',
    alnum(16),
    (s) => `Parameters: {"user" => {"name" => "bob", "password_confirmation" => "${s}"}}`,
  ),
  hidden(
    'PHP, var_dump',
    alnum(16),
    (s) => `array(2) {\n  ["user"]=>\n  string(3) "bob"\n  ["password"]=>\n  string(16) "${s}"\n}`,
  ),
  hidden('PHP, print_r', alnum(16), (s) => `Array\n(\n    [user] => bob\n    [password] => ${s}\n)`),
  hidden(
    'PHP, PDO',
    alnum(16),
    (s) => `#0 /srv/db.php(3): PDO->__construct('mysql:host=db;dbn...', 'bob', '${s}')`,
  ),
  hidden('Rust, debug', alnum(16), (s) => `Config { host: "db", password: Secret("${s}"), port: 5432 }`),
  hidden('.NET', alnum(16), (s) => `System.Data: Data Source=db;Initial Catalog=shop;User ID=sa;Pwd=${s}`),
  hidden('Elixir', alnum(16), (s) => `%{"password" => "${s}", "user" => "bob"}`),
  hidden(
    'curl -v',
    base64(18),
    (s) => `> GET / HTTP/1.1\n> Host: x\n> Authorization: Basic ${s}\n> User-Agent: curl/8\n`,
  ),
  hidden(
    'curl -v, cookie',
    alnum(24),
    (s) => `< HTTP/2 200\n< set-cookie: session_id=${s}; Path=/; Secure\n`,
  ),
  hidden('curl -v, user', alnum(12), (s) => `* Server auth using Basic with user 'bob' password '${s}'`),
  hidden(
    'URL-encoded body',
    alnum(16),
    (s) => `POST /login body=username%3Dbob%26password%3D${s}%26remember%3D1`,
  ),
  hidden(
    'URL-encoded JSON',
    alnum(16),
    (s) => `payload=%7B%22user%22%3A%22bob%22%2C%22password%22%3A%22${s}%22%7D`,
  ),
  hidden(
    'OAuth token answer',
    alnum(40),
    (s) => `{"token_type":"Bearer","expires_in":3600,"access_token":"${s}"}`,
  ),
  hidden(
    'OAuth form',
    alnum(32),
    (s) => `grant_type=authorization_code&client_id=x&client_secret=${s}&code=1`,
  ),
  hidden(
    'multipart form',
    alnum(14),
    (s) => `------x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${s}\r\n------x--`,
  ),
  hidden('SOAP', alnum(14), (s) => `<soap:Body><Login><user>bob</user><pwd>${s}</pwd></Login></soap:Body>`),
  hidden('gRPC metadata', alnum(24), (s) => `metadata: authorization=[Bearer ${s}], user-agent=[grpc-go]`),
  hidden('SMTP', base64(20), (s) => `C: AUTH PLAIN ${s}`),
  hidden('IMAP', alnum(12), (s) => `C: a001 LOGIN bob ${s}`),
  hidden('FTP', alnum(12), (s) => `---> USER bob\n<--- 331 Please specify\n---> PASS ${s}`),
  hidden('IRC', alnum(12), (s) => `PRIVMSG NickServ :IDENTIFY bob ${s}`),
  hidden('IRC, in a client', alnum(12), (s) => `/msg NickServ IDENTIFY ${s}`),
  hidden(
    'LDAP modification',
    chosen(),
    (s) => `dn: uid=bob,dc=x\nchangetype: modify\nreplace: userPassword\nuserPassword: ${s}`,
  ),
  hidden('LDIF in base64', base64(18), (s) => `userPassword:: ${s}`),
  hidden('RADIUS', alnum(12), (s) => `(0)   User-Name = "bob"\n(0)   User-Password = "${s}"`),
  hidden('SNMP', alnum(12), (s) => `rocommunity ${s} 10.0.0.0/8`),
  hidden('name after the value', chosen(), (s) => `login with ${s} (password) was refused`),
  hidden('name after the value, token', alnum(24), (s) => `got "${s}" as the API token from bob`),
];
