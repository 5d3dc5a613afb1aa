import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { perform } from './perform.ts';
import {
  type ApiError,
  type Behaviour,
  type ChatRequest,
  invalid,
  type ModelRequest,
  type Reply,
} from './protocol.ts';
import { thinking } from './thinking.ts';
import { validate } from './validate.ts';

export interface ModelServerOptions {
  /** A free one by default. */
  readonly port?: number;
  readonly apiKey?: string;
  /** The models it serves; any by default. */
  readonly models?: readonly string[];
}

export interface ModelServer {
  /** The base URL, `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  readonly apiKey: string;
  /** Requests that were in order, oldest first. */
  readonly requests: readonly ModelRequest[];
  /** Errors answered to requests that were not in order. */
  readonly rejected: readonly ApiError[];
  /** One behaviour for every request from now on, or one for each in turn; after a list it thinks for itself again. */
  script(behaviour: Behaviour | readonly Behaviour[]): void;
  stop(): Promise<void>;
}

/** What to answer, and the request it answers where that was in order. */
type Answer = { readonly reply: Reply; readonly body: ChatRequest | null };

const LARGEST_REQUEST = 4_000_000;

/** A chat completions server on loopback that holds its clients to the protocol. Without a script it thinks for itself. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const apiKey = options.apiKey ?? 'test-key';
  const requests: ModelRequest[] = [];
  const rejected: ApiError[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let always: Behaviour = thinking;
  let queue: Behaviour[] = [];

  const reject = (status: number, error: ApiError): Answer => {
    rejected.push(error);
    return { reply: { kind: 'status', status, error }, body: null };
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const authorization = request.headers.authorization ?? null;
    if (authorization !== `Bearer ${apiKey}`) return reject(401, badKey(authorization));
    if (path === '/v1/models' && request.method === 'GET') return listOf(options.models ?? []);
    if (path !== '/v1/chat/completions' || request.method !== 'POST') {
      return reject(404, invalid(`Unknown request URL: ${request.method} ${path}.`, null, 'unknown_url'));
    }
    const checked = validate(await readJson(request));
    if (!checked.ok) return reject(400, checked.error);
    const { body } = checked;
    if (options.models && !options.models.includes(body.model)) {
      return reject(404, invalid(`The model '${body.model}' does not exist.`, 'model', 'model_not_found'));
    }
    const received = { path, authorization, body, ...texts(body) };
    requests.push(received);
    return { reply: (queue.shift() ?? always)(received), body };
  }

  const server = createServer((request, response) => {
    void (async () => {
      const { reply, body } = await answer(request).catch((error: unknown) =>
        reject(400, invalid(String(error), null)),
      );
      perform(reply, body, response, timers);
    })();
  });
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    apiKey,
    requests,
    rejected,
    script(behaviour) {
      queue = typeof behaviour === 'function' ? [] : [...behaviour];
      always = typeof behaviour === 'function' ? behaviour : thinking;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listOf(models: readonly string[]): Answer {
  const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'local' }));
  const body = JSON.stringify({ object: 'list', data });
  return { reply: { kind: 'raw', contentType: 'application/json', body }, body: null };
}

function badKey(authorization: string | null): ApiError {
  return authorization === null
    ? invalid("You didn't provide an API key.", null)
    : invalid('Incorrect API key provided.', null, 'invalid_api_key');
}

function texts({ messages }: ChatRequest): { system: string; user: string } {
  const of = (...roles: string[]) =>
    messages
      .filter(({ role }) => roles.includes(role))
      .map(({ content }) => content)
      .join('\n');
  return { system: of('system', 'developer'), user: of('user') };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!request.headers['content-type']?.startsWith('application/json')) {
    throw new Error('The content type must be application/json.');
  }
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > LARGEST_REQUEST) throw new Error('The request is too large.');
  }
  return JSON.parse(text);
}
