import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Line {
  readonly at: Date;
  readonly line: string;
}

/** What a container has written since its last start, and what the one before it had. */
export interface Log {
  readonly now: readonly Line[];
  readonly before: readonly Line[];
}

/** Serves logs of containers as a kubelet does to its API server: over TLS, by `/containerLogs/<namespace>/<pod>/<container>`. */
export async function serveLogs(logOf: (path: string) => Log | null) {
  const { key, cert } = await selfSigned();
  const server = createServer({ key, cert }, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://localhost');
    const log = request.method === 'GET' ? logOf(url.pathname) : null;
    if (log === null) return void response.writeHead(404).end('no such container');
    const lines = url.searchParams.get('previous') === 'true' ? log.before : log.now;
    const stamped = url.searchParams.get('timestamps') === 'true';
    const tail = Number(url.searchParams.get('tailLines') ?? lines.length);
    const text = lines
      .slice(-tail)
      .map(({ at, line }) => `${stamped ? `${at.toISOString()} ` : ''}${line}\n`);
    response.writeHead(200, { 'content-type': 'text/plain' }).end(text.join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function selfSigned() {
  const folder = await mkdtemp(join(tmpdir(), 'medic-kubelet-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-subj', '/CN=node-1', '-days', '1', '-keyout', key, '-out', cert],
    ]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
