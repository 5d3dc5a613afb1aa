import type OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { z } from 'zod';

/** The server was asked to stream, and sent nothing that is a stream: it is asked again for an answer in one piece. */
export class NoStream extends Error {
  override readonly name = 'NoStream';
}

/** The stream ended before the server said that the answer was whole. */
class BrokenStream extends TypeError {
  constructor() {
    super('the stream broke off', { cause: new Error('the answer ended in mid-sentence') });
  }
}

/** What is read of a piece; servers fill in the rest as they please. */
const Piece = z.object({
  model: z.string().nullish(),
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
    }),
  ),
});

/**
 * Asks for an answer piece by piece, and gives it as a whole in the shape of one that came at once. Throws the client's error, and
 * {@link NoStream} where nothing came that is a piece.
 */
export async function streamed(
  client: OpenAI,
  body: ChatCompletionCreateParamsNonStreaming,
  onPiece: (piece: string, first: boolean) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const stream = await client.chat.completions.create({ ...body, stream: true }, { signal });
  let [content, refusal, model] = ['', '', body.model];
  let finish: string | null = null;
  let pieces = 0;
  for await (const chunk of stream) {
    const piece = Piece.safeParse(chunk).data;
    const choice = piece?.choices[0];
    if (piece === undefined || choice === undefined) continue;
    const { delta } = choice;
    const text = delta?.content ?? '';
    if (text !== '') onPiece(text, content === '');
    pieces += 1;
    content += text;
    refusal += delta?.refusal ?? '';
    model = piece.model ?? model;
    finish = choice.finish_reason ?? finish;
  }
  // A stream that its signal ended comes to an end like any other.
  signal.throwIfAborted();
  if (pieces === 0) throw new NoStream('the server sent no pieces');
  if (finish === null) throw new BrokenStream();
  const message = { content, refusal: refusal === '' ? null : refusal };
  return { model, choices: [{ finish_reason: finish, message }], usage: null };
}
