import { join } from 'node:path';
import { answers, freePort, type Running, startProcess } from '../../kit/stack/process.ts';

/** What a replica does; `all` unless the work is split. */
export type Role = 'all' | 'brain' | 'runner';

/** One replica, which may be killed and comes back on the same port. */
export interface Replica {
  readonly name: string;
  readonly role: Role;
  readonly url: string;
  /** kill -9, and another process in its place after `downMs`. */
  kill(downMs: number): Promise<void>;
  /** SIGSTOP, and SIGCONT after `forMs`. Its playbooks and their guardians run on. */
  freeze(forMs: number): Promise<void>;
  /** SIGTERM, and another process in its place once it has ended. */
  roll(): Promise<void>;
  /** Waits until it answers again, whatever is being done to it. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface ReplicaOptions {
  readonly name: string;
  readonly role: Role;
  readonly dir: string;
  /** The program: Medic's entry, or that of a copy. */
  readonly main: string;
  /** The environment for a replica of this role on this port. */
  readonly envFor: (role: Role, port: number) => Readonly<Record<string, string>>;
}

/** How often a process that does not come up, as while Redis is away, is started again. */
const STARTS = 60;

/** Starts a replica and keeps it up as a supervisor would: one that ends by itself is started again. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { name, role } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let running: Running | null = null;
  let stopping = false;
  let turn: Promise<void> = Promise.resolve();

  async function start(tries = STARTS): Promise<void> {
    for (let attempt = 1; !stopping; attempt += 1) {
      try {
        running = await startOnce(options, port, url);
        return;
      } catch (error) {
        if (attempt === tries) throw error;
      }
    }
  }

  /** One thing is done to a replica at a time. */
  const inTurn = (work: () => Promise<void>) => {
    turn = turn.then(() => (stopping ? undefined : work()));
    return turn;
  };
  await inTurn(() => start(1));
  return {
    name,
    role,
    url,
    kill: (downMs) =>
      inTurn(async () => {
        await running?.kill();
        await new Promise((resolve) => setTimeout(resolve, downMs));
        await start();
      }),
    freeze: (forMs) =>
      inTurn(async () => {
        if (running === null) return;
        process.kill(running.pid, 'SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, forMs));
        process.kill(running.pid, 'SIGCONT');
      }),
    roll: () =>
      inTurn(async () => {
        await running?.stop();
        await start();
      }),
    settled: () => turn,
    async stop() {
      stopping = true;
      await turn.catch(() => undefined);
      await running?.stop();
    },
  };
}

function startOnce(
  { name, role, dir, main, envFor }: ReplicaOptions,
  port: number,
  url: string,
): Promise<Running> {
  return startProcess({
    name,
    argv: [process.execPath, main],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', ...envFor(role, port) },
    // Alive, not ready: Slack or Redis may be away, and it has to cope.
    ready: () => answers(`${url}/healthz`),
    readyWithinMs: 20_000,
    logFile: join(dir, `${name}.log`),
    graceMs: 15_000,
  });
}
