import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../../config/settings.ts';
import type { Intake } from '../../engine/intake.ts';
import { readWebhook } from '../../intake/alertmanager.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { gate } from './gate.ts';
import { createLimiter, createRoom } from './pressure.ts';

/** What a caller is told to wait when Medic cannot store an alert, seconds. */
const RETRY_AFTER = 5;
/** The same when there is only too much at once. */
const BREATHER = 1;

/** Where webhooks come in, and whether what they bring may wait. */
const PATHS = [
  { path: '/alert', mayWait: false },
  { path: '/api/v1/alert/immediate', mayWait: false },
  { path: '/api/v1/alert/batch', mayWait: true },
] as const;

export interface WebhookParts {
  readonly intake: Intake;
  readonly token: string;
  readonly limits: Settings['intake'];
  /** The largest body, bytes. */
  readonly bodyLimit: number;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Takes webhooks. The answer is 200 when every alert is stored, and not before. Whatever a sender should bring again is refused
 * with 503, too fast a sender as well: Alertmanager tries again after any 5xx, and gives a notification up after a 4xx.
 */
export function webhooks(app: FastifyInstance, parts: WebhookParts): void {
  const { intake, metrics, log } = parts;
  const admit = doorOf(parts);
  const limiter = createLimiter(parts.limits.rate);
  for (const { path, mayWait } of PATHS) {
    app.post(path, {
      // Before the body is read: what is refused costs no memory, and a stranger's bytes are not parsed.
      onRequest: async (request, reply) => admit(request, reply, limiter.wait(request.ip)),
      handler: async (request, reply) => {
        const read = readWebhook(request.body);
        if (read.kind === 'malformed') {
          metrics.webhooksRefused.inc({ reason: 'malformed' });
          return reply.code(422).send({
            error: 'this is not an Alertmanager webhook with an alert that can be read',
            problems: read.problems,
          });
        }
        limiter.take(request.ip, read.alerts.length);
        const { group, alerts, truncated, unreadable, problems } = read;
        if (truncated > 0) log.warn({ group, truncated }, 'the sender left out alerts');
        if (unreadable > 0) {
          metrics.alertsUnreadable.inc({ source: 'alertmanager' }, unreadable);
          log.warn({ group, unreadable, problems }, 'alerts of a webhook could not be read');
        }
        try {
          const result = await (mayWait ? intake.collect(alerts) : intake.accept(alerts));
          if (result.kind === 'overloaded') return overloaded(parts, reply, result.retryAfter);
          for (const { source, status } of alerts) metrics.alertsReceived.inc({ source, status });
          return reply.code(200).send({
            accepted: alerts.length,
            kept_back: result.keptBack,
            incidents: result.incidents,
            ...(unreadable === 0 ? {} : { unreadable, problems }),
          });
        } catch (error) {
          log.error({ err: error }, 'alerts could not be stored');
          return later(reply, RETRY_AFTER, 'the alerts could not be stored, send them again');
        }
      },
    });
  }
}

/** Lets a request in, or answers it: who it is from, how fast they come, and whether there is room for its body. */
function doorOf(parts: WebhookParts) {
  const { token, metrics, limits, bodyLimit } = parts;
  const authorised = gate(token);
  const room = createRoom(limits.under_way.bytes);
  return async (request: FastifyRequest, reply: FastifyReply, wait: number): Promise<unknown> => {
    if (!authorised(request.headers.authorization)) {
      metrics.webhooksRefused.inc({ reason: 'unauthorised' });
      return reply.code(401).header('www-authenticate', 'Bearer').send({
        error: 'send `Authorization: Bearer <ALERT_TOKEN>`, or Basic with any user and that password',
      });
    }
    if (wait > 0) {
      metrics.webhooksRefused.inc({ reason: 'too-fast' });
      return later(reply, wait, 'more alerts a second than one source may send, send them again');
    }
    // A body of unknown length may become as large as any.
    const length = Number(request.headers['content-length'] ?? bodyLimit);
    const leave = room.enter(Math.min(length, bodyLimit));
    if (leave === null) return overloaded(parts, reply, BREATHER);
    reply.raw.once('close', leave);
    return undefined;
  };
}

function overloaded({ metrics }: WebhookParts, reply: FastifyReply, seconds: number): FastifyReply {
  metrics.webhooksRefused.inc({ reason: 'overloaded' });
  return later(reply, seconds, 'too many alerts are under way, send these again');
}

function later(reply: FastifyReply, seconds: number, error: string): FastifyReply {
  return reply.code(503).header('retry-after', String(seconds)).send({ error });
}
