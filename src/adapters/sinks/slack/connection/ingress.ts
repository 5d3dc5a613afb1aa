import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import type { Log } from './web-client.ts';

/** Everything that comes from Slack passes here: it is counted, its failures end here, and no more is let in at the end. */
export interface Ingress {
  /** The receiver with the edge in front of its app. */
  guard(receiver: Receiver): Receiver;
  /** Lets nothing more in, and waits for what is under way, `patience` milliseconds at most. */
  drain(patience: number): Promise<void>;
  draining(): boolean;
}

/** @param options.acknowledgeLast whether an event counts as taken only once its handler is done, so that Slack sends it again otherwise */
export function createIngress(options: {
  readonly log: Log;
  acknowledgeLast(event: ReceiverEvent): boolean;
  /** The app that Medic is; null while nobody knows. */
  app?: () => string | null;
}): Ingress {
  const { log } = options;
  let underWay = 0;
  let closed = false;
  let idle: () => void = () => undefined;

  async function process(app: App, event: ReceiverEvent): Promise<void> {
    if (!options.acknowledgeLast(event)) return app.processEvent(event);
    await app.processEvent({ ...event, ack: async () => undefined });
    await event.ack();
  }

  async function take(app: App, event: ReceiverEvent): Promise<void> {
    // What is not acknowledged is sent to another replica, or is seen to have failed.
    if (closed) return;
    if (isForAnother(event, options.app?.() ?? null)) {
      log.warn({ kind: kindOf(event) }, 'something from Slack is for another app');
      return event.ack();
    }
    underWay += 1;
    try {
      await process(app, event);
    } catch (err) {
      log.error({ err, kind: kindOf(event) }, 'something from Slack could not be handled');
    } finally {
      underWay -= 1;
      if (underWay === 0) idle();
    }
  }

  return {
    guard: (receiver) => ({
      init(app) {
        const guarded: App = Object.create(app);
        guarded.processEvent = (event) => take(app, event);
        receiver.init(guarded);
      },
      start: (...args) => receiver.start(...args),
      stop: (...args) => receiver.stop(...args),
    }),
    async drain(patience) {
      closed = true;
      if (underWay === 0) return;
      const enough = new AbortController();
      const empty = new Promise<'empty'>((resolve) => {
        idle = () => resolve('empty');
      });
      const late = sleep(patience, 'late' as const, { signal: enough.signal }).catch(() => 'empty' as const);
      if ((await Promise.race([empty, late])) === 'late') {
        log.warn({ underWay, patience }, 'stopped before everything from Slack was handled');
      }
      enough.abort();
    },
    draining: () => closed,
  };
}

/** Every payload says which app it is for. */
function isForAnother({ body }: ReceiverEvent, app: string | null): boolean {
  return app !== null && body.api_app_id !== undefined && body.api_app_id !== app;
}

function kindOf({ body }: ReceiverEvent): string {
  const event: unknown = body.event;
  const inner =
    typeof event === 'object' && event !== null && 'type' in event ? `/${String(event.type)}` : '';
  return `${String(body.type ?? body.command ?? 'unknown')}${inner}`;
}
