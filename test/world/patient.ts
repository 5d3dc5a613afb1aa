import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * A service that can be ill: it answers its health check by whether a file stands. Its remedies are real commands that write
 * that file, and each writes a line of its own into a log first, so that a test can count what really ran.
 */
export interface Patient {
  readonly url: string;
  readonly healthFile: string;
  readonly logFile: string;
  fallIll(): void;
  recover(): void;
  /** What the remedies wrote, oldest first, e.g. `cure shop`. */
  remedies(): readonly string[];
  stop(): Promise<void>;
}

export async function startPatient(dir: string): Promise<Patient> {
  const healthFile = join(dir, 'healthy');
  const remedyFile = join(dir, 'remedies.log');
  const logFile = join(dir, 'shop.log');
  writeFileSync(healthFile, 'yes\n');
  writeFileSync(remedyFile, '');
  writeFileSync(logFile, '');
  const healthy = () => readFileSync(healthFile, 'utf8').startsWith('yes');
  const server = createServer((_request, response) => {
    response.writeHead(healthy() ? 200 : 500).end(healthy() ? 'well' : 'ill');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`,
    healthFile,
    logFile,
    fallIll() {
      writeFileSync(healthFile, 'no\n');
      writeFileSync(logFile, `${new Date().toISOString()} error: shop broke\n`, { flag: 'a' });
    },
    recover: () => writeFileSync(healthFile, 'yes\n'),
    remedies: () =>
      existsSync(remedyFile)
        ? readFileSync(remedyFile, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
        : [],
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
