/** A request as the server received it, after it was found to be in order. */
export interface ModelRequest {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: ChatRequest;
  /** All system messages, and all user messages, joined. */
  readonly system: string;
  readonly user: string;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: ResponseFormat;
  readonly max_completion_tokens?: number;
  readonly max_tokens?: number;
  readonly stream?: boolean;
}

export interface ResponseFormat {
  readonly type: 'text' | 'json_object' | 'json_schema';
  readonly json_schema?: { readonly name: string; readonly strict?: boolean; readonly schema: JsonSchema };
}

export type JsonSchema = { readonly [key: string]: unknown };

/** What the server is told to do with one request. */
export type Reply =
  | {
      readonly kind: 'message';
      readonly content: string | null;
      readonly refusal?: string;
      readonly finish?: 'stop' | 'length' | 'content_filter';
      readonly tokens?: { readonly in: number; readonly out: number };
      /** Where the answer is streamed: the pause between two pieces, milliseconds; none by default. */
      readonly pace?: number;
      /** Where the answer is streamed: the connection breaks after so many characters. */
      readonly cutAfter?: number;
      /** Answers in one piece, whatever was asked for. */
      readonly whole?: boolean;
    }
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly error: ApiError;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'raw'; readonly contentType: string; readonly body: string }
  /** The request is never answered. */
  | { readonly kind: 'hang' }
  /** The answer goes on for ever, this piece again and again. */
  | { readonly kind: 'endless'; readonly piece: string }
  /** The headers and half of a body arrive, and then the connection breaks. */
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'slow'; readonly ms: number; readonly reply: Reply };

export interface ApiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** Decides what one request is answered with. */
export type Behaviour = (request: ModelRequest) => Reply;

/** The error object of a request that the API does not take. */
export function invalid(message: string, param: string | null, code: string | null = null): ApiError {
  return { message, type: 'invalid_request_error', param, code };
}
