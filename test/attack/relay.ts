import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request of Slack as it went over the wire. */
export interface Sent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a request is sent that somebody made up. */
export interface Signing {
  readonly secret?: string;
  /** Seconds from now that the request says it is from. */
  readonly after?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What Medic said to a request. */
export interface Said {
  readonly status: number;
  readonly words: string;
}

/** Stands between Slack and Medic, hears every request with its signature, and sends what it likes. */
export interface Relay {
  readonly url: string;
  /** The requests that Slack has made so far, oldest first. */
  readonly heard: readonly Sent[];
  /** Holds back what Slack sends from now on, and keeps it. */
  holdBack(yes: boolean): void;
  /** The same bytes again. */
  again(sent: Sent, to?: string): Promise<Said>;
  /** A body that Slack did not write, signed. */
  forge(sent: Sent, body: string, signing?: Signing): Promise<Said>;
  stop(): Promise<void>;
}

/** @param medic where Medic takes Slack's requests */
export async function startRelay(medic: string, secret: string): Promise<Relay> {
  const heard: Sent[] = [];
  let holding = false;
  const send = async (to: string, { body, headers }: Sent): Promise<Said> => {
    const response = await fetch(to, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) });
    return { status: response.status, words: await response.text() };
  };
  const server = createServer((request, response) => {
    void (async () => {
      const sent = { body: await text(request), headers: kept(request.headers) };
      heard.push(sent);
      const said = holding ? { status: 200, words: '' } : await send(medic, sent);
      const type = /^[[{]/.test(said.words) ? 'application/json' : 'text/plain';
      response.writeHead(said.status, { 'content-type': type }).end(said.words);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    heard,
    holdBack: (yes) => {
      holding = yes;
    },
    again: (sent, to = medic) => send(to, sent),
    forge: (sent, body, signing = {}) =>
      send(medic, {
        body,
        headers: { ...sent.headers, ...signed(body, secret, signing), ...signing.headers },
      }),
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function signed(body: string, secret: string, { secret: other = secret, after = 0 }: Signing) {
  const seconds = Math.floor(Date.now() / 1000) + after;
  const digest = createHmac('sha256', other).update(`v0:${seconds}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${digest}` };
}

function kept(headers: IncomingHttpHeaders): Record<string, string> {
  const names = ['content-type', 'x-slack-request-timestamp', 'x-slack-signature'];
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  );
}

export type Json = Record<string, unknown>;

let times = 0;

/** The same as if it were done anew: under the names that a delivery has, nothing would be done a second time. */
function anew(payload: Json): Json {
  times += 1;
  const { actions, view } = payload as { readonly actions?: readonly Json[]; readonly view?: Json };
  return {
    ...payload,
    ...(actions === undefined
      ? {}
      : { actions: actions.map((one) => ({ ...one, action_ts: `${1e9 + times}.1` })) }),
    ...(view === undefined ? {} : { view: { ...view, hash: `hash-${times}` } }),
    ...('trigger_id' in payload ? { trigger_id: `1.2.${times}` } : {}),
    ...('event_id' in payload ? { event_id: `Ev0ANEW${times}` } : {}),
  };
}

/** The body with something else in what it says, whichever form it has, and done anew. */
export const edited = (sent: Sent, change: (payload: Json) => Json = (payload) => payload): string =>
  rewritten(sent, (payload) => anew(change(payload)));

function rewritten({ body }: Sent, change: (payload: Json) => Json): string {
  if (body.startsWith('{')) return JSON.stringify(change(JSON.parse(body) as Json));
  const form = new URLSearchParams(body);
  const payload = form.get('payload');
  if (payload !== null) {
    form.set('payload', JSON.stringify(change(JSON.parse(payload) as Json)));
    return form.toString();
  }
  return new URLSearchParams(change(Object.fromEntries(form)) as Record<string, string>).toString();
}

/** What a request says, whichever form it has. */
export function payloadOf(sent: Sent): Json {
  let read: Json = {};
  rewritten(sent, (payload) => {
    read = payload;
    return payload;
  });
  return read;
}
