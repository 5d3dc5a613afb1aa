import { type Client, type ClusterOptions, configOf } from './config.ts';

/** One call of the API, as it goes over the wire. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the root, `/apis/apps/v1/namespaces/shop/deployments/cart`; every part of it is encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON; of a PATCH, a list of RFC 6902. */
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** The API of a cluster, to the letter: what is read here may have to be written back, so nothing of it is left out on the way. */
export interface ClusterApi {
  /** @throws where nobody answers in time */
  call(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
}

/** How long one answer may take, milliseconds. */
const ANSWER = 10_000;

/**
 * The API by the official client, which knows who Medic is there and whom to trust. Its typed calls forget every field that they do not
 * know, so its transport is used instead. It is loaded with the first call: whoever has no Kubernetes need not carry it.
 */
export function openCluster(options: ClusterOptions): ClusterApi {
  let opened: Promise<ClusterApi> | null = null;
  return {
    async call(request, signal) {
      opened ??= import('@kubernetes/client-node').then((client) => apiOf(client, options));
      // A kubeconfig that is mended is read again.
      opened.catch(() => {
        opened = null;
      });
      return (await opened).call(request, signal);
    },
  };
}

function apiOf(client: Client, options: ClusterOptions): ClusterApi {
  const config = configOf(client, options);
  const server = config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
  const http = new client.IsomorphicFetchHttpLibrary();
  return {
    async call({ method, path, query = {}, body }, signal) {
      const context = new client.RequestContext(`${server}${path}`, client.HttpMethod[method]);
      for (const [name, value] of Object.entries(query)) context.setQueryParam(name, value);
      context.setHeaderParam('Accept', 'application/json');
      if (body !== undefined) {
        const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
        context.setHeaderParam('Content-Type', type);
        context.setBody(JSON.stringify(body));
      }
      await config.applySecurityAuthentication(context);
      context.setSignal(AbortSignal.any([signal, AbortSignal.timeout(ANSWER)]));
      const answer = await http.send(context).toPromise();
      return { status: answer.httpStatusCode, body: parsed(await answer.body.text()) };
    },
  };
}

/** What stands between Medic and the API may answer with anything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Whether it did what it was asked. */
export function isGood({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

/** What an answer that refuses says, in the words of the API. */
export function messageOf({ status, body }: ApiAnswer): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : body;
  const said = typeof message === 'string' && message.trim() !== '' ? message.trim() : 'it gave no reason';
  return `the API server answered ${status}: ${said.slice(0, 400)}`;
}

/** Why nobody answered; a client wraps the cause in words that say nothing. */
export function whySilent(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `the API server did not answer within ${ANSWER / 1000} s`;
  const { cause } = error;
  const why = cause instanceof Error && !error.message.includes(cause.message) ? `: ${cause.message}` : '';
  return `the API server cannot be asked: ${error.message}${why}`;
}
