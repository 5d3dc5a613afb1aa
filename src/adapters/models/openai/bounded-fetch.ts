/** The server sent more than any answer may hold. */
export class OversizedAnswer extends Error {
  override readonly name = 'OversizedAnswer';
  readonly limit: number;
  constructor(limit: number) {
    super(`The answer is longer than ${limit} bytes.`);
    this.limit = limit;
  }
}

/** A fetch whose response bodies fail with {@link OversizedAnswer} past `limit` bytes, so no server can fill the memory. */
export function boundedFetch(limit: number, inner: typeof fetch = fetch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    if (response.body === null) return response;
    let seen = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen > limit) controller.error(new OversizedAnswer(limit));
        else controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
  };
}
