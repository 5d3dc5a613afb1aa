import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ModelFailure } from '../../../diagnosis/model.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { OversizedAnswer } from './bounded-fetch.ts';

/** A failure in the words that people read: what happened, to what, and what to do. */
export interface Failed {
  readonly failure: ModelFailure;
  readonly reason: string;
}

/** Names that a sentence about a failure needs. */
export interface Asked {
  readonly model: string;
  /** Without credentials. */
  readonly server: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Whose hand ended the call, where a hand did. */
export type Ended = 'deadline' | 'withdrawn' | null;

/** Says in one or two sentences what went wrong with a call, from whatever was thrown. */
export function describeError(error: unknown, asked: Asked, ended: Ended): Failed {
  const { model, server } = asked;
  if (ended === 'withdrawn') {
    return { failure: 'timeout', reason: `The question was withdrawn before ${model} answered.` };
  }
  if (ended === 'deadline' || isTimeout(error)) {
    const seconds = asked.timeout / 1000;
    return {
      failure: 'timeout',
      reason: `${model} at ${server} gave no answer within ${seconds} s. Allow it more time, or choose a faster model.`,
    };
  }
  if (error instanceof OversizedAnswer) {
    return {
      failure: 'garbage',
      reason: `${model} sent more than ${error.limit} bytes; the answer was dropped.`,
    };
  }
  if (error instanceof SyntaxError) {
    return {
      failure: 'garbage',
      reason: `${server} answered with broken JSON. Check the server or a proxy before it.`,
    };
  }
  if (error instanceof APIError && error.status !== undefined) return describeStatus(error, asked);
  const code = rootCause(error);
  return {
    failure: 'unreachable',
    reason:
      code === 'ECONNREFUSED' || code === 'ENOTFOUND'
        ? `The model server ${server} cannot be reached (${code}). Check OPENAI_BASE_URL and that the server runs.`
        : `The connection to the model server ${server} broke off (${code}). Check the server and the network to it.`,
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError;
}

function describeStatus(error: APIError, { model, server }: Asked): Failed {
  const status = error.status ?? 0;
  const said = `It says: ${excerpt(error.message)}`;
  if (status === 401 || status === 403) {
    return {
      failure: 'rejected',
      reason: `${server} refused the API key (${status}). Check OPENAI_API_KEY. ${said}`,
    };
  }
  if (status === 404) {
    return {
      failure: 'rejected',
      reason: `${server} knows no model ${model}, or no chat completions there (404). Check OPENAI_MODEL and OPENAI_BASE_URL, which usually ends in /v1. ${said}`,
    };
  }
  if (isTooLong(error)) {
    return {
      failure: 'rejected',
      reason: `The evidence is longer than ${model} can read. Lower the evidence budget, or choose a model that reads more. ${said}`,
    };
  }
  if (isOutOfQuota(error)) {
    return {
      failure: 'rejected',
      reason: `The account at ${server} has no quota left. Check its billing. ${said}`,
    };
  }
  if (status === 429) {
    return {
      failure: 'server-error',
      reason: `${server} is limiting requests (429). Ask again later. ${said}`,
    };
  }
  if (status >= 500) {
    return { failure: 'server-error', reason: `${server} failed (${status}). Ask again later. ${said}` };
  }
  return { failure: 'rejected', reason: `${server} did not accept the request (${status}). ${said}` };
}

/** The request, not its format, is at fault: asking in a simpler format would not help. */
export function isTooLong(error: APIError): boolean {
  return (
    error.status === 413 ||
    error.code === 'context_length_exceeded' ||
    /context (length|window|size)|maximum context/i.test(error.message)
  );
}

/** A 429 that no waiting mends. */
export function isOutOfQuota(error: APIError): boolean {
  return error.code === 'insufficient_quota';
}

/** Network errors hide their reason several causes deep. */
function rootCause(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (current instanceof APIConnectionError || !(current instanceof Error)) return 'no reason given';
  return 'code' in current && typeof current.code === 'string' ? current.code : excerpt(current.message);
}

/** A foreign text as part of a sentence of ours: one line, not long. */
export function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return cutWholeWords(line, 200);
}
