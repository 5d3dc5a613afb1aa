import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request: answered as it should be, otherwise, or done and its answer lost; or nothing is answered at all. */
export type Behaviour =
  | 'works'
  | 'answer-lost'
  | 'hangs'
  | { readonly status: number; readonly retryAfter?: string };

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Something outside that takes requests over HTTP, and may be told to behave badly. */
export interface Outside {
  readonly url: string;
  /** For all requests from now on. */
  behave(behaviour: Behaviour): void;
  /** How many requests came. */
  asked(): number;
  stop(): Promise<void>;
}

export async function startOutside(take: (request: Request) => Answer): Promise<Outside> {
  let behaviour: Behaviour = 'works';
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (behaviour === 'hangs') return;
      if (typeof behaviour === 'object') {
        const { status, retryAfter } = behaviour;
        response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
        response.end('{}');
        return;
      }
      const { method = '', url = '', headers } = request;
      const answer = take({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') });
      if (behaviour === 'answer-lost') return void response.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave(next) {
      behaviour = next;
    },
    asked: () => asked,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
