/**
 * Reads a body as text, at most `limit` bytes of it. Throws beyond that, so that no answer can fill the memory; with `cut` it
 * answers with the start instead.
 */
export async function readCapped(
  response: Response,
  limit: number,
  beyond: 'throw' | 'cut' = 'throw',
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size <= limit) continue;
    if (beyond === 'throw') throw new Error(`the answer is larger than ${limit} bytes`);
    break;
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}
