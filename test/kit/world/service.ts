import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '../stack/process.ts';

/**
 * A service that can be ill: it answers its health check by whether a file stands. Its remedies are real commands that write
 * that file, and each writes a line of its own into a log first, so that a test can count what really ran.
 */
export interface TestService {
  readonly name: string;
  readonly url: string;
  readonly healthFile: string;
  readonly logFile: string;
  breakDown(): void;
  recover(): void;
  /** Writes a line into the service's log. */
  say(line: string): void;
  /** What the remedies wrote when they began, oldest first, e.g. `cure shop`. */
  playbookRuns(): readonly string[];
  /** What the remedies wrote when they came to their end. */
  finished(): readonly string[];
  /** Whether the remedy that began last still runs. */
  isTreated(): boolean;
  /** Lets the remedies that wait for it go on; see `Remedy.gated`. */
  openGate(): void;
  /** What dry runs say from now on, besides their first line. */
  changeDryRun(words: string): void;
  stop(): Promise<void>;
}

/** @param dir holds a folder for each patient and the logs of all remedies; see `writePlaybooks` */
export async function startTestService(dir: string, name = 'shop'): Promise<TestService> {
  const folder = join(dir, name);
  mkdirSync(folder);
  const healthFile = join(folder, 'healthy');
  const logFile = join(folder, 'service.log');
  writeFileSync(healthFile, 'yes\n');
  writeFileSync(logFile, '');
  const healthy = () => readFileSync(healthFile, 'utf8').startsWith('yes');
  const linesOf = (file: string) =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line.endsWith(` ${name}`))
      : [];
  const say = (line: string) =>
    writeFileSync(logFile, `${new Date().toISOString()} ${line}\n`, { flag: 'a' });
  const server = createServer((_request, response) => {
    response.writeHead(healthy() ? 200 : 500).end(healthy() ? 'well' : 'ill');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`,
    healthFile,
    logFile,
    say,
    breakDown() {
      writeFileSync(healthFile, 'no\n');
      say(`error: ${name} broke`);
      rmSync(join(folder, 'gate'), { force: true });
    },
    recover: () => writeFileSync(healthFile, 'yes\n'),
    playbookRuns: () => linesOf(join(dir, 'remedies.log')),
    finished: () => linesOf(join(dir, 'finished.log')),
    isTreated() {
      const pidFile = join(folder, 'pid');
      return existsSync(pidFile) && isAlive(Number(readFileSync(pidFile, 'utf8')));
    },
    openGate: () => writeFileSync(join(folder, 'gate'), ''),
    changeDryRun: (words) => writeFileSync(join(folder, 'dry-run'), `${words}\n`),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
