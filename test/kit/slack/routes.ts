import type { IncomingMessage, ServerResponse } from 'node:http';
import { dispatch } from './api/dispatch.ts';
import { bodyOf, callArgs, fileBytes, jsonObject, sendJson, sendText } from './http.ts';
import type { Platform } from './platform.ts';
import { respond } from './response-url.ts';
import { findMessage } from './state.ts';
import { serveStatic } from './static.ts';
import { serveUi } from './ui.ts';
import { serveStream } from './ui-stream.ts';

async function serveApi(
  platform: Platform,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = url.pathname.slice('/api/'.length);
  const { token: given, ...args } = callArgs(
    url,
    request.headers['content-type'] ?? '',
    await bodyOf(request),
  );
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const outcome = dispatch(platform, method, args, bearer ?? (typeof given === 'string' ? given : undefined));
  if (outcome.do === 'cut') request.socket.destroy();
  if (outcome.do === 'answer') sendJson(response, outcome.status, outcome.body, outcome.headers);
}

async function serveUpload(
  platform: Platform,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = platform.workspace.files.get(id);
  if (!file || file.content) return sendText(response, 404, 'this upload is unknown or already done');
  const content = await fileBytes(request.headers['content-type'] ?? '', await bodyOf(request));
  if (content.length !== file.size) {
    return sendText(response, 400, `${content.length} bytes came instead of ${file.size}`);
  }
  file.content = content;
  sendText(response, 200, `OK - ${content.length}`);
}

function serveFile(platform: Platform, id: string, response: ServerResponse): void {
  const file = platform.workspace.files.get(id);
  if (!file?.content) {
    sendText(response, 404, 'there is no such file');
    return;
  }
  response.writeHead(200, { 'Content-Type': file.mimetype, 'Content-Security-Policy': "default-src 'none'" });
  response.end(file.content);
}

/** Where the page shows what a permalink names: the thread of a message that has one, else its channel. */
function pagePlace(platform: Platform, url: URL): string {
  const [, , channel = '', message = ''] = url.pathname.split('/');
  const [, seconds, micros] = /^p(\d{10})(\d{6})$/.exec(message) ?? [];
  const named = findMessage(platform.workspace, channel, `${seconds}.${micros}`);
  const thread = url.searchParams.get('thread_ts') ?? named?.thread_ts;
  return `/#/${channel}${thread === undefined ? '' : `/${thread}`}`;
}

/** True for a request that a page of another origin made the browser send. */
function isForeign(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin !== undefined && origin !== `http://${host}`;
}

/** Answers one HTTP request: the Web API, uploads, response URLs, the page and what the page asks. */
export async function serve(
  platform: Platform,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://local');
  const method = request.method ?? 'GET';
  const [, first = '', second = ''] = url.pathname.split('/');
  if (first === 'api') return serveApi(platform, url, request, response);
  if (isForeign(request)) return sendText(response, 403, 'requests from other origins are refused');
  if (first === 'upload') return serveUpload(platform, second, request, response);
  if (first === 'files') return serveFile(platform, second, response);
  if (url.pathname === '/ui/stream') return serveStream(platform, response);
  if (first === 'ui') {
    const body = method === 'POST' ? jsonObject(await bodyOf(request)) : {};
    return serveUi(platform, { method, url, body }, response);
  }
  if ((first === 'actions' || first === 'commands') && method === 'POST') {
    const answer = respond(platform, url.pathname, jsonObject(await bodyOf(request)));
    return sendText(response, answer.status, answer.body);
  }
  if (first === 'archives') {
    response.writeHead(302, { Location: pagePlace(platform, url) });
    response.end();
    return;
  }
  return serveStatic(url.pathname, response);
}
