import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BriefCommand, type BriefResult, NOTHING, runHere } from './run-here.ts';
import type { StarterAnswer, StarterMessage } from './starter-messages.ts';

const STARTER = fileURLToPath(new URL('starter.ts', import.meta.url));
/** How much longer than a command may take its answer is waited for, milliseconds. */
const LATER = 2_000;

let current: Starter | null = null;

/**
 * Runs a command that only reads, or that may as well run twice, in a process group of its own that is killed at the deadline. It has no
 * guardian, because it harms nobody for as long as it lives. Never rejects.
 *
 * A small process starts it: to start one copies the tables of all memory, which takes 2 ms with 50 MB and 30 with the 300 of a Medic,
 * in which nothing else goes on. It is started with the first command, and anew when it has died; what it was asked then is done here.
 */
export async function runBrief(command: BriefCommand): Promise<BriefResult> {
  if (command.signal.aborted) return { ...NOTHING, ended: 'stopped' };
  const deadline = performance.now() + command.timeout;
  current ??= startStarter(() => {
    current = null;
  });
  const answer = await current?.run(command);
  if (answer != null) return answer;
  const left = deadline - performance.now();
  return left > 0 ? runHere({ ...command, timeout: left }) : { ...NOTHING, ended: 'timed-out' };
}

interface Starter {
  /** Resolves to null where it is gone. */
  run(command: BriefCommand): Promise<BriefResult | null>;
}

/**
 * Null where none can be started.
 *
 * @param over called once, when there is nothing more to be had of it
 */
function startStarter(over: () => void): Starter | null {
  const child = spawnStarter();
  if (child === null) return null;
  const waiting = new Map<number, (answer: BriefResult | null) => void>();
  let last = 0;
  const answer = (id: number, result: BriefResult | null) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
    // It keeps this process alive only while it is asked something.
    if (waiting.size === 0) rest(child);
  };
  let dead = false;
  // It may be told twice, and by then another has taken its place.
  const die = () => {
    if (dead) return;
    dead = true;
    over();
    for (const id of [...waiting.keys()]) answer(id, null);
  };
  child.on('message', ({ id, result }: StarterAnswer) => answer(id, result));
  child.once('disconnect', die);
  child.on('error', die);
  rest(child);
  const say = (message: StarterMessage) =>
    child.send(message, (error) => error !== null && child.connected && child.disconnect());
  return {
    async run({ signal, ...command }) {
      if (dead || !child.connected) return null;
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<BriefResult | null>();
      waiting.set(id, resolve);
      child.ref();
      child.channel?.ref();
      const stop = () => child.connected && say({ kind: 'stop', id });
      signal.addEventListener('abort', stop);
      // One that does not even end what is too late hangs, and so would all that comes after.
      const timer = setTimeout(() => child.kill('SIGKILL'), command.timeout + LATER);
      say({ kind: 'run', id, command });
      const result = await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      return result;
    },
  };
}

function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

/** In a session of its own, as whoever ends Medic's group need not end it. It knows nothing that it is not told by its channel. */
function spawnStarter(): ChildProcess | null {
  try {
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    const options = { env: {}, detached: true, serialization: 'advanced' } as const;
    return spawn(process.execPath, [STARTER], { ...options, stdio: [...stdio] });
  } catch {
    return null;
  }
}
