import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DOOR_ROOT, scratchRoot } from '../scratch.ts';
import { type Door, type Outputs, openDoor } from './door.ts';
import type {
  GuardianEnd,
  GuardianFailure,
  GuardianMessage,
  HeldCommand,
  WorkerMessage,
} from './guardian-messages.ts';

/** The guardian is gone, or does not answer. `group` is what it had started; null where it had not said so. */
interface Lost {
  readonly kind: 'lost';
  readonly group: number | null;
}

/** A command in the hands of the guardian. */
export interface Hold {
  /** Its outputs, once all is ready for it to start; else why it never will. */
  readonly ready: Promise<{ readonly kind: 'ready'; readonly outputs: Outputs } | GuardianFailure | Lost>;
  readonly ended: Promise<GuardianEnd | GuardianFailure | Lost>;
  /** Starts it. Before that it has never started, whatever befalls the guardian. */
  go(): void;
  stop(): void;
}

export interface Guard {
  /** @throws where there is no guardian, and none can be started */
  hold(command: HeldCommand): Promise<Hold>;
}

export interface GuardOptions {
  /** Milliseconds between two questions to a guardian that holds something, and how many in a row may go unanswered. */
  readonly beat?: number;
  readonly patience?: number;
}

const GUARDIAN = fileURLToPath(new URL('guardian.ts', import.meta.url));
/** A machine that others keep busy may let a process wait for seconds. */
const BEAT = 1_000;
const PATIENCE = 15;

/**
 * One guardian for all commands of this process. It is started with the first, and anew when it has died or does not answer any more: then
 * it is killed, and whoever had given it a command is told that it is lost.
 */
export function createGuard({ beat = BEAT, patience = PATIENCE }: GuardOptions = {}): Guard {
  let current: Promise<Guardian> | null = null;
  return {
    async hold(command) {
      current ??= startGuardian({ beat, patience }, () => {
        current = null;
      }).catch((error: unknown) => {
        current = null;
        throw error;
      });
      return (await current).hold(command);
    },
  };
}

interface Guardian {
  hold(command: HeldCommand): Hold;
}

interface Holding {
  hear(said: Exclude<GuardianMessage, { kind: 'pong' }> | { readonly kind: 'lost' }): void;
}

/** @param over called once, when there is nothing more to be had of it */
async function startGuardian(pace: Required<GuardOptions>, over: () => void): Promise<Guardian> {
  const door = await openDoor(scratchRoot({}, DOOR_ROOT));
  const child = spawnGuardian(door);
  const holdings = new Map<string, Holding>();
  const say = (message: WorkerMessage) => {
    if (child.connected) child.send(message, () => {});
  };
  const heart = listen(child, pace, say);
  const drop = (id: string) => {
    holdings.delete(id);
    door.forget(id);
    if (holdings.size === 0) heart.rest();
  };
  let dead = false;
  const die = () => {
    if (dead) return;
    dead = true;
    heart.rest();
    door.close();
    over();
    for (const holding of [...holdings.values()]) holding.hear({ kind: 'lost' });
  };
  child.on('message', (message: GuardianMessage) => {
    heart.heard();
    if (message.kind !== 'pong') holdings.get(message.id)?.hear(message);
  });
  child.once('disconnect', die);
  child.once('error', die);
  say({ kind: 'door', door: door.address });
  return {
    hold(command) {
      const { holding, hold } = take(command, { door, say, drop });
      holdings.set(command.id, holding);
      heart.beat();
      if (dead) holding.hear({ kind: 'lost' });
      else say({ kind: 'hold', command });
      return hold;
    },
  };
}

/** In a session of its own: whoever ends Medic's group must not end it. It knows nothing that it is not told by its channel. */
function spawnGuardian(door: Door): ChildProcess {
  try {
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    const options = { cwd: '/', env: {}, detached: true, serialization: 'json' } as const;
    return spawn(process.execPath, [GUARDIAN], { ...options, stdio: [...stdio] });
  } catch (error) {
    door.close();
    throw error;
  }
}

/** Keeps this process alive, and an eye on the guardian, while it holds anything. */
function listen(
  child: ChildProcess,
  { beat, patience }: Required<GuardOptions>,
  say: (message: WorkerMessage) => void,
) {
  let timer: NodeJS.Timeout | undefined;
  let unanswered = 0;
  const rest = () => {
    clearInterval(timer);
    timer = undefined;
    child.unref();
    child.channel?.unref();
  };
  rest();
  return {
    rest,
    heard() {
      unanswered = 0;
    },
    beat() {
      if (timer !== undefined) return;
      child.ref();
      child.channel?.ref();
      unanswered = 0;
      // It counts questions, not time: a worker that was stopped itself for long has asked nothing.
      timer = setInterval(() => {
        unanswered += 1;
        if (unanswered > patience) child.kill('SIGKILL');
        else say({ kind: 'ping' });
      }, beat);
    },
  };
}

function take(
  command: HeldCommand,
  parts: {
    readonly door: Door;
    readonly say: (message: WorkerMessage) => void;
    readonly drop: (id: string) => void;
  },
): { readonly holding: Holding; readonly hold: Hold } {
  const { id } = command;
  const { door, say, drop } = parts;
  let group: number | null = null;
  let asked = false;
  const ready = Promise.withResolvers<Awaited<Hold['ready']>>();
  const ended = Promise.withResolvers<Awaited<Hold['ended']>>();
  door.expect(id, (outputs) => ready.resolve({ kind: 'ready', outputs }));
  const holding: Holding = {
    hear(said) {
      if (said.kind === 'started') {
        group = said.group;
        return;
      }
      drop(id);
      const end = said.kind === 'lost' ? { kind: said.kind, group } : said;
      // Only now may the guardian forget it: until its last word was heard, it has a will to carry out.
      say({ kind: 'heard', id });
      if (end.kind !== 'ended') ready.resolve(end);
      ended.resolve(end);
    },
  };
  return {
    holding,
    hold: {
      ready: ready.promise,
      ended: ended.promise,
      go() {
        asked = true;
        say({ kind: 'go', id });
      },
      stop() {
        say({ kind: 'stop', id });
        if (asked) return;
        // It never began, so there is no end to hear of.
        say({ kind: 'heard', id });
        drop(id);
      },
    },
  };
}
