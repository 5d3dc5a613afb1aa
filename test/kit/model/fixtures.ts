import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createOpenAiModel, type OpenAiOptions } from '../../../src/adapters/models/openai/model.ts';
import { loadPrompt } from '../../../src/adapters/models/openai/prompt.ts';
import type { Model, PlaybookCard, Question } from '../../../src/diagnosis/model.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { ProposalJson } from './answers.ts';
import type { ModelServer } from './server.ts';

export const PROMPTS = fileURLToPath(new URL('../../../prompts', import.meta.url));
export const NOW = Date.UTC(2026, 5, 1, 3, 0, 0);

export function item(given: Partial<Evidence> & { id: string; text: string }): Evidence {
  return {
    kind: 'log',
    title: 'A log',
    source: 'logs',
    query: 'catalog.log',
    window: null,
    observedAt: NOW,
    data: null,
    link: null,
    environment: 'demo',
    witness: `log/${given.id}`,
    status: 'ok',
    hash: createHash('sha256').update(given.text).digest('hex'),
    ...given,
  };
}

export const CATALOG: readonly PlaybookCard[] = [
  card('restart_service', 'low', { service: 'the service to restart' }),
  card('recycle_service', 'medium', { service: 'the service to recycle' }),
  card('rollback_release', 'high', { service: 'the service', to_release: 'the release to go back to' }),
  card('clean_disk', 'medium', { service: 'the service', mountpoint: 'the disk to clean' }),
];

function card(name: string, risk: string, parameters: Record<string, string>): PlaybookCard {
  return { name, title: name.replace('_', ' '), description: `Does a ${name}.`, risk, parameters };
}

export function question(given: Partial<Question> = {}): Question {
  return {
    incident: 'inc-1',
    subject: { kind: 'service', name: 'catalog', environment: 'demo' },
    evidence: [
      item({ id: 'E1', kind: 'alert', text: 'alert ServiceDown is firing\nlabels:\n  service=catalog' }),
      item({ id: 'E2', kind: 'state', text: 'catalog    EXITED    Jun 01 02:59 AM' }),
    ],
    playbooks: CATALOG,
    earlier: null,
    now: NOW,
    ...given,
  };
}

export const CRASH: ProposalJson = {
  summary: 'catalog is down.',
  hypotheses: [
    {
      cause: 'The process ended.',
      claims: [{ text: 'It is not running.', citations: [{ evidence: 'E2', quote: 'catalog    EXITED' }] }],
      against: [],
      playbook: 'restart_service',
      parameters: [{ name: 'service', value: 'catalog' }],
      confidence: 0.9,
    },
  ],
  prevention: null,
  lead: null,
};

export async function modelFor(
  server: Pick<ModelServer, 'url' | 'apiKey'>,
  given: Partial<OpenAiOptions> = {},
): Promise<Model> {
  return createOpenAiModel({
    apiKey: server.apiKey,
    baseUrl: server.url,
    model: 'test-model',
    timeout: 5000,
    maxOutputTokens: 2000,
    maxEvidenceChars: 20_000,
    maxRetries: 2,
    prompt: await loadPrompt(PROMPTS, 'diagnose'),
    answerPrompt: await loadPrompt(PROMPTS, 'answer'),
    redact: (text) => text,
    ...given,
  });
}

export const never = new AbortController().signal;
