import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { ChatRequest, Reply } from './protocol.ts';

type Message = Extract<Reply, { readonly kind: 'message' }>;

/** How much of an answer comes in one piece, characters. */
const PIECE = 12;

/** Sends a message piece by piece, as the real API does for `stream: true`; with `cutAfter` the connection breaks after so many characters. */
export function sendStream(
  reply: Message,
  body: ChatRequest | null,
  response: ServerResponse,
  timers: Set<NodeJS.Timeout>,
): void {
  const id = `chatcmpl-${randomUUID()}`;
  const created = Math.floor(Date.now() / 1000);
  const chunk = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      created,
      model: body?.model ?? 'none',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    })}\n\n`;
  const content = reply.content ?? '';
  const end = Math.min(content.length, reply.cutAfter ?? content.length);
  const pieces = Array.from({ length: Math.ceil(end / PIECE) }, (_, nth) =>
    chunk({ content: content.slice(nth * PIECE, Math.min(end, (nth + 1) * PIECE)) }, null),
  );
  const refusal = reply.refusal === undefined ? [] : [chunk({ refusal: reply.refusal }, null)];
  const last = [chunk({}, reply.finish ?? 'stop'), 'data: [DONE]\n\n'];
  const queue = [chunk({ role: 'assistant', content: '' }, null), ...refusal, ...pieces];
  if (reply.cutAfter === undefined) queue.push(...last);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': randomUUID() });
  const finish = () => (reply.cutAfter === undefined ? response.end() : response.destroy());
  if (reply.pace === undefined) {
    response.write(queue.join(''), finish);
    return;
  }
  const timer = setInterval(() => {
    const next = queue.shift();
    if (next !== undefined && !response.destroyed) {
      response.write(next);
      return;
    }
    clearInterval(timer);
    timers.delete(timer);
    finish();
  }, reply.pace);
  timers.add(timer);
}
