import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Log } from './web-client.ts';

type SocketClient = SocketModeReceiver['client'];

/** The Socket Mode connection, kept up until it is told to stop. */
export interface Connection {
  /** Begins to connect. Never rejects. */
  start(): void;
  /** Closes the connection and connects no more. */
  stop(): Promise<void>;
  connected(): boolean;
}

const HELLO_WITHIN = 10_000;
const CLOSE_WITHIN = 2_000;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
/** A connection that lasted less is a failure, so that one which Slack closes at once is not opened without end. */
const SHORT = 2_000;

/**
 * Connects, and connects again when the connection ends: at once after one that had lasted, later and later after failures.
 * The client's own reconnecting is switched off, because it waits between connections and rejects where nobody listens.
 */
export function keepConnected(client: SocketClient, log: Log): Connection {
  const stopped = new AbortController();
  let up = false;
  let opening: Promise<unknown> = Promise.resolve();

  /** One connection from its opening to its end. @throws when it could not be opened, or did not last */
  async function live(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      client.once('disconnected', () => resolve());
    });
    const opened = performance.now();
    opening = client.start();
    await within(opening, HELLO_WITHIN, 'Slack did not greet the connection in time');
    up = true;
    log.info({}, 'connected to Slack');
    await gone;
    up = false;
    if (performance.now() - opened < SHORT)
      throw new Error('Slack closed the connection soon after it was opened');
    log.info({}, 'the connection to Slack ended and is opened again');
  }

  async function keep(): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!stopped.signal.aborted) {
      try {
        await live();
        pause = FIRST_PAUSE;
      } catch (err) {
        if (stopped.signal.aborted) return;
        log.warn({ err, pause }, 'no connection to Slack');
        await closed();
        await sleep(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  async function closed(): Promise<void> {
    up = false;
    await within(client.disconnect(), CLOSE_WITHIN, 'Slack did not close the connection in time').catch(
      (err: unknown) => log.debug({ err }, 'the connection to Slack was left half closed'),
    );
  }

  return {
    start: () => void keep(),
    async stop() {
      stopped.abort();
      await closed();
      // One that was being opened opens all the same, and has to be closed after that.
      const settled = opening.then(closed, () => undefined);
      await within(settled, CLOSE_WITHIN, 'a connection was still being opened').catch((err: unknown) =>
        log.debug({ err }, 'the connection to Slack was left half open'),
      );
    },
    connected: () => up,
  };
}

async function within<Result>(
  work: Promise<Result>,
  milliseconds: number,
  otherwise: string,
): Promise<Result> {
  const done = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: done.signal }).then(
    () => {
      throw new Error(otherwise);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([
      work.catch((error: unknown) => {
        throw error instanceof Error
          ? error
          : new Error('the connection could not be opened', { cause: error });
      }),
      late,
    ]);
  } finally {
    done.abort();
  }
}
