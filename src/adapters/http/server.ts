import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Intake } from '../../engine/intake.ts';
import { alertsOf, Webhook } from '../../intake/alertmanager.ts';
import { type HealthParts, health } from './health.ts';

/** The largest webhook body, bytes: some ten thousand alerts. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** What a caller is told to wait when Medic cannot store an alert, seconds. */
const RETRY_AFTER = 5;

export interface HttpParts extends HealthParts {
  readonly intake: Intake;
  readonly token: string;
  /** Takes Slack's requests in HTTP mode. */
  readonly slack: RequestListener | null;
}

const SLACK_PATH = '/slack/events';

/** The HTTP side: webhooks in, health and metrics out. Slack's own requests go to its adapter untouched. */
export function createHttpServer(parts: HttpParts): FastifyInstance {
  const { slack } = parts;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    logger: false,
    ...(slack === null
      ? {}
      : {
          serverFactory: (handler: RequestListener) =>
            createServer((req, res) => (isSlack(req) ? slack : handler)(req, res)),
        }),
  });
  health(app, parts);
  webhooks(app, parts);
  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) parts.log.error({ err: error }, 'a request failed');
    else parts.metrics.webhooksRefused.inc({ reason: status === 413 ? 'too-large' : 'malformed' });
    return reply
      .code(status)
      .send({ error: status >= 500 ? 'an internal error, see the log' : error.message });
  });
  return app;
}

function isSlack(request: IncomingMessage): boolean {
  return request.url?.split('?')[0] === SLACK_PATH;
}

function webhooks(app: FastifyInstance, parts: HttpParts): void {
  const { intake, metrics, log } = parts;
  const authorised = bearer(parts.token);
  for (const path of ['/alert', '/api/v1/alert/immediate', '/api/v1/alert/batch']) {
    app.post(path, {
      // Before the body is read: a stranger's bytes are not parsed.
      onRequest: async (request, reply) => {
        if (authorised(request.headers.authorization)) return;
        metrics.webhooksRefused.inc({ reason: 'unauthorised' });
        await reply
          .code(401)
          .header('www-authenticate', 'Bearer')
          .send({ error: 'send `Authorization: Bearer <ALERT_TOKEN>`' });
      },
      handler: async (request, reply) => {
        const body = Webhook.safeParse(request.body);
        if (!body.success) {
          metrics.webhooksRefused.inc({ reason: 'malformed' });
          return reply
            .code(422)
            .send({ error: 'this is not an Alertmanager webhook', problems: problemsOf(body.error) });
        }
        if (body.data.truncatedAlerts > 0) {
          log.warn(
            { group: body.data.groupKey, truncated: body.data.truncatedAlerts },
            'the sender left out alerts',
          );
        }
        try {
          // The answer is sent when every alert is stored, and not before.
          return reply.code(200).send(await intake.accept(alertsOf(body.data)));
        } catch (error) {
          log.error({ err: error }, 'alerts could not be stored');
          return reply
            .code(503)
            .header('retry-after', String(RETRY_AFTER))
            .send({ error: 'the alerts could not be stored, send them again' });
        }
      },
    });
  }
}

function problemsOf(error: z.ZodError): string[] {
  return error.issues.slice(0, 20).map((issue) => `${issue.path.join('.') || '(body)'}: ${issue.message}`);
}

/** Compares digests, so that neither length nor prefix of the token shows in the time it takes. */
function bearer(token: string): (header: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (header) => timingSafeEqual(digest(header ?? ''), expected);
}
