import OpenAI from 'openai';
import { z } from 'zod';
import type { Proposal } from '../../diagnosis/diagnosis.ts';
import type { Model, ModelAnswer, Question } from '../../diagnosis/model.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { createCall, type Deadline } from './call.ts';
import { type Asked, describeError, type Ended, excerpt, type Failed } from './failure.ts';
import type { Prompt } from './prompt.ts';
import { writeQuestion } from './question.ts';
import { readReply, replySchema } from './reply.ts';

/** No honest diagnosis comes near this many bytes, envelope included. */
const LONGEST_ANSWER = 1_000_000;
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
  readonly redact: (text: string) => string;
}

/** What is read of a chat completion; servers fill in the rest as they please. */
const Completion = z.object({
  model: z.string().nullish(),
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
    }),
  ),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});
type Completion = z.infer<typeof Completion>;

/** A model behind any server that speaks OpenAI's chat completions. Whatever goes wrong becomes a `failed` answer. */
export function createOpenAiModel(options: OpenAiOptions): Model {
  const asked: Asked = {
    model: options.model,
    server: withoutCredentials(options.baseUrl),
    timeout: options.timeout,
  };
  const call = createCall(createClient(options), options);
  const failed = ({ failure, reason }: Failed): ModelAnswer => ({
    kind: 'failed',
    failure,
    reason: options.redact(reason),
    model: options.model,
  });

  return {
    name: options.model,
    answer: async () => ({ kind: 'failed', reason: 'it was not asked', model: options.model }),
    async ask(question: Question, signal: AbortSignal): Promise<ModelAnswer> {
      const names = question.playbooks.map((card) => card.name);
      const user = writeQuestion(question, options);
      const timer = AbortSignal.timeout(options.timeout);
      const deadline = startDeadline(options.timeout, AbortSignal.any([signal, timer]));
      let body: unknown;
      try {
        body = await call({ system: options.prompt.text, user, schema: replySchema(names) }, deadline);
      } catch (error) {
        const ended: Ended = signal.aborted ? 'withdrawn' : timer.aborted ? 'deadline' : null;
        return failed(describeError(error, asked, ended));
      }
      const reading = read(body, names, asked);
      if ('failure' in reading) return failed(reading);
      return { kind: 'proposal', ...reading, model: options.model, promptHash: options.prompt.hash };
    },
  };
}

function createClient({ apiKey, baseUrl }: OpenAiOptions): OpenAI {
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
    fetch: boundedFetch(LONGEST_ANSWER),
    logLevel: 'off',
    ...(apiKey === null && { defaultHeaders: { Authorization: null } }),
  });
}

function startDeadline(timeout: number, signal: AbortSignal): Deadline {
  const started = performance.now();
  return { signal, left: () => timeout - (performance.now() - started) };
}

interface Read {
  readonly proposal: Proposal;
  readonly tokens: { readonly in: number; readonly out: number };
}

/** Takes a proposal out of a completion, or says why there is none. */
function read(body: unknown, playbooks: readonly string[], { model, server }: Asked): Read | Failed {
  const completion = Completion.safeParse(body);
  if (!completion.success) {
    return {
      failure: 'garbage',
      reason: `${server} does not answer as a chat completions server does. Check OPENAI_BASE_URL, which usually ends in /v1.`,
    };
  }
  const { choices, usage } = completion.data;
  const choice = choices[0];
  if (choice === undefined) return { failure: 'garbage', reason: `${model} gave an empty answer.` };
  const trouble = troubleWith(choice, model);
  if (trouble !== null) return trouble;
  const reading = readReply(choice.message.content ?? '', playbooks);
  if (reading.kind === 'unreadable') {
    const start = excerpt(choice.message.content ?? '');
    return {
      failure: 'garbage',
      reason: `The answer of ${model} cannot be read: ${reading.why}. It begins: ${start}`,
    };
  }
  return {
    proposal: reading.proposal,
    tokens: { in: usage?.prompt_tokens ?? 0, out: usage?.completion_tokens ?? 0 },
  };
}

function troubleWith(
  { message, finish_reason: finish }: Completion['choices'][number],
  model: string,
): Failed | null {
  if (message.refusal) {
    return { failure: 'refused', reason: `${model} refused to answer: ${excerpt(message.refusal)}` };
  }
  if (finish === 'content_filter') {
    return {
      failure: 'refused',
      reason: `The answer of ${model} was held back by its server's content filter.`,
    };
  }
  if (finish === 'length') {
    return {
      failure: 'cut-off',
      reason: `${model} ran out of room in mid-answer. Allow it more output tokens.`,
    };
  }
  if ((message.content ?? '').trim() === '') {
    return { failure: 'garbage', reason: `${model} gave an empty answer.` };
  }
  return null;
}

/** The base URL as people may see it. */
function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/$/, '');
}
