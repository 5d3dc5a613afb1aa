import { type ApiError, type Behaviour, invalid, type Reply } from './protocol.ts';

/** A proposal in the shape the schema asks for; what is not given says nothing. */
export interface ProposalJson {
  readonly summary: string;
  readonly hypotheses: readonly HypothesisJson[];
  readonly prevention: string | null;
  readonly lead: string | null;
}

export interface HypothesisJson {
  readonly cause: string;
  readonly claims: readonly { readonly text: string; readonly citations: readonly CitationJson[] }[];
  readonly against: readonly CitationJson[];
  readonly playbook: string | null;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly confidence: number | null;
}

export interface CitationJson {
  readonly evidence: string;
  readonly quote: string;
}

const message = (content: string): Reply => ({ kind: 'message', content });

/** Bare JSON, as a server with structured output sends it. */
export const proposal =
  (value: unknown): Behaviour =>
  () =>
    message(JSON.stringify(value));

/** JSON as small models like to wrap it. */
export const fencedJson =
  (value: unknown): Behaviour =>
  () =>
    message(
      `Sure! Here is the diagnosis:\n\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\nHope this helps.`,
    );

export const words =
  (content: string): Behaviour =>
  () =>
    message(content);

export const garbage = (): Behaviour => words('The service feels unwell. Have you tried turning it off?');

export const refusal =
  (text = "I'm sorry, I can't help with that."): Behaviour =>
  () => ({ kind: 'message', content: null, refusal: text });

export const contentFilter = (): Behaviour => () => ({
  kind: 'message',
  content: null,
  finish: 'content_filter',
});

/** The answer ends where the tokens ran out. */
export const cutOff =
  (value: unknown): Behaviour =>
  () => {
    const text = JSON.stringify(value);
    return { kind: 'message', content: text.slice(0, Math.floor(text.length / 2)), finish: 'length' };
  };

/** No choice at all. */
export const empty = (): Behaviour => () => ({ kind: 'empty' });

const ERRORS: Readonly<Record<number, ApiError>> = {
  401: {
    message: 'Incorrect API key provided.',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  },
  404: {
    message: 'The model does not exist.',
    type: 'invalid_request_error',
    param: null,
    code: 'model_not_found',
  },
  429: { message: 'Rate limit reached.', type: 'requests', param: null, code: 'rate_limit_exceeded' },
  500: { message: 'The server had an error.', type: 'server_error', param: null, code: null },
  503: { message: 'The engine is overloaded.', type: 'server_error', param: null, code: null },
};

/** An error answer; 401, 404, 429, 500 and 503 say what the real API says. */
export const status =
  (code: number, error: Partial<ApiError> = {}, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  () => ({
    kind: 'status',
    status: code,
    error: { ...(ERRORS[code] ?? invalid(`Status ${code}.`, null)), ...error },
    headers,
  });

export const hang = (): Behaviour => () => ({ kind: 'hang' });

export const disconnect = (): Behaviour => () => ({ kind: 'disconnect' });

export const raw =
  (body: string, contentType = 'application/json'): Behaviour =>
  () => ({ kind: 'raw', contentType, body });

export const slow =
  (ms: number, then: Behaviour): Behaviour =>
  (request) => ({ kind: 'slow', ms, reply: then(request) });

/** The same answer with the tokens it is said to have cost. */
export const tokens =
  (count: { readonly in: number; readonly out: number }, then: Behaviour): Behaviour =>
  (request) => {
    const reply = then(request);
    return reply.kind === 'message' ? { ...reply, tokens: count } : reply;
  };

/** A server that knows no JSON schema; with `jsonObject` false it knows no JSON mode either. */
export const noJsonSchemaSupport =
  (then: Behaviour, { jsonObject = true } = {}): Behaviour =>
  (request) => {
    const type = request.body.response_format?.type ?? 'text';
    const refused = type === 'json_schema' || (type === 'json_object' && !jsonObject);
    if (!refused) return then(request);
    const error = invalid(`'response_format.type' of '${type}' is not supported.`, 'response_format');
    return { kind: 'status', status: 400, error };
  };

/** A server that only knows the older name of the output limit. */
export const noMaxCompletionTokens =
  (then: Behaviour): Behaviour =>
  (request) => {
    if (request.body.max_completion_tokens === undefined) return then(request);
    const error = invalid("Unrecognized request argument supplied: 'max_completion_tokens'.", null);
    return { kind: 'status', status: 400, error };
  };

/** An answer in pieces whose connection breaks after so many characters. */
export const brokenStream =
  (cutAfter: number, then: Behaviour): Behaviour =>
  (request) => {
    const reply = then(request);
    return reply.kind === 'message' ? { ...reply, cutAfter } : reply;
  };

/** A server that sends an answer in one piece, though it was asked for a stream. */
export const inOnePiece =
  (then: Behaviour): Behaviour =>
  (request) => {
    const reply = then(request);
    return reply.kind === 'message' ? { ...reply, whole: true } : reply;
  };

/** A server that refuses to stream. */
export const noStreaming =
  (then: Behaviour): Behaviour =>
  (request) => {
    if (request.body.stream !== true) return then(request);
    return { kind: 'status', status: 400, error: invalid("'stream' is not supported.", 'stream') };
  };
