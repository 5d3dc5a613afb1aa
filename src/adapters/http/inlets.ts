import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../../engine/engine.ts';
import { plainly } from '../../lib/text/text-read.ts';
import type { Inlet } from '../../notify/inlet.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { onlyPosts } from './refusals.ts';

/** The largest of what a pager says, bytes. */
const BODY_LIMIT = 256 * 1024;
/** When it should come again where Medic cannot store it, seconds. */
const RETRY_AFTER = 5;

export interface InletParts {
  readonly inlets: readonly Inlet[];
  readonly engine: Pick<Engine, 'dispatch'>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Takes the words of pagers. What is signed is the body as it came, so that it is not read as anything before. */
export function hearPagers(app: FastifyInstance, parts: InletParts): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      async (_: unknown, body: Buffer) => body,
    );
    // What strangers send here is no alert that was lost.
    scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
      const status = error.statusCode ?? 500;
      parts.metrics.webhooksRefused.inc({ reason: status === 413 ? 'too-large' : 'malformed' });
      return reply
        .code(status)
        .send({ error: status >= 500 ? 'an internal error, see the log' : error.message });
    });
    for (const inlet of parts.inlets) {
      onlyPosts(scope, inlet.path);
      scope.post(inlet.path, (request, reply) => hear(parts, inlet, request, reply));
    }
    done();
  });
}

async function hear(
  { engine, metrics, log }: InletParts,
  { from, answers, read }: Inlet,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const heard = read(request.headers, body, Date.now());
  if (heard.kind === 'refused') {
    metrics.webhooksRefused.inc({ reason: heard.status === 401 ? 'unauthorised' : 'malformed' });
    return reply.code(heard.status).send({ error: heard.reason });
  }
  if (heard.word === null) return reply.code(200).send({ heard: false });
  const { incident, once, ...word } = heard.word;
  try {
    const dispatched = await engine.dispatch(incident, { type: 'pager-said', from, ...word }, { once });
    if (!answers) return reply.code(200).send({ heard: dispatched.kind === 'done' });
    if (dispatched.kind === 'refused') return reply.code(409).send({ error: plainly(dispatched.reason) });
    if (dispatched.kind === 'repeated') return reply.code(409).send({ error: 'this was said before' });
    return reply.code(200).send({ heard: true });
  } catch (err) {
    log.error({ err, from }, 'the word of a pager could not be stored');
    return reply
      .code(503)
      .header('retry-after', String(RETRY_AFTER))
      .send({ error: 'it could not be stored, say it again' });
  }
}
