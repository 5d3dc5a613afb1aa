import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A body that nothing can be made of, or that is too large, with what its sender is answered. */
class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly statusCode: number;
  constructor(statusCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.statusCode = statusCode;
  }
}

/** The beginning of a content type as HTTP writes it. */
const TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const PACKINGS: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', promisify(gunzip) as Unpack],
  ['x-gzip', promisify(gunzip) as Unpack],
  ['deflate', promisify(inflate) as Unpack],
  ['br', promisify(brotliDecompress) as Unpack],
  ['zstd', promisify(zstdDecompress) as Unpack],
]);

/**
 * Reads every body as JSON, whatever its content type says: senders leave it out, or say something else. It is the plain JSON of the
 * language: names such as `__proto__` are data like any other, and refusing a body for one would lose a whole group of alerts.
 */
export function readBodies(app: FastifyInstance, limit: number): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async ({ raw }) => {
    const type = raw.headers['content-type'];
    // One that names no type at all would be refused before anybody could read the body.
    if (type !== undefined && !TYPE.test(type)) raw.headers['content-type'] = 'application/json';
  });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const bytes = await unpacked(body, request.headers['content-encoding'], limit);
    return parsed(textOf(bytes, request.headers['content-type']));
  });
}

async function unpacked(
  packed: Uint8Array,
  encoding: string | undefined,
  limit: number,
): Promise<Uint8Array> {
  const packings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const named = packings.filter((name) => name !== '' && name !== 'identity');
  // Once is enough: who packs twice wants to fill the memory.
  const [packing] = named;
  if (packing === undefined) return packed;
  const unpack = named.length === 1 ? PACKINGS.get(packing) : undefined;
  if (unpack === undefined)
    throw new BodyRefused(
      415,
      `the content encoding ${JSON.stringify(encoding)} cannot be read: send the body as it is, or with gzip`,
    );
  try {
    return await unpack(packed, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new BodyRefused(413, 'the unpacked body is too large', { cause });
    throw new BodyRefused(400, `the body is not what its content encoding ${JSON.stringify(encoding)} says`, {
      cause,
    });
  }
}

/** In the character set that is named, where that is one, else in the one that the byte order mark tells, else in UTF-8. */
function textOf(bytes: Uint8Array, contentType: string | undefined): string {
  const [, named] = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '') ?? [];
  const [first, second] = bytes;
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  return decoderFor(marked ?? named ?? 'utf-8').decode(bytes);
}

const UTF8 = new TextDecoder('utf-8');

/** It leaves the byte order mark out, and puts a sign in place of bytes that are no characters. */
function decoderFor(label: string): InstanceType<typeof TextDecoder> {
  if (label === 'utf-8') return UTF8;
  try {
    return new TextDecoder(label);
  } catch {
    return UTF8;
  }
}

function parsed(text: string): unknown {
  // Like no body at all: whoever reads it says what is missing.
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BodyRefused(400, `the body is no JSON: ${why}`, { cause });
  }
}
