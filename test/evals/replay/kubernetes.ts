import { createServer, type IncomingMessage } from 'node:http';
import type { KubernetesObject, LogLine } from '../read/scenario.ts';
import { podLog } from './pod-log.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import { listening, type Replay } from './server.ts';

/** What a cluster was when it was recorded. */
export interface RecordedCluster {
  readonly objects: readonly KubernetesObject[];
  readonly logs: readonly LogLine[];
  /** Epoch milliseconds: the logs of the last minute end here. */
  readonly at: number;
}

/** One version for all: nothing changes in a recording. */
const VERSION = '1000';

/**
 * An API server that answers reads from recorded objects: discovery, lists with selectors and pages, single objects, logs of pods. A kind
 * of which nothing was recorded is one that it does not serve: nobody knows whether there were any. Whatever would change something is refused.
 */
export function replayKubernetes(cluster: RecordedCluster): Promise<Replay> {
  const byPlace = Map.groupBy(cluster.objects, ({ apiVersion, kind }) => placeOf(apiVersion, pluralOf(kind)));
  return listening(
    createServer((request, response) => {
      const { status, body } = answerSafely(cluster, byPlace, request);
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    }),
  );
}

function answerSafely(cluster: RecordedCluster, byPlace: ByPlace, request: IncomingMessage): Answered {
  try {
    return answer(cluster, byPlace, request);
  } catch (error) {
    return refused(400, 'BadRequest', error instanceof Error ? error.message : String(error));
  }
}

type ByPlace = ReadonlyMap<string, readonly KubernetesObject[]>;

const PATH =
  /^(?:\/api\/(v1)|\/apis\/([^/]+\/[^/]+))(?:\/namespaces\/([^/]+)(?=\/.))?(?:\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?)?$/;

function answer(cluster: RecordedCluster, byPlace: ByPlace, request: IncomingMessage): Answered {
  const url = new URL(request.url ?? '/', 'http://replay');
  if (request.method !== 'GET')
    return refused(405, 'MethodNotAllowed', 'this is a recording: nothing in it changes');
  const path = url.pathname.replace(/\/$/, '');
  const general = discovery(path, cluster);
  if (general !== null) return { status: 200, body: general };
  const [, core, group, namespace, plural, name, part] = PATH.exec(path)?.map(decoded) ?? [];
  const apiVersion = core ?? group;
  if (apiVersion === undefined || plural === undefined)
    return refused(404, 'NotFound', `the server could not find the requested resource ${path}`);
  const isLog = plural === 'pods' && part === 'log';
  const kept = byPlace.get(placeOf(apiVersion, plural));
  if (kept === undefined && !isLog) return refused(404, 'NotFound', `no ${plural} were recorded`);
  const there = (kept ?? []).filter(
    ({ metadata }) => namespace === undefined || metadata.namespace === namespace,
  );
  if (name === undefined) return { status: 200, body: listOf(there, apiVersion, plural, url.searchParams) };
  if (isLog) {
    const text = podLog(cluster, namespace ?? 'default', name, url.searchParams);
    return text === null ? refused(404, 'NotFound', `pods "${name}" not found`) : { status: 200, body: text };
  }
  const found = there.find(({ metadata }) => metadata.name === name);
  return found === undefined
    ? refused(404, 'NotFound', `${plural} "${name}" not found`)
    : { status: 200, body: found };
}

/** A text is a log. */
interface Answered {
  readonly status: number;
  readonly body: object | string;
}

const decoded = (part: string | undefined) => (part === undefined ? undefined : decodeURIComponent(part));

function listOf(
  objects: readonly KubernetesObject[],
  apiVersion: string,
  plural: string,
  query: URLSearchParams,
): object {
  const labels = labelSelector(query.get('labelSelector') ?? '');
  const fields = fieldSelector(query.get('fieldSelector') ?? '');
  const meant = objects.filter((object) => labels(object) && fields(object));
  const from = Number(Buffer.from(query.get('continue') ?? '', 'base64url').toString() || 0);
  const limit = Number(query.get('limit') ?? 0) || meant.length;
  const left = Math.max(0, meant.length - from - limit);
  return {
    kind: `${objects[0]?.kind ?? singular(plural)}List`,
    apiVersion,
    metadata: {
      resourceVersion: VERSION,
      ...(left === 0
        ? {}
        : { continue: Buffer.from(String(from + limit)).toString('base64url'), remainingItemCount: left }),
    },
    items: meant.slice(from, from + limit),
  };
}

/** What clients ask a server of itself before they ask for anything. */
function discovery(path: string, { objects }: RecordedCluster): object | null {
  if (path === '/version') return { major: '1', minor: '30', gitVersion: 'v1.30.0', platform: 'linux/amd64' };
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))];
  if (path === '/apis') {
    const groups = Map.groupBy(
      versions.filter((version) => version.includes('/')),
      (version) => version.split('/')[0] ?? '',
    );
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [...groups].map(([name, all]) => {
        const named = all.map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] }));
        return { name, versions: named, preferredVersion: named[0] };
      }),
    };
  }
  const [, core, group] = /^(?:\/api\/(v1)|\/apis\/([^/]+\/[^/]+))$/.exec(path) ?? [];
  const groupVersion = core ?? group;
  if (groupVersion === undefined) return null;
  const kinds = Map.groupBy(
    objects.filter(({ apiVersion }) => apiVersion === groupVersion),
    ({ kind }) => kind,
  );
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: [...kinds].map(([kind, all]) => ({
      name: pluralOf(kind),
      singularName: kind.toLowerCase(),
      namespaced: all.some(({ metadata }) => metadata.namespace !== undefined),
      kind,
      verbs: ['get', 'list'],
    })),
  };
}

const placeOf = (apiVersion: string, plural: string) => `${apiVersion}/${plural}`;

/** As the API names its resources: `NetworkPolicy` are `networkpolicies`. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') return name;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

const singular = (plural: string) => plural.replace(/ies$/, 'y').replace(/(?:(?<=s|x|ch|sh)es|s)$/, '');

function refused(code: number, reason: string, message: string): Answered {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code },
  };
}
