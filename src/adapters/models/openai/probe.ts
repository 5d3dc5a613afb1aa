/** How long the server may take to say that it is there, milliseconds. */
const TIMEOUT = 5_000;

export interface ModelServer {
  readonly baseUrl: string;
  /** Null for a server that asks for none. */
  readonly apiKey: string | null;
}

/**
 * Looks whether the model's server is there, by a question that costs nothing: its list of models. It is there where it answers anything
 * but that it failed; not every server lists its models. Rejects where it is not.
 */
export async function probeModel(
  { baseUrl, apiKey }: ModelServer,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<void> {
  const answer = await fetch(`${baseUrl.replace(/\/$/, '')}/models`, {
    signal: AbortSignal.timeout(TIMEOUT),
    ...(apiKey === null ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
  });
  // Nobody reads the list, however long it is.
  await answer.body?.cancel();
  if (answer.status >= 500) throw new Error(`the server of the model answered ${answer.status}`);
}
