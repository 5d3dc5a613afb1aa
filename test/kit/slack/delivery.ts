import type { FaultBook } from './faults.ts';
import type { Limits } from './platform.ts';

/** `options` is an interaction that asks for the entries of a menu; in HTTP mode it has an address of its own. */
type EnvelopeKind = 'events_api' | 'slash_commands' | 'interactive' | 'options';

/** Something Slack tells the app, whichever way it travels. */
export interface Envelope {
  kind: EnvelopeKind;
  payload: Record<string, unknown>;
}

export interface Attempt {
  /** 0 for the first delivery. */
  number: number;
  reason: string;
}

export type Ack =
  | { acked: true; body?: unknown }
  /** `dispatch_failed`: nobody took it; `operation_timeout`: taken, but not acknowledged in time. */
  | { acked: false; reason: 'dispatch_failed' | 'operation_timeout' };

/** One way to reach the app: Socket Mode or signed HTTP. */
export interface Transport {
  connected(): boolean;
  send(envelope: Envelope, attempt: Attempt): Promise<Ack>;
  /** Slack's word for why an attempt failed, as it stands in the next attempt's retry reason. */
  retryReason(ack: Ack): string;
  stop(): Promise<void>;
}

export interface Delivery {
  connected(): boolean;
  /** Sends an interaction or command once, as Slack does, and waits for its acknowledgement. */
  ask(envelope: Envelope): Promise<Ack>;
  /** Sends an event and redelivers it until it is acknowledged or the attempts are used up. */
  tell(payload: Record<string, unknown>): void;
  stop(): Promise<void>;
}

/** Delivery over one transport, with Slack's redelivery of events. */
export function newDelivery(transport: Transport, faults: FaultBook, limits: Limits): Delivery {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function send(envelope: Envelope, attempt: Attempt): Promise<Ack> {
    const first = transport.send(envelope, attempt);
    if (faults.nextIsDuplicated()) void transport.send(envelope, attempt);
    return first;
  }

  async function tell(payload: Record<string, unknown>, attempt: Attempt): Promise<void> {
    const ack = await send({ kind: 'events_api', payload }, attempt);
    const pause = limits.retryMs[attempt.number];
    if (ack.acked || stopped || pause === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      void tell(payload, { number: attempt.number + 1, reason: transport.retryReason(ack) });
    }, pause);
    timers.add(timer);
  }

  return {
    connected: () => transport.connected(),
    ask: (envelope) => send(envelope, { number: 0, reason: '' }),
    tell: (payload) => void tell(payload, { number: 0, reason: '' }),
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await transport.stop();
    },
  };
}
