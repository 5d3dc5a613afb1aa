import { request } from 'node:http';

/** Where the Engine API is: a socket, or an address over TCP. */
export type DockerPlace = { readonly socket: string } | { readonly url: string };

/** The newest version that Medic speaks; an engine that knows less is asked in its own. */
const SPOKEN = [1, 47] as const;
/** An answer that is larger is nobody's state, bytes. */
const MOST = 4 * 1024 * 1024;

/** What the engine refused, in its words. */
class DockerRefused extends Error {
  override readonly name = 'DockerRefused';
}

export interface Docker {
  /** A path such as `/containers/json?all=true`, read as JSON. Nothing but GET is ever sent. */
  json(path: string, signal: AbortSignal): Promise<unknown>;
  bytes(path: string, signal: AbortSignal): Promise<Buffer>;
}

/** Asks an engine, in the newest version that both know. */
export function createDocker(place: DockerPlace): Docker {
  let version: Promise<string> | null = null;
  const bytes = async (path: string, signal: AbortSignal) => {
    version ??= versionOf(place, signal);
    const prefix = await version.catch((error: unknown) => {
      version = null;
      throw error;
    });
    return (await get(place, `/v${prefix}${path}`, signal)).body;
  };
  return {
    bytes,
    json: async (path, signal) => JSON.parse((await bytes(path, signal)).toString('utf8')) as unknown,
  };
}

async function versionOf(place: DockerPlace, signal: AbortSignal): Promise<string> {
  const { headers } = await get(place, '/_ping', signal);
  const said = headers['api-version'];
  const [, major, minor] = /^(\d+)\.(\d+)$/.exec(typeof said === 'string' ? said : '') ?? [];
  if (major === undefined || minor === undefined)
    throw new DockerRefused('what answers is no Docker: it names no API version');
  const theirs = [Number(major), Number(minor)] as const;
  const isOlder = theirs[0] < SPOKEN[0] || (theirs[0] === SPOKEN[0] && theirs[1] < SPOKEN[1]);
  return (isOlder ? theirs : SPOKEN).join('.');
}

interface Answer {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function get(place: DockerPlace, path: string, signal: AbortSignal): Promise<Answer> {
  const where = 'socket' in place ? { socketPath: place.socket, host: 'localhost' } : addressOf(place.url);
  return new Promise((resolve, reject) => {
    const asked = request({ ...where, path, method: 'GET', signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST)
          asked.destroy(new DockerRefused(`its answer to ${path} is larger than ${MOST} bytes`));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve({ headers: response.headers, body });
        else reject(new DockerRefused(messageIn(body) ?? `it answered ${response.statusCode}`));
      });
    });
    asked.once('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(whyNot(error, place), { cause: error })),
    );
    asked.end();
  });
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 2375) };
}

function whyNot(error: NodeJS.ErrnoException, place: DockerPlace): string {
  const where = 'socket' in place ? place.socket : place.url;
  switch (error.code) {
    case 'ENOENT':
      return `there is no socket ${where}`;
    case 'EACCES':
      return `Medic's user may not use ${where}`;
    case 'ECONNREFUSED':
      return `nothing listens at ${where}`;
    default:
      return error instanceof DockerRefused ? error.message : `${where} could not be asked: ${error.message}`;
  }
}

function messageIn(body: Buffer): string | null {
  try {
    const { message } = JSON.parse(body.toString('utf8')) as { readonly message?: unknown };
    return typeof message === 'string' ? message.slice(0, 300) : null;
  } catch {
    return null;
  }
}

/**
 * The lines of a log. Without a terminal each piece has a head of eight bytes: which stream, three zeros, and how long it is. What a
 * piece promises and does not hold is left out.
 */
export function linesOf(log: Buffer, hasTerminal: boolean): readonly string[] {
  const text = hasTerminal ? log.toString('utf8') : Buffer.concat(piecesOf(log)).toString('utf8');
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '');
}

function piecesOf(log: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= log.length; ) {
    const length = log.readUInt32BE(at + 4);
    if (log[at] === undefined || (log[at] as number) > 2 || at + 8 + length > log.length) break;
    pieces.push(log.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces;
}
