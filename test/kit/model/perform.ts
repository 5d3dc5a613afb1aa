import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ChatRequest, Reply } from './protocol.ts';
import { sendStream } from './stream.ts';

/** Carries out a reply. A `slow` one keeps its timer in `timers`, so that a stopping server can clear it. */
export function perform(
  reply: Reply,
  body: ChatRequest | null,
  response: ServerResponse,
  timers: Set<NodeJS.Timeout>,
): void {
  switch (reply.kind) {
    case 'hang':
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      sendForEver(reply.piece, response, timers);
      return;
    case 'slow': {
      const timer = setTimeout(() => {
        timers.delete(timer);
        perform(reply.reply, body, response, timers);
      }, reply.ms);
      timers.add(timer);
      return;
    }
    case 'status':
      sendJson(response, reply.status, { error: reply.error }, reply.headers);
      return;
    case 'raw':
      response.writeHead(200, { 'content-type': reply.contentType });
      response.end(reply.body);
      return;
    case 'disconnect':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      response.write('{"id":"chatcmpl-', () => response.destroy());
      return;
    case 'empty':
      sendJson(response, 200, completion(body, [], null));
      return;
    case 'message': {
      if (body?.stream === true && reply.whole !== true) {
        sendStream(reply, body, response, timers);
        return;
      }
      const text = { role: 'assistant', content: reply.content, refusal: reply.refusal ?? null };
      const choice = { index: 0, message: text, logprobs: null, finish_reason: reply.finish ?? 'stop' };
      sendJson(
        response,
        200,
        completion(body, [choice], reply.tokens ?? estimate(body, reply.content ?? '')),
      );
      return;
    }
    default:
      reply satisfies never;
  }
}

function sendForEver(piece: string, response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  const timer = setInterval(() => response.write(piece), 10);
  timers.add(timer);
  response.once('close', () => {
    clearInterval(timer);
    timers.delete(timer);
  });
}

/** Tokens by the usual rule of thumb, four characters each. */
function estimate(body: ChatRequest | null, content: string) {
  const asked = (body?.messages ?? []).reduce((sum, message) => sum + message.content.length, 0);
  return { in: Math.ceil(asked / 4), out: Math.ceil(content.length / 4) };
}

function completion(
  body: ChatRequest | null,
  choices: readonly unknown[],
  tokens: { in: number; out: number } | null,
) {
  const usage = tokens && {
    prompt_tokens: tokens.in,
    completion_tokens: tokens.out,
    total_tokens: tokens.in + tokens.out,
  };
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: body?.model ?? 'none',
    choices,
    ...(usage && { usage }),
  };
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-request-id': randomUUID(),
    ...headers,
  });
  response.end(JSON.stringify(value));
}
