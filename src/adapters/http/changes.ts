import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Deeds, Heard } from '../../engine/intake/changes.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { gate } from './gate.ts';
import { createLimiter, createRoom, type Rate } from './pressure.ts';
import { onlyPosts } from './refusals.ts';

const PATH = '/api/v1/change';
/** GitHub caps what it sends at 25 MiB, and what tells of a change is a hundredth of it, but for a push of many commits. */
const BODY_LIMIT = 4 * 1024 * 1024;
const ROOM = 4 * BODY_LIMIT;
/** When it should come again where Medic cannot store it, and where there is only too much at once; seconds. */
const RETRY_AFTER = 5;
const BREATHER = 1;
/** Changes a second of one sender: a pipeline tells of a few an hour. */
const RATE: Rate = { per_second: 20, burst: 500 };

export interface ChangeParts {
  /** Null where no secret is set: nobody can tell of a change then. */
  readonly changes: { readonly token: string; readonly heard: Deeds } | null;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Takes what pipelines, GitHub and Argo CD tell of changes. What GitHub signs is the body as it came, so that it is read after that. */
export function hearChanges(app: FastifyInstance, { changes, metrics, log }: ChangeParts): void {
  if (changes === null) return;
  const limiter = createLimiter(RATE);
  const room = createRoom(ROOM);
  const authorised = gate(changes.token);
  const refused = (reason: 'unauthorised' | 'malformed' | 'too-large' | 'too-fast' | 'overloaded') =>
    metrics.webhooksRefused.inc({ reason });
  const unauthorised = (reply: FastifyReply, error: string) => {
    refused('unauthorised');
    return reply.code(401).header('www-authenticate', 'Bearer').send({ error });
  };

  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { authorization } = request.headers;
    if (!authorised(authorization) && signatureIn(request) === null)
      return unauthorised(
        reply,
        'send `Authorization: Bearer <CHANGE_TOKEN>`, or let GitHub sign with it as the secret of its webhook',
      );
    const wait = limiter.wait(request.ip);
    const length = Number(request.headers['content-length'] ?? BODY_LIMIT);
    const leave = wait > 0 ? null : room.enter(Math.min(length, BODY_LIMIT));
    if (leave === null) {
      refused(wait > 0 ? 'too-fast' : 'overloaded');
      return later(reply, Math.max(wait, BREATHER), 'too many changes at once, send it again');
    }
    reply.raw.once('close', leave);
    limiter.take(request.ip, 1);
    return undefined;
  };

  const hear = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signature = signatureIn(request);
    // A signature that is there must fit, whatever else is sent.
    if (signature !== null && !isSigned(signature, changes.token, body))
      return unauthorised(
        reply,
        'X-Hub-Signature-256 does not fit: CHANGE_TOKEN is the secret of the webhook',
      );
    const read = jsonIn(body, request.headers['content-type']);
    if ('error' in read) {
      refused('malformed');
      return reply.code(400).send({ error: read.error, problems: [`(body): ${read.error}`] });
    }
    const event = request.headers['x-github-event'];
    let heard: Heard;
    try {
      heard = await changes.heard.hear(read.json, typeof event === 'string' ? event : null, Date.now());
    } catch (err) {
      log.error({ err }, 'a change could not be stored');
      return later(reply, RETRY_AFTER, 'it could not be stored, send it again');
    }
    if (heard.kind === 'wrong') {
      refused('malformed');
      return reply
        .code(422)
        .send({ error: 'this tells of no change that can be read', problems: heard.problems });
    }
    return heard.kind === 'recorded'
      ? reply.code(200).send({ recorded: true, service: heard.service })
      : reply.code(200).send({ recorded: false, reason: heard.why });
  };

  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      async (_: unknown, body: Buffer) => body,
    );
    // A change that cannot be read is no alert that was lost.
    scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
      const status = error.statusCode ?? 500;
      if (status >= 500) log.error({ err: error }, 'a request failed');
      else refused(status === 413 ? 'too-large' : 'malformed');
      return reply
        .code(status)
        .send({ error: status >= 500 ? 'an internal error, see the log' : error.message });
    });
    onlyPosts(scope, PATH);
    scope.post(PATH, { onRequest: admit, handler: hear });
    done();
  });
}

function later(reply: FastifyReply, seconds: number, error: string): FastifyReply {
  return reply.code(503).header('retry-after', String(seconds)).send({ error });
}

function signatureIn({ headers }: FastifyRequest): string | null {
  const signature = headers['x-hub-signature-256'];
  return typeof signature === 'string' ? signature : null;
}

function isSigned(signature: string, secret: string, body: Uint8Array): boolean {
  const wanted = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const given = Buffer.from(signature.trim());
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** A body in JSON; GitHub puts it into a form as well, as its webhooks do where nobody chooses. */
function jsonIn(
  body: Buffer,
  type: string | undefined,
): { readonly json: unknown } | { readonly error: string } {
  const text = body.toString('utf8');
  const isForm = type?.includes('application/x-www-form-urlencoded') === true && text.startsWith('payload=');
  const written = isForm ? (new URLSearchParams(text).get('payload') ?? '') : text;
  if (written.trim() === '') return { error: 'the body is empty' };
  try {
    return { json: JSON.parse(written) };
  } catch (error) {
    return { error: `the body is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
