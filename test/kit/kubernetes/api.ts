import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** An object of the API, of which a test may say anything. */
export interface Obj {
  readonly metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly dry: boolean;
  readonly body: unknown;
}

interface Status {
  readonly code: number;
  readonly message: string;
}

/**
 * A strict API server of its own, over HTTP: objects with versions, lists by selector, patches of RFC 6902 that are kept whole or not at all,
 * rehearsals, preconditions and access reviews. Whatever it does not know it refuses. Its controllers are the test.
 */
export async function startApi(folder: string) {
  const objects = new Map<string, Obj>();
  const calls: Call[] = [];
  const forbidden = new Set<string>();
  let version = 100;
  /** Told of each change that is kept, before it is answered. */
  let changed: (path: string, object: Obj | null) => void = () => {};
  /** May answer in place of the server. */
  let instead: (call: Call) => Status | 'hang' | 'drop' | null = () => null;

  const keep = (path: string, object: Obj, before: Obj | null): Obj => {
    version += 1;
    const isOther = before === null || JSON.stringify(before.spec) !== JSON.stringify(object.spec);
    const generation = (before?.metadata.generation ?? 0) + (isOther ? 1 : 0);
    const kept = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: before?.metadata.uid ?? object.metadata.uid ?? `uid-${version}`,
        resourceVersion: String(version),
        generation,
      },
    };
    objects.set(path, kept);
    return kept;
  };

  const answer = (call: Call, url: URL): { code: number; body: unknown } => {
    const { method, path, dry, body } = call;
    if (path === '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' && method === 'POST') {
      const { resourceAttributes: asked } = (body as { spec: { resourceAttributes: Record<string, string> } })
        .spec;
      return { code: 201, body: { status: { allowed: !forbidden.has(`${asked.verb} ${asked.resource}`) } } };
    }
    if (method === 'GET') return { code: 200, body: { items: listed(objects, path, url.searchParams) } };
    const before = objects.get(path);
    if (before === undefined) return refused(404, `${path} not found`);
    if (method === 'DELETE') {
      const { uid, resourceVersion } = (body as { preconditions?: Obj['metadata'] } | null)
        ?.preconditions ?? { name: '' };
      if (uid !== before.metadata.uid || resourceVersion !== before.metadata.resourceVersion)
        return refused(409, 'the precondition does not hold');
      if (dry) return { code: 200, body: before };
      objects.delete(path);
      changed(path, null);
      return { code: 200, body: before };
    }
    if (method !== 'PATCH') return refused(405, `${method} is not supported`);
    const patched = patch(before, body);
    if (typeof patched === 'string') return refused(422, patched);
    if (patched.metadata.resourceVersion !== before.metadata.resourceVersion)
      return refused(409, 'the object has been modified; please apply your changes to the latest version');
    if (dry) return { code: 200, body: patched };
    const kept = keep(path, patched, before);
    changed(path, kept);
    return { code: 200, body: objects.get(path) ?? kept };
  };

  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const type = request.headers['content-type'] ?? '';
    const wanted = request.method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
    const body = text === '' ? null : JSON.parse(text);
    // Of a deletion with a body, the real one reads no query.
    const isInBody = request.method === 'DELETE' && body !== null;
    const call: Call = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      dry: isInBody ? body.dryRun?.[0] === 'All' : url.searchParams.get('dryRun') === 'All',
      body,
    };
    calls.push(call);
    const other = instead(call);
    if (other === 'hang') return;
    if (request.headers.authorization !== 'Bearer medic-token') send(refused(401, 'Unauthorized'));
    else if (text !== '' && type !== wanted) send(refused(415, `${type} is not supported`));
    else if (other === 'drop') {
      answer(call, url);
      request.socket.destroy();
    } else send(other === null ? answer(call, url) : refused(other.code, other.message));
    function send({ code, body }: { code: number; body: unknown }) {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      clusters: [
        { name: 'main', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'medic', user: { token: 'medic-token' } }],
      contexts: [{ name: 'main', context: { cluster: 'main', user: 'medic' } }],
      'current-context': 'main',
    }),
  );
  return {
    kubeconfig,
    calls,
    forbidden,
    get: (path: string) => objects.get(path),
    /** Puts an object there, as somebody else would. */
    put: (path: string, object: Obj) => keep(path, object, objects.get(path) ?? null),
    /** Sets what a controller writes: no version of a specification comes of it. */
    status: (path: string, status: Record<string, unknown>) => {
      const object = objects.get(path);
      if (object === undefined) throw new Error(`there is no ${path}`);
      keep(path, { ...object, status: { ...object.status, ...status } }, object);
    },
    remove: (path: string) => objects.delete(path),
    onChange: (told: typeof changed) => {
      changed = told;
    },
    answerInstead: (told: typeof instead) => {
      instead = told;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type LocalApi = Awaited<ReturnType<typeof startApi>>;

function refused(code: number, message: string) {
  return { code, body: { kind: 'Status', code, message } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function listed(objects: ReadonlyMap<string, Obj>, path: string, query: URLSearchParams): readonly Obj[] {
  const name = query.get('fieldSelector')?.replace(/^metadata\.name=/, '');
  const labels = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  return [...objects].flatMap(([at, object]) => {
    if (at.slice(0, at.lastIndexOf('/')) !== path) return [];
    if (name !== undefined && object.metadata.name !== name) return [];
    const own = (object.metadata.labels ?? {}) as Record<string, string>;
    return labels.every((one) => own[one.split('=')[0] ?? ''] === one.split('=')[1]) ? [object] : [];
  });
}

interface Change {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** The object with all changes, or why it cannot have them. */
function patch(object: Obj, changes: unknown): Obj | string {
  const copy = structuredClone(object) as unknown;
  if (!Array.isArray(changes)) return 'a patch is a list';
  for (const { op, path, value } of changes as readonly Change[]) {
    const route = path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = route.pop() ?? '';
    let at = copy as Record<string, unknown> | undefined;
    for (const part of route) at = at?.[part] as Record<string, unknown> | undefined;
    if (at === undefined || at === null) return `there is no ${path}`;
    if (op !== 'add' && !Object.hasOwn(at, last)) return `there is no ${path}`;
    if (op === 'remove') delete at[last];
    else if (op === 'add' || op === 'replace') at[last] = structuredClone(value);
    else return `${op} is not supported`;
  }
  return copy as Obj;
}
