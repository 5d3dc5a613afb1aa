import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeModel } from '../../src/adapters/models/openai/probe.ts';
import { modelLook, watchedModel } from '../../src/app/model.ts';
import type { FollowUp, Model, ModelFailure, Question } from '../../src/diagnosis/model.ts';
import { modelAway } from '../../src/engine/health/blindness.ts';
import { type ModelServer, startModelServer } from '../kit/model/server.ts';
import { freePort } from '../kit/stack/process.ts';

const absence = modelAway({ name: 'gpt-5', url: 'https://api.openai.com/v1' });
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.stop());

/** A model that ends every question so, and what is said of it. */
function ending(failure: ModelFailure | null) {
  const said: unknown[][] = [];
  const failed = { kind: 'failed', failure: failure ?? 'garbage', reason: '', model: 'gpt-5' } as const;
  const model: Model = {
    name: 'gpt-5',
    ask: async () =>
      failure === null
        ? ({
            kind: 'proposal',
            proposal: {},
            tokens: { in: 0, out: 0 },
            model: 'gpt-5',
            promptHash: '',
          } as never)
        : failed,
    answer: async () => (failure === null ? { kind: 'claims', claims: [], model: 'gpt-5' } : failed),
  };
  const watchedOne = watchedModel(model, absence, async (...what) => void said.push(what));
  const both = async (signal: AbortSignal) => {
    await watchedOne.ask({} as Question, signal);
    await watchedOne.answer({} as FollowUp, signal);
  };
  return { said, both };
}

const never = () => new AbortController().signal;

describe('a model', () => {
  it('that cannot be reached, fails or is late is away, whichever question was asked', async () => {
    for (const [failure, how] of [
      ['unreachable', 'unreached'],
      ['timeout', 'asked'],
      ['server-error', 'asked'],
    ] as const) {
      const { said, both } = ending(failure);
      await both(never());
      expect(said).toEqual([
        ['model', absence, how],
        ['model', absence, how],
      ]);
    }
  });

  it('that answers is there, also where it answers badly', async () => {
    for (const failure of [null, 'garbage', 'refused', 'cut-off'] as const) {
      const { said, both } = ending(failure);
      await both(never());
      expect(said).toEqual([
        ['model', null, 'asked'],
        ['model', null, 'asked'],
      ]);
    }
  });

  it('is neither there nor away because its key was refused, or a question was withdrawn', async () => {
    const refused = ending('rejected');
    await refused.both(never());
    const withdrawn = ending('timeout');
    await withdrawn.both(AbortSignal.abort());
    expect([...refused.said, ...withdrawn.said]).toEqual([]);
  });

  it('is looked for only while it is in doubt, and without a question that costs', async () => {
    const said: unknown[][] = [];
    const doubt = { is: false };
    const address = { url: server.url };
    const look = modelLook(
      { absence, probe: () => probeModel({ baseUrl: address.url, apiKey: server.apiKey }) },
      async (...what) => void said.push(what),
      { isDoubtful: async () => doubt.is },
    );
    await look();
    expect(said).toEqual([]);
    doubt.is = true;
    await look();
    address.url = `http://127.0.0.1:${await freePort()}/v1`;
    await look();
    expect(said).toEqual([
      ['model', null, 'probed'],
      ['model', absence, 'probed'],
    ]);
    expect(server.requests).toEqual([]);
    expect(server.rejected).toEqual([]);
  });

  it('is there where its server lists no models, and not where that fails', async () => {
    const answering = (status: number) =>
      probeModel({ baseUrl: 'http://model/v1', apiKey: null }, async () => new Response('', { status }));
    await expect(answering(404)).resolves.toBeUndefined();
    await expect(answering(401)).resolves.toBeUndefined();
    await expect(answering(503)).rejects.toThrow('503');
  });
});
