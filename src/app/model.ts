import { resolve } from 'node:path';
import { probeModel } from '../adapters/models/openai/probe.ts';
import { loadPrompt } from '../adapters/models/openai/prompt.ts';
import type { Secrets } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import type { Model, ModelFailure } from '../diagnosis/model.ts';
import { type Absence, modelAway, type See, type Sights } from '../engine/health/blindness.ts';

/** What a question to the model may cost. */
const LIMITS = { maxOutputTokens: 4000, maxEvidenceChars: 40_000, maxRetries: 2 } as const;

/** The model, and what people hear when it is away. */
export interface KnownModel {
  readonly model: Model;
  readonly absence: Absence;
  /** Looks whether its server is there; rejects where it is not. */
  readonly probe: () => Promise<void>;
}

/** The model, where one is configured. */
export async function modelOf(
  { OPENAI_MODEL, OPENAI_API_KEY, OPENAI_BASE_URL }: Secrets,
  { settings }: Shared,
  redact: (text: string) => string,
): Promise<KnownModel | null> {
  if (OPENAI_MODEL === undefined) return null;
  // Whoever has no model need not carry its client, which is a good part of a start.
  const { createOpenAiModel } = await import('../adapters/models/openai/model.ts');
  const prompts = resolve(import.meta.dirname, '..', '..', 'prompts');
  const [prompt, answerPrompt] = await Promise.all([
    loadPrompt(prompts, 'diagnose'),
    loadPrompt(prompts, 'answer'),
  ]);
  const server = {
    apiKey: OPENAI_API_KEY ?? null,
    baseUrl: OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
  };
  const model = createOpenAiModel({
    ...LIMITS,
    ...server,
    model: OPENAI_MODEL,
    timeout: settings.model.timeout,
    prompt,
    answerPrompt,
    redact,
  });
  return {
    model,
    absence: modelAway({ name: OPENAI_MODEL, url: server.baseUrl }),
    probe: () => probeModel(server),
  };
}

/** Failures that say that the model could not be asked, and not that it answered badly or did not like the question. */
const AWAY: ReadonlySet<ModelFailure> = new Set(['unreachable', 'timeout', 'server-error']);

/** The same model; what its answers say of whether it can be asked is told. */
export function watchedModel(model: Model, absence: Absence, see: See): Model {
  const hear = async (failure: ModelFailure | null, { aborted }: AbortSignal) => {
    // Who withdraws a question does not know whether it would have been answered; a refused key is no sign of health.
    if (aborted || failure === 'rejected') return;
    if (failure === null || !AWAY.has(failure)) await see('model', null, 'asked');
    else await see('model', absence, failure === 'unreachable' ? 'unreached' : 'asked');
  };
  return {
    ...model,
    async ask(question, signal) {
      const answer = await model.ask(question, signal);
      await hear(answer.kind === 'failed' ? answer.failure : null, signal);
      return answer;
    },
    async answer(followUp, signal, onClaim) {
      const answer = await model.answer(followUp, signal, onClaim);
      await hear(answer.kind === 'failed' ? answer.failure : null, signal);
      return answer;
    },
  };
}

/**
 * Looks whether the model is there, where it lately failed to answer: it may be long until somebody needs it again. One that is well is
 * not asked for nothing.
 */
export function modelLook(
  { absence, probe }: Pick<KnownModel, 'absence' | 'probe'>,
  see: See,
  sights: Pick<Sights, 'isDoubtful'>,
): () => Promise<void> {
  return async () => {
    if (!(await sights.isDoubtful('model'))) return;
    const isThere = await probe().then(
      () => true,
      () => false,
    );
    await see('model', isThere ? null : absence, 'probed');
  };
}
