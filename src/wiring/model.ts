import { resolve } from 'node:path';
import { createOpenAiModel } from '../adapters/openai/model.ts';
import { loadPrompt } from '../adapters/openai/prompt.ts';
import type { Contacts } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import type { Model, ModelFailure } from '../diagnosis/model.ts';
import type { Troubles } from '../engine/troubles.ts';

/** What a question to the model may cost. */
const LIMITS = { maxOutputTokens: 4000, maxEvidenceChars: 40_000, maxRetries: 2 } as const;

/** The model, where one is configured. */
export async function modelOf(
  { OPENAI_MODEL, OPENAI_API_KEY, OPENAI_BASE_URL }: Contacts,
  { settings }: Shared,
  redact: (text: string) => string,
): Promise<Model | null> {
  if (OPENAI_MODEL === undefined) return null;
  const prompts = resolve(import.meta.dirname, '..', '..', 'prompts');
  const [prompt, answerPrompt] = await Promise.all([
    loadPrompt(prompts, 'diagnose'),
    loadPrompt(prompts, 'answer'),
  ]);
  return createOpenAiModel({
    ...LIMITS,
    apiKey: OPENAI_API_KEY ?? null,
    baseUrl: OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    model: OPENAI_MODEL,
    timeout: settings.model.timeout,
    prompt,
    answerPrompt,
    redact,
  });
}

/** Failures that say that the model cannot be asked, and not that it answered badly. */
const AWAY: ReadonlySet<ModelFailure> = new Set(['unreachable', 'timeout', 'server-error', 'refused']);

/** The same model; whether it could be asked last is told. */
export function watchedModel(model: Model, troubles: Pick<Troubles, 'tell'>): Model {
  return {
    ...model,
    async ask(question, signal) {
      const answer = await model.ask(question, signal);
      const failure = answer.kind === 'failed' && AWAY.has(answer.failure) ? answer.failure : null;
      const words = `The model could not be asked lately (${failure}): only causes that a playbook describes are recognised meanwhile.`;
      // A memory that is away is a trouble of its own, and must not cost the answer.
      await troubles.tell('model', failure === null ? null : words).catch(() => undefined);
      return answer;
    },
  };
}
