import type { IncomingMessage, RequestListener } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { readBodies } from './body.ts';
import { type ChangeParts, hearChanges } from './changes.ts';
import { closeInTime, PATIENCE, type Patience, patientServer } from './connections.ts';
import { type HealthParts, health } from './health.ts';
import { hearPagers, type InletParts } from './inlets.ts';
import { refuse } from './refusals.ts';
import { type WebhookParts, webhooks } from './webhooks.ts';

/** The largest webhook body, bytes: some ten thousand alerts. */
const BODY_LIMIT = 8 * 1024 * 1024;

export interface HttpParts extends HealthParts, InletParts, ChangeParts, Omit<WebhookParts, 'bodyLimit'> {
  /** Takes Slack's requests in HTTP mode. */
  readonly slack: RequestListener | null;
  readonly patience?: Patience;
}

const SLACK_PATH = '/slack/events';

/** The HTTP side: webhooks in, health and metrics out. Slack's own requests go to its adapter untouched. */
export function createHttpServer(parts: HttpParts): FastifyInstance {
  const { slack, patience = PATIENCE } = parts;
  const serve = patientServer(patience);
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    serverFactory: (handler: RequestListener) =>
      serve(slack === null ? handler : (req, res) => (isSlack(req) ? slack : handler)(req, res)),
  });
  closeInTime(app, patience);
  readBodies(app, BODY_LIMIT);
  health(app, parts);
  webhooks(app, { ...parts, bodyLimit: BODY_LIMIT });
  hearPagers(app, parts);
  hearChanges(app, parts);
  refuse(app, { ...parts, bodyLimit: BODY_LIMIT });
  return app;
}

function isSlack(request: IncomingMessage): boolean {
  return request.url?.split('?')[0] === SLACK_PATH;
}
