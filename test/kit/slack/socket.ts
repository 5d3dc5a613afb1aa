import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ack, Attempt, Envelope, Transport } from './delivery.ts';

const MOST_CONNECTIONS = 10;
const PING_MS = 5000;
/** A connection that leaves this many pings unanswered is given up. */
const UNANSWERED_PINGS = 3;

export interface SocketMode extends Transport {
  /** Takes over an HTTP upgrade of `/link?ticket=...`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  disconnect(reason: string): void;
  drop(): void;
  connections(): number;
}

interface SocketOptions {
  appId: string;
  ackMs: number;
  /** True once for each ticket that `apps.connections.open` gave out. */
  redeem(ticket: string): boolean;
  onChange(connected: boolean): void;
}

type Settle = (ack: Ack) => void;

/** Socket Mode: hello, pings, envelopes in turn over all connections, and their acknowledgements. */
export function newSocketMode(options: SocketOptions): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const connections: WebSocket[] = [];
  const waiting = new Map<string, { settle: Settle; connection: WebSocket }>();
  let turn = 0;
  const silent = new WeakMap<WebSocket, number>();
  const pings = setInterval(() => {
    for (const connection of [...connections]) {
      const unanswered = silent.get(connection) ?? 0;
      if (unanswered >= UNANSWERED_PINGS) connection.terminate();
      silent.set(connection, unanswered + 1);
      connection.ping(`Ping from local Slack (${Date.now()})`);
    }
  }, PING_MS);

  function leave(connection: WebSocket): void {
    const at = connections.indexOf(connection);
    if (at < 0) return;
    connections.splice(at, 1);
    for (const entry of waiting.values()) {
      if (entry.connection === connection) entry.settle({ acked: false, reason: 'dispatch_failed' });
    }
    options.onChange(connections.length > 0);
  }

  function receive(data: string): void {
    const { envelope_id, payload } = JSON.parse(data) as { envelope_id?: string; payload?: unknown };
    if (envelope_id) waiting.get(envelope_id)?.settle({ acked: true, body: payload });
  }

  function join(connection: WebSocket): void {
    if (connections.length >= MOST_CONNECTIONS) {
      connection.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      connection.close();
      return;
    }
    connections.push(connection);
    connection.on('message', (data) => receive(String(data)));
    connection.on('pong', () => silent.set(connection, 0));
    connection.on('close', () => leave(connection));
    connection.on('error', () => leave(connection));
    connection.send(
      JSON.stringify({
        type: 'hello',
        num_connections: connections.length,
        debug_info: { host: 'local', build_number: 1, approximate_connection_time: 18060 },
        connection_info: { app_id: options.appId },
      }),
    );
    options.onChange(true);
  }

  /** The next connection in turn, so that replicas share the work. */
  function nextConnection(): WebSocket | undefined {
    const open = connections.filter((connection) => connection.readyState === connection.OPEN);
    turn += 1;
    return open[turn % Math.max(1, open.length)];
  }

  function send(envelope: Envelope, attempt: Attempt): Promise<Ack> {
    const connection = nextConnection();
    if (!connection) return Promise.resolve({ acked: false, reason: 'dispatch_failed' });
    const envelope_id = randomUUID();
    const isEvent = envelope.kind === 'events_api';
    return new Promise((resolve) => {
      const settle: Settle = (ack) => {
        clearTimeout(timer);
        waiting.delete(envelope_id);
        resolve(ack);
      };
      const timer = setTimeout(() => settle({ acked: false, reason: 'operation_timeout' }), options.ackMs);
      waiting.set(envelope_id, { settle, connection });
      connection.send(
        JSON.stringify({
          envelope_id,
          type: envelope.kind === 'options' ? 'interactive' : envelope.kind,
          payload: envelope.payload,
          accepts_response_payload: !isEvent,
          ...(isEvent ? { retry_attempt: attempt.number, retry_reason: attempt.reason } : {}),
        }),
      );
    });
  }

  return {
    connected: () => connections.length > 0,
    connections: () => connections.length,
    send,
    retryReason: () => 'timeout',
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? '';
      if (!options.redeem(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, join);
    },
    disconnect(reason) {
      const message = JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } });
      for (const connection of [...connections]) connection.send(message);
    },
    drop() {
      for (const connection of [...connections]) {
        connection.terminate();
        leave(connection);
      }
    },
    async stop() {
      clearInterval(pings);
      for (const entry of [...waiting.values()]) entry.settle({ acked: false, reason: 'dispatch_failed' });
      for (const connection of [...connections]) connection.terminate();
      connections.length = 0;
      server.close();
    },
  };
}
