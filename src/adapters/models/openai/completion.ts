import { z } from 'zod';
import { type Asked, excerpt, type Failed } from './failure.ts';

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

export interface Read<Found> {
  readonly found: Found;
  readonly tokens: { readonly in: number; readonly out: number };
}

/** Takes what was asked for out of a completion, or says why it is not there. */
export function readCompletion<Found extends { readonly kind: string }>(
  body: unknown,
  { model, server }: Asked,
  reader: (content: string) => Found | { readonly kind: 'unreadable'; readonly why: string },
): Read<Exclude<Found, { readonly kind: 'unreadable' }>> | Failed {
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
  const found = reader(choice.message.content ?? '');
  if (isUnreadable(found)) {
    const start = excerpt(choice.message.content ?? '');
    return {
      failure: 'garbage',
      reason: `The answer of ${model} cannot be read: ${found.why}. It begins: ${start}`,
    };
  }
  return {
    found: found as Exclude<Found, { readonly kind: 'unreadable' }>,
    tokens: { in: usage?.prompt_tokens ?? 0, out: usage?.completion_tokens ?? 0 },
  };
}

function isUnreadable(found: {
  readonly kind: string;
}): found is { readonly kind: 'unreadable'; readonly why: string } {
  return found.kind === 'unreadable';
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
