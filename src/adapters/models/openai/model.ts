import OpenAI from 'openai';
import type { Claim } from '../../../diagnosis/diagnosis.ts';
import type { FollowUp, FollowUpAnswer, Model, ModelAnswer, Question } from '../../../diagnosis/model.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { createCall, type Deadline, type Request } from './call.ts';
import { AnswerSchema, claimReader, readClaims } from './claims.ts';
import { readCompletion } from './completion.ts';
import { type Asked, describeError, type Ended, type Failed } from './failure.ts';
import type { Prompt } from './prompt.ts';
import { writeFollowUp, writeQuestion } from './question.ts';
import { readReply, replySchema } from './reply.ts';

/** No honest diagnosis comes near this many bytes, envelope included. */
const LONGEST_ANSWER = 1_000_000;
/** An answer in pieces comes with an envelope around each word. */
const LONGEST_STREAM = 4_000_000;
/** An answer to a question is shorter than a diagnosis, but some models think aloud before it. */
const ANSWER_TOKENS = 4_000;
/** The client's own timer goes by the wall clock, which may jump; ours does not, so its is put out of the way. */
const NEVER = 24 * 3_600_000;

export interface OpenAiOptions {
  /** Null for a server that asks for none. */
  readonly apiKey: string | null;
  /** Up to and including the version, e.g. `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Milliseconds for the whole question, every retry and every pause included. */
  readonly timeout: number;
  readonly maxOutputTokens: number;
  /** Characters of evidence text sent at most; see `fitEvidence`. */
  readonly maxEvidenceChars: number;
  readonly maxRetries: number;
  readonly prompt: Prompt;
  /** What the model is told when a person asks something. */
  readonly answerPrompt: Prompt;
  readonly redact: (text: string) => string;
}

/** A model behind any server that speaks OpenAI's chat completions. Whatever goes wrong becomes a `failed` answer. */
export function createOpenAiModel(options: OpenAiOptions): Model {
  const asked: Asked = {
    model: options.model,
    server: withoutCredentials(options.baseUrl),
    timeout: options.timeout,
  };
  const call = createCall(createClient(options, LONGEST_ANSWER), options);
  const callLive = createCall(createClient(options, LONGEST_STREAM), {
    ...options,
    maxOutputTokens: Math.min(options.maxOutputTokens, ANSWER_TOKENS),
  });
  const failed = ({ failure, reason }: Failed) =>
    ({ kind: 'failed', failure, reason: options.redact(reason), model: options.model }) as const;

  /** The body of an answer, whatever its shape, or why there is none. */
  async function bodyOf(
    make: typeof call,
    request: Request,
    signal: AbortSignal,
  ): Promise<{ readonly body: unknown } | Failed> {
    const timer = AbortSignal.timeout(options.timeout);
    const deadline = startDeadline(options.timeout, AbortSignal.any([signal, timer]));
    try {
      return { body: await make(request, deadline) };
    } catch (error) {
      const ended: Ended = signal.aborted ? 'withdrawn' : timer.aborted ? 'deadline' : null;
      return describeError(error, asked, ended);
    }
  }

  return {
    name: options.model,
    async ask(question: Question, signal: AbortSignal): Promise<ModelAnswer> {
      const names = question.playbooks.map((card) => card.name);
      const user = writeQuestion(question, options);
      const request = { system: options.prompt.text, user, schema: replySchema(names), name: 'diagnosis' };
      const answer = await bodyOf(call, request, signal);
      if ('failure' in answer) return failed(answer);
      const reading = readCompletion(answer.body, asked, (content) => readReply(content, names));
      if ('failure' in reading) return failed(reading);
      const { found, tokens } = reading;
      const { model, prompt } = options;
      return { kind: 'proposal', proposal: found.proposal, tokens, model, promptHash: prompt.hash };
    },
    async answer(followUp: FollowUp, signal: AbortSignal, onClaim): Promise<FollowUpAnswer> {
      const request = {
        system: options.answerPrompt.text,
        user: writeFollowUp(followUp, options),
        schema: AnswerSchema,
        name: 'answer',
        onPiece: onClaim && pieces(onClaim),
      };
      const answer = await bodyOf(callLive, request, signal);
      if ('failure' in answer) return failed(answer);
      const reading = readCompletion(answer.body, asked, readClaims);
      if ('failure' in reading) return failed(reading);
      return { kind: 'claims', claims: reading.found.claims, model: options.model };
    },
  };
}

/** Reads claims out of the pieces of an answer; one that is asked for anew is read anew. */
function pieces(onClaim: (claim: Claim) => void): NonNullable<Request['onPiece']> {
  const told = new Set<string>();
  const once = (claim: Claim) => {
    if (told.has(claim.text)) return;
    told.add(claim.text);
    onClaim(claim);
  };
  let take = claimReader(once);
  return (piece, first) => {
    if (first) take = claimReader(once);
    take(piece);
  };
}

function createClient({ apiKey, baseUrl }: OpenAiOptions, longest: number): OpenAI {
  return new OpenAI({
    apiKey: apiKey ?? 'none',
    baseURL: baseUrl,
    // Whatever the environment says of these, the configuration does not.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: NEVER,
    fetch: boundedFetch(longest),
    logLevel: 'off',
    ...(apiKey === null && { defaultHeaders: { Authorization: null } }),
  });
}

function startDeadline(timeout: number, signal: AbortSignal): Deadline {
  const started = performance.now();
  return { signal, left: () => timeout - (performance.now() - started) };
}

/** The base URL as people may see it. */
function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/$/, '');
}
