import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Read } from '../../alerts/gather.ts';
import type { AlertSource } from '../../alerts/sources.ts';
import type { Settings } from '../../config/settings.ts';
import type { Losses } from '../../engine/health/losses.ts';
import type { Intake } from '../../engine/intake/intake.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { gate } from './gate.ts';
import { createLimiter, createRoom } from './pressure.ts';
import { lossTeller, onlyPosts } from './refusals.ts';

/** What a caller is told to wait when Medic cannot store an alert, seconds. */
const RETRY_AFTER = 5;
/** The same when there is only too much at once. */
const BREATHER = 1;

/** A source, and the secret that its webhooks carry. */
export interface GuardedSource extends AlertSource {
  readonly token: string;
  /** The variable that holds it. */
  readonly tokenName: string;
}

export interface WebhookParts {
  readonly intake: Intake;
  readonly sources: readonly GuardedSource[];
  readonly limits: Settings['intake'];
  /** What further words for a severity mean. */
  readonly severities: Settings['severities'];
  readonly losses: Losses;
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
  const limiter = createLimiter(parts.limits.rate);
  const noter = noterOf(parts);
  const room = createRoom(parts.limits.under_way.bytes);
  const places = parts.sources.flatMap((source) => source.paths.map((place) => ({ source, ...place })));
  for (const { source, path, mayWait } of places) {
    const admit = doorOf(parts, source, room);
    const noted = (read: Read) => noter(source.name, read);
    onlyPosts(app, path);
    app.post(path, {
      // Before the body is read: what is refused costs no memory, and a stranger's bytes are not parsed.
      onRequest: async (request, reply) => admit(request, reply, limiter.wait(request.ip)),
      handler: async (request, reply) => {
        const read = source.read(request.body, { received: Date.now(), severities: parts.severities });
        if (read.kind === 'malformed') {
          await noted(read);
          parts.metrics.webhooksRefused.inc({ reason: 'malformed' });
          return reply.code(422).send({
            error: source.wanted,
            problems: read.problems,
          });
        }
        limiter.take(request.ip, read.alerts.length);
        return take(parts, reply, { read, mayWait, noted });
      },
    });
  }
}

interface Taking {
  readonly read: Read & { readonly kind: 'alerts' };
  readonly mayWait: boolean;
  readonly noted: (read: Read) => Promise<void>;
}

async function take(
  parts: WebhookParts,
  reply: FastifyReply,
  { read, mayWait, noted }: Taking,
): Promise<FastifyReply> {
  const { intake, metrics, log } = parts;
  const { alerts, unreadable, problems } = read;
  try {
    const result = await (mayWait ? intake.collect(alerts) : intake.accept(alerts));
    if (result.kind === 'overloaded') return overloaded(parts, reply, result.retryAfter);
    for (const { source, status } of alerts) metrics.alertsReceived.inc({ source, status });
    // Only now: a body that is refused comes again, and what it lacks would be counted twice.
    await noted(read);
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
}

/** So many words for a severity that nobody knows are told apart. */
const MOST_WORDS = 200;

/** Counts, logs and has people told what of a body was not heard; and logs once what was not understood. */
function noterOf(parts: WebhookParts): (source: string, read: Read) => Promise<void> {
  const { metrics, log } = parts;
  const lose = lossTeller(parts);
  const words = new Set<string>();
  return async (source, read) => {
    const { truncated, unreadable, problems } = read;
    const group = read.kind === 'alerts' ? read.group : null;
    if (truncated > 0) log.warn({ source, group, truncated }, 'the sender left out alerts');
    await lose('truncated', truncated);
    if (read.kind === 'malformed') log.warn({ source, problems }, 'nothing of a webhook could be read');
    if (unreadable > 0) {
      metrics.alertsUnreadable.inc({ source }, unreadable);
      log.warn({ source, group, unreadable, problems }, 'alerts of a webhook could not be read');
      await lose('unreadable', unreadable);
    } else if (read.kind === 'malformed') await lose('malformed', 1);
    const unknown = read.kind === 'alerts' ? read.unknownSeverities : [];
    for (const severity of unknown) {
      if (words.has(severity) || words.size >= MOST_WORDS) continue;
      words.add(severity);
      log.warn({ severity }, 'no known severity: read as warning, unless `severities` says what it means');
    }
  };
}

/** Lets a request in, or answers it: who it is from, how fast they come, and whether there is room for its body. */
function doorOf(
  parts: WebhookParts,
  { token, tokenName }: GuardedSource,
  room: ReturnType<typeof createRoom>,
) {
  const { metrics, bodyLimit } = parts;
  const authorised = gate(token);
  return async (request: FastifyRequest, reply: FastifyReply, wait: number): Promise<unknown> => {
    if (!authorised(request.headers.authorization)) {
      metrics.webhooksRefused.inc({ reason: 'unauthorised' });
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({
          error: `send \`Authorization: Bearer <${tokenName}>\`, or Basic with any user and that password`,
        });
    }
    if (wait > 0) {
      metrics.webhooksRefused.inc({ reason: 'too-fast' });
      return later(reply, wait, 'more alerts a second than one source may send, send them again');
    }
    // A body of unknown length may become as large as any, and so may one that is packed.
    const isPacked = request.headers['content-encoding'] !== undefined;
    const length = isPacked ? bodyLimit : Number(request.headers['content-length'] ?? bodyLimit);
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
