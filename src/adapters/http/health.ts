import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { closeInTime, PATIENCE, patientServer } from './connections.ts';

/** Whether Medic can do its work, part by part, in words. */
export interface Readiness {
  readonly ready: boolean;
  /** What this process is for. */
  readonly role: string;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}

export interface HealthParts {
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** All that a runner answers: health and metrics. Nobody can ask it for anything. */
export function createHealthServer(parts: HealthParts): FastifyInstance {
  const app = Fastify({ logger: false, serverFactory: patientServer(PATIENCE) });
  closeInTime(app, PATIENCE);
  health(app, parts);
  app.setErrorHandler<Error>((error, _request, reply) => {
    parts.log.error({ err: error }, 'a request failed');
    return reply.code(500).send({ error: 'an internal error, see the log' });
  });
  return app;
}

/** Adds what every process answers. */
export function health(app: FastifyInstance, { readiness, metrics }: HealthParts): void {
  app.get('/healthz', async () => ({ alive: true, uptimeSeconds: Math.round(process.uptime()) }));
  app.get('/readyz', async (_request, reply) => {
    const state = await readiness();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
