import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Losses, LossReason } from '../../engine/health/losses.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';

export interface LossParts {
  readonly losses: Losses;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Counts what is lost and has people told. It is written before the sender is answered; where it cannot be, the log says so and the
 * sender is answered all the same.
 */
export function lossTeller({ losses, metrics, log }: LossParts) {
  return async (reason: LossReason, count: number): Promise<void> => {
    if (count <= 0) return;
    metrics.alertsLost.inc({ reason }, count);
    await losses
      .lost(reason, count)
      .catch((err: unknown) =>
        log.error({ err, reason, count }, 'people cannot be told that alerts were lost'),
      );
  };
}

/** Answers what never reaches a handler: a body that cannot be read, a wrong path or method, and errors of ours. */
export function refuse(app: FastifyInstance, parts: LossParts & { readonly bodyLimit: number }): void {
  const { metrics, log, bodyLimit } = parts;
  const lose = lossTeller(parts);
  app.setErrorHandler<Error & { statusCode?: number }>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      log.error({ err: error }, 'a request failed');
      return reply.code(status).send({ error: 'an internal error, see the log' });
    }
    const isTooLarge = status === 413;
    metrics.webhooksRefused.inc({ reason: isTooLarge ? 'too-large' : 'malformed' });
    log.warn({ path: request.url, status, why: error.message }, 'a body was not read');
    await lose(isTooLarge ? 'too-large' : 'malformed', 1);
    return reply.code(status).send(answerTo(isTooLarge, error, bodyLimit));
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: `nothing is at ${request.method} ${request.url.slice(0, 100)}: webhooks go to POST /alert`,
    }),
  );
}

function answerTo(isTooLarge: boolean, error: Error, bodyLimit: number): object {
  if (!isTooLarge) return { error: error.message, problems: [`(body): ${error.message}`] };
  const most = Math.floor(bodyLimit / 2 ** 20);
  const words = `is larger than ${most} MiB: set \`max_alerts: 1000\` in Alertmanager's webhook_configs, or group by more labels`;
  return { error: `the body ${words}`, problems: [`(body): ${words}`] };
}

const OTHERS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Says of a path that takes webhooks what it takes, to whoever comes with anything else; before any body is read. */
export function onlyPosts(app: FastifyInstance, path: string): void {
  const answer = async (_: unknown, reply: FastifyReply) =>
    reply
      .code(405)
      .header('allow', 'POST')
      .send({ error: `${path} takes webhooks, by POST` });
  app.route({ method: [...OTHERS], url: path, onRequest: answer, handler: answer });
}
