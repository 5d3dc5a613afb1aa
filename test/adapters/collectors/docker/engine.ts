import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A container as the engine has it, by the parts that a test cares for. */
export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly state?: object;
  readonly restarts?: number;
  readonly memory?: number;
  readonly tty?: boolean;
  /** Pieces of its log: 1 is its output, 2 its errors. */
  readonly log?: readonly (readonly [1 | 2, string])[];
  readonly stats?: object;
}

const RUNNING = {
  Status: 'running',
  Running: true,
  OOMKilled: false,
  ExitCode: 0,
  Error: '',
  StartedAt: '2026-11-03T10:00:00.123456789Z',
  FinishedAt: '0001-01-01T00:00:00Z',
};

/**
 * A Docker engine by its documented API (v1.24 to `newest`): only GET is served, an unknown version is refused, a filter that is none is refused, answers come in chunks,
 * and logs in its multiplexed stream where the container has no terminal.
 */
export async function startEngine(
  containers: readonly FakeContainer[],
  { socket, newest = '1.45' }: { socket?: string; newest?: string } = {},
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://docker');
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'api-version': newest,
        server: 'Docker/26.0.0 (linux)',
      });
      const text = JSON.stringify(body);
      // In two chunks, as the engine streams what it encodes.
      response.write(text.slice(0, 3));
      response.end(text.slice(3));
    };
    if (request.method !== 'GET') return answer(403, { message: 'only GET here' });
    if (url.pathname === '/_ping') {
      response.writeHead(200, { 'content-type': 'text/plain', 'api-version': newest });
      return response.end('OK');
    }
    const [, version = '', path = ''] = /^\/v(\d+\.\d+)(\/.*)$/.exec(url.pathname) ?? [];
    if (Number(version.split('.')[1]) > Number(newest.split('.')[1]))
      return answer(400, {
        message: `client version ${version} is too new. Maximum supported API version is ${newest}`,
      });
    if (path === '/containers/json') return list(url, answer);
    const [, id = '', what = ''] = /^\/containers\/([^/]+)\/(json|stats|logs)$/.exec(path) ?? [];
    const one = containers.find((each) => each.id === id);
    if (one === undefined)
      return answer(404, {
        message: path.startsWith('/containers/') ? `No such container: ${id}` : 'page not found',
      });
    if (what === 'json') return answer(200, inspected(one));
    if (what === 'stats') {
      if (url.searchParams.get('stream') !== 'false')
        return answer(400, { message: 'this engine would stream for ever' });
      return answer(200, one.stats ?? { memory_stats: {} });
    }
    if (url.searchParams.get('stdout') !== 'true' && url.searchParams.get('stderr') !== 'true')
      return answer(400, { message: 'Bad parameters: you must choose at least one stream' });
    response.writeHead(200, {
      'content-type':
        one.tty === true ? 'application/vnd.docker.raw-stream' : 'application/vnd.docker.multiplexed-stream',
    });
    for (const [stream, text] of one.log ?? []) response.write(one.tty === true ? text : piece(stream, text));
    return response.end();
  });

  function list(url: URL, answer: (status: number, body: unknown) => unknown) {
    const filters = JSON.parse(url.searchParams.get('filters') ?? '{}') as Record<string, string[]>;
    const unknown = Object.keys(filters).find((name) => name !== 'label' && name !== 'name');
    if (unknown !== undefined) return answer(400, { message: `invalid filter '${unknown}'` });
    const fits = ({ name, labels = {} }: FakeContainer) =>
      (filters.label ?? []).every((wanted) =>
        Object.entries(labels).some(([key, value]) => `${key}=${value}` === wanted),
      ) && (filters.name ?? []).every((pattern) => new RegExp(pattern).test(`/${name}`));
    return answer(
      200,
      containers
        .filter(fits)
        .map(({ id, name, labels = {} }) => ({ Id: id, Names: [`/${name}`], Labels: labels })),
    );
  }

  await new Promise<void>((resolve) =>
    socket === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socket, resolve),
  );
  const address = server.address();
  return {
    asked,
    url: typeof address === 'string' ? '' : `http://127.0.0.1:${(address as AddressInfo).port}`,
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

function inspected({
  id,
  name,
  labels = {},
  state = {},
  restarts = 0,
  memory = 0,
  tty = false,
}: FakeContainer) {
  return {
    Id: id,
    Name: `/${name}`,
    RestartCount: restarts,
    State: { ...RUNNING, ...state },
    Config: { Image: 'registry.example.com/shop:v2', Labels: labels, Tty: tty },
    HostConfig: { Memory: memory, RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } },
  };
}

function piece(stream: 1 | 2, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}
