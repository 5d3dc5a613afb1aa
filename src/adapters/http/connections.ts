import { createServer, type RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** How long a caller may take, milliseconds. */
export interface Patience {
  /** For a whole request, headers and body. */
  readonly request: number;
  /** For what is under way when the server closes. */
  readonly close: number;
}

export const PATIENCE: Patience = { request: 25_000, close: 4_000 };

/** Node looks for requests that took too long this often, at most, milliseconds. */
const LOOK = 5_000;

/**
 * How long a connection is kept between two requests, milliseconds: longer than the usual proxy keeps it, so that it is the caller who
 * lets go. Where both do at once, a webhook is lost to a reset connection, and comes late.
 */
const KEPT = 72_000;

/** A server on which no caller can hold a connection, and the room for its body, by never finishing a request. */
export function patientServer(patience: Patience) {
  return (handler: RequestListener) =>
    createServer(
      {
        headersTimeout: patience.request,
        requestTimeout: patience.request,
        keepAliveTimeout: KEPT,
        connectionsCheckingInterval: Math.min(LOOK, patience.request),
      },
      handler,
    );
}

/** Ends what is still under way a while after the server began to close, so that nobody can hold up the end of the process. */
export function closeInTime(app: FastifyInstance, patience: Patience): void {
  app.addHook('preClose', async () => {
    const timer = setTimeout(() => app.server.closeAllConnections(), patience.close);
    app.server.once('close', () => clearTimeout(timer));
    // One that never listened never says that it closed.
    timer.unref();
  });
}
