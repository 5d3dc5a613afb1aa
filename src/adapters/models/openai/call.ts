import { setTimeout as sleep } from 'node:timers/promises';
import type OpenAI from 'openai';
import { APIConnectionError, APIError } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import type { z } from 'zod';
import { isOutOfQuota, isTooLong } from './failure.ts';
import { NoStream, streamed } from './streamed.ts';

/** How a server wants to be asked. Servers differ; each is tried in the richest way first. */
interface Dialect {
  readonly format: 'json_schema' | 'json_object' | 'plain';
  readonly limit: 'max_completion_tokens' | 'max_tokens';
}

const RICHEST: Dialect = { format: 'json_schema', limit: 'max_completion_tokens' };
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 8000;

export interface Request {
  readonly system: string;
  readonly user: string;
  readonly schema: z.ZodType;
  /** What the schema is called. */
  readonly name: string;
  /** Told of each piece of the answer as it is written, where the server can; from the beginning again where it was asked once more. */
  readonly onPiece?: ((piece: string, first: boolean) => void) | undefined;
}

export interface Limits {
  readonly model: string;
  readonly maxOutputTokens: number;
  readonly maxRetries: number;
}

/** Ends the call: `signal` aborts it, and `left()` says how many milliseconds remain. */
export interface Deadline {
  readonly signal: AbortSignal;
  left(): number;
}

/**
 * Calls chat completions and answers with the raw body, whatever its shape.
 *
 * Throws the client's error when the server cannot or will not answer before the deadline. What the server turned out to
 * understand is remembered for the life of the returned function.
 */
export function createCall(client: OpenAI, limits: Limits) {
  let known = RICHEST;
  let streams = true;
  return async (request: Request, deadline: Deadline): Promise<unknown> => {
    let dialect = known;
    let first: unknown;
    for (;;) {
      const { onPiece } = streams ? request : {};
      try {
        const body = write(request, dialect, limits);
        const answer: unknown = await retrying(limits.maxRetries, deadline, () =>
          onPiece === undefined
            ? client.chat.completions.create(body, { signal: deadline.signal })
            : streamed(client, body, onPiece, deadline.signal),
        );
        known = dialect;
        return answer;
      } catch (error) {
        if (onPiece !== undefined && cannotStream(dialect, error)) {
          streams = false;
          continue;
        }
        const next = simpler(dialect, error);
        // When even the simplest way is refused, the first refusal tells the most.
        if (next === null) throw first instanceof APIError && isRefusal(error) ? first : error;
        first ??= error;
        dialect = next;
      }
    }
  };
}

/** A server that says that it cannot, that says nothing but an answer in one piece, or that refuses even the simplest way so. */
function cannotStream(dialect: Dialect, error: unknown): boolean {
  if (error instanceof NoStream) return true;
  if (!isRefusal(error) || isTooLong(error)) return false;
  return /\bstream/i.test(error.message) || simpler(dialect, error) === null;
}

function write(request: Request, dialect: Dialect, limits: Limits): ChatCompletionCreateParamsNonStreaming {
  return {
    model: limits.model,
    messages: [
      { role: 'system', content: request.system },
      { role: 'user', content: request.user },
    ],
    [dialect.limit]: limits.maxOutputTokens,
    ...(dialect.format === 'json_schema' && {
      response_format: zodResponseFormat(request.schema, request.name),
    }),
    ...(dialect.format === 'json_object' && { response_format: { type: 'json_object' as const } }),
  };
}

function isRefusal(error: unknown): error is APIError {
  return error instanceof APIError && (error.status === 400 || error.status === 422);
}

/** The next dialect to try after an error, or null when the error has nothing to do with how we asked. */
function simpler(dialect: Dialect, error: unknown): Dialect | null {
  if (!(error instanceof APIError) || isTooLong(error)) return null;
  const aboutFormat = /response_format|json_schema|json_object|grammar|structured/i.test(error.message);
  if (!isRefusal(error) && !(aboutFormat && (error.status ?? 0) >= 500)) return null;
  if (dialect.limit === 'max_completion_tokens' && /max_completion_tokens/.test(error.message)) {
    return { ...dialect, limit: 'max_tokens' };
  }
  if (dialect.format === 'json_schema') return { ...dialect, format: 'json_object' };
  if (dialect.format === 'json_object') return { ...dialect, format: 'plain' };
  return null;
}

/** Retries what may pass by itself, never past the deadline: a pause that would outlast it is not begun. */
async function retrying<T>(retries: number, deadline: Deadline, attempt: () => Promise<T>): Promise<T> {
  for (let failed = 0; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      const pause = pauseAfter(error, failed);
      if (pause === null || failed >= retries || deadline.signal.aborted || pause >= deadline.left())
        throw error;
      await sleep(pause, undefined, { signal: deadline.signal });
    }
  }
}

/** Milliseconds to wait before another try, or null when another try makes no sense. */
function pauseAfter(error: unknown, failed: number): number | null {
  const passing =
    error instanceof APIConnectionError ||
    isBrokenBody(error) ||
    (error instanceof APIError &&
      (error.status === 408 || error.status === 409 || error.status === 429 || (error.status ?? 0) >= 500));
  if (!passing || (error instanceof APIError && isOutOfQuota(error))) return null;
  const asked =
    error instanceof APIError ? Number(error.headers?.get('retry-after') ?? Number.NaN) : Number.NaN;
  if (asked >= 0) return asked * 1000;
  const backoff = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failed);
  return backoff * (0.5 + Math.random() / 2);
}

/** The client hands on what fetch throws when a connection breaks in mid-body: a TypeError with the network's error. */
function isBrokenBody(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error;
}
