import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DoorAddress } from './guardian-messages.ts';

/** What a command says, as it comes: each is a socket that the command itself holds the other end of. */
export interface Outputs {
  readonly stdout: Socket;
  readonly stderr: Socket;
}

type Name = keyof Outputs;

/** Where outputs come in. Only Medic's own user reaches it, and only who knows the token is let in. */
export interface Door {
  readonly address: DoorAddress;
  /** Both outputs of a command, once they have come. */
  expect(id: string, come: (outputs: Outputs) => void): void;
  forget(id: string): void;
  /** Lets nobody in any more, and takes the folder away. What has come in stays open. */
  close(): void;
}

/** How long a caller may take to say who it is, ms. */
const GREETING = 5_000;
const BACKLOG = 4096;

/** @param root a folder that folders may be made in */
export async function openDoor(root: string): Promise<Door> {
  const folder = await mkdtemp(join(root, 'medic-guard-'));
  const address: DoorAddress = { folder, path: join(folder, 'door'), token: randomUUID() };
  const expected = new Map<string, (name: Name, socket: Socket) => void>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.setTimeout(GREETING, () => socket.destroy());
    // A greeting is one write, and nothing follows it until the command was told to start.
    socket.once('data', (greeting: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      const [token, id = '', name = ''] = greeting.toString('latin1').trimEnd().split(' ');
      const come = token === address.token && isName(name) ? expected.get(id) : undefined;
      if (come === undefined || !isName(name)) socket.destroy();
      else come(name, socket);
    });
  });
  server.on('error', () => undefined);
  await once(server.listen({ path: address.path, backlog: BACKLOG }), 'listening');
  // It waits for others, and is nothing to stay alive for.
  server.unref();
  return {
    address,
    expect(id, come) {
      const here: Partial<Record<Name, Socket>> = {};
      expected.set(id, (name, socket) => {
        here[name] = socket;
        if (here.stdout === undefined || here.stderr === undefined) return;
        expected.delete(id);
        come({ stdout: here.stdout, stderr: here.stderr });
      });
    },
    forget: (id) => void expected.delete(id),
    close() {
      server.close();
      void rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

const isName = (name: string): name is Name => name === 'stdout' || name === 'stderr';

/** Brings both outputs of a command to a door: what is written to them arrives there. @throws where nobody opens */
export async function knock(door: DoorAddress, id: string): Promise<Outputs> {
  const [stdout, stderr] = await Promise.all([greet(door, id, 'stdout'), greet(door, id, 'stderr')]);
  return { stdout, stderr };
}

const KNOCKS = 50;
const PAUSE = 20;

async function greet(door: DoorAddress, id: string, name: Name): Promise<Socket> {
  for (let tries = 1; ; tries += 1)
    try {
      return await greetOnce(door, id, name);
    } catch (error) {
      // So many wait at the door that there is no more room: the worker is busy.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || tries >= KNOCKS) throw error;
      await delay(PAUSE);
    }
}

function greetOnce({ path, token }: DoorAddress, id: string, name: Name): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.write(`${token} ${id} ${name}\n`, () => resolve(socket));
    });
    socket.on('error', reject);
  });
}
