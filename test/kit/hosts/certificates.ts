import { connect } from 'node:tls';
import { until } from '../stack/process.ts';
import type { Host } from './kit.ts';

/** The system of test hosts has none of its own; that of this machine is of the same release. */
export const OPENSSL = '/usr/bin/openssl';

/** What nginx of a host serves on port 443 once `serveTls` was called. */
export const TLS = {
  name: 'shop.example.com',
  file: '/etc/nginx/tls/shop.pem',
  /** Renews it as a configured program does: it gets the name, and notes it. */
  program: '/usr/local/sbin/renew-certificate',
  renewed: '/run/renewed',
} as const;

const KEY = '/etc/nginx/tls/shop.key';
const SITE = [
  'server {',
  `  listen 443 ssl; server_name ${TLS.name}; access_log off;`,
  `  ssl_certificate ${TLS.file}; ssl_certificate_key ${KEY};`,
  '  location / { proxy_pass http://127.0.0.1:8080; }',
  '}',
].join('\n');

const makeFor = (days: string) =>
  `openssl req -new -key ${KEY} -subj /CN=${TLS.name} -addext subjectAltName=DNS:${TLS.name} -config /dev/null 2>/dev/null | openssl x509 -req -signkey ${KEY} -days ${days} -out ${TLS.file}.new 2>/dev/null && mv ${TLS.file}.new ${TLS.file}`;

/** Writes a certificate that ends so many days from now, before now where that is negative; nothing is reloaded. */
export async function issue(host: Host, days: number): Promise<void> {
  await host.ask('sh', '-c', makeFor(String(days)));
}

/** Lets nginx serve TLS by a certificate that ends so many days from now. */
export async function serveTls(host: Host, days: number): Promise<void> {
  await host.ask(
    'sh',
    '-e',
    '-c',
    `mkdir -p /etc/nginx/tls; [ -e ${KEY} ] || openssl ecparam -name prime256v1 -genkey -noout -out ${KEY}
printf '%s\\n' "$1" > /etc/nginx/sites-enabled/tls
printf '#!/bin/sh\\nset -e\\n%s\\necho "$1" > ${TLS.renewed}\\n' "$2" > ${TLS.program}; chmod 755 ${TLS.program}`,
    'sh',
    SITE,
    makeFor('90'),
  );
  await issue(host, days);
  await host.ask('systemctl', 'reload', 'nginx.service');
  await until(async () => Math.abs((await served(host)).daysLeft - days) < 1.5, {
    what: 'nginx to serve the certificate',
    ms: 15_000,
  });
}

/** What a handshake from this machine is given, by nobody's word but the server's. */
export function served(host: Host): Promise<{ daysLeft: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host: host.address, port: 443, servername: TLS.name, rejectUnauthorized: false, timeout: 5_000 },
      () => {
        const { valid_to: end } = socket.getPeerCertificate();
        socket.destroy();
        resolve({ daysLeft: (Date.parse(end) - Date.now()) / 86_400_000 });
      },
    );
    socket.once('error', reject);
  });
}
