import { resolve } from 'node:path';
import { createOpenAiModel } from '../adapters/openai/model.ts';
import { loadPrompt } from '../adapters/openai/prompt.ts';
import type { Contacts } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import type { Model } from '../diagnosis/model.ts';

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
