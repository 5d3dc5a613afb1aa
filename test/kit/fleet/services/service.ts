import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What a route gets: the address, the parsed JSON body (undefined without one). */
export type Request = { url: URL; body: unknown };
export type Reply = { status?: number; body: unknown };
/** `METHOD /path`, where the path's last segment may be `:id`. */
export type Routes = Record<string, (request: Request) => Reply | Promise<Reply>>;

/** A failure with a status of its own; any other error is answered with 500. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', msg: string, fields?: object) => void;

/** Command line options as text; a missing required one ends the process with its name. */
export function options(...names: string[]): (name: string) => string {
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  return (name) => {
    const value = values[name];
    if (typeof value !== 'string') throw new Error(`--${name} is missing`);
    return value;
  };
}

/** Writes one JSON line to stdout, which the supervisor appends to the service's log file. */
export function logger(service: string): Log {
  return (level, msg, fields = {}) => {
    process.stdout.write(
      `${JSON.stringify({ time: new Date().toISOString(), level, service, msg, ...fields })}\n`,
    );
  };
}

export const registry = new Registry();
collectDefaultMetrics({ register: registry });

const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests answered, by status code and route.',
  labelNames: ['code', 'route'],
  registers: [registry],
});
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer a request.',
  labelNames: ['route'],
  buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  registers: [registry],
});

export type Service = { name: string; version: string; port: number; routes: Routes; log: Log };

/** Serves the routes, `/healthz` and `/metrics` on loopback until SIGTERM, or until its supervisor is gone. */
export function serve(service: Service): void {
  const { name, version, port, log } = service;
  const started = performance.now();
  const routes: Routes = {
    ...service.routes,
    'GET /healthz': () => ({
      body: {
        status: 'ok',
        service: name,
        version,
        uptimeS: Math.round((performance.now() - started) / 1_000),
      },
    }),
  };
  // A series that is there before the first failure: a rate sees the first one too, and a chart what was before.
  for (const route of Object.keys(routes)) requests.inc({ code: 500, route }, 0);
  let stopping = false;
  const server = createServer((request, response) => {
    // A kept-alive connection would hold up the stop until it times out.
    response.once('close', () => stopping && server.closeIdleConnections());
    if (request.url === '/metrics') void metrics(response);
    else void answer(routes, request, response, log);
  });
  server.listen(port, '127.0.0.1', () => log('info', 'started', { version, port, pid: process.pid }));

  const stop = (why: string) => {
    log('info', 'stopping', { why });
    stopping = true;
    server.close(() => process.exit(0)); // waits for what is being answered
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  // Supervised processes lead groups of their own, so a supervisor that was killed could not take them along.
  const supervisor = process.ppid;
  setInterval(() => process.ppid === supervisor || stop('the supervisor is gone'), 500).unref();
}

async function metrics(response: ServerResponse): Promise<void> {
  response.setHeader('content-type', registry.contentType);
  response.end(await registry.metrics());
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse, log: Log) {
  const url = new URL(request.url ?? '/', 'http://service');
  const route = [
    `${request.method} ${url.pathname}`,
    `${request.method} ${url.pathname.replace(/[^/]+$/, ':id')}`,
  ].find((candidate) => routes[candidate]);
  const done = durations.startTimer({ route: route ?? 'none' });
  const { status = 200, body } = await reply(
    route === undefined ? undefined : routes[route],
    url,
    request,
    log,
  );
  done();
  requests.inc({ code: status, route: route ?? 'none' });
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function reply(
  route: Routes[string] | undefined,
  url: URL,
  request: IncomingMessage,
  log: Log,
): Promise<Reply> {
  try {
    if (!route) throw new HttpError(404, `nothing at ${url.pathname}`);
    return await route({ url, body: await readJson(request) });
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    if (status >= 500) log('error', 'request failed', { path: url.pathname, status, error: describe(error) });
    return { status, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpError(400, 'the body is not JSON', { cause });
  }
}

/** The error's stack without the frames of the runtime. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message)
    .split('\n')
    .filter((line) => !line.includes('node:internal'))
    .slice(0, 4)
    .join('\n');
}

/** A call to another service: the answer as JSON, or an error that names the service and what it said. */
export async function call<T>(base: string, path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { signal: AbortSignal.timeout(800) };
  if (body !== undefined) {
    init.method = 'POST';
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const response = await fetch(`${base}${path}`, init);
  if (!response.ok)
    throw new HttpError(502, `${base}${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
