import { afterAll, expect, it } from 'vitest';
import { saying } from '../kit/model/answering.ts';
import { type ModelServer, startModelServer } from '../kit/model/server.ts';
import { LONG, openStage, patientOf } from './stage.ts';

const remedies = [{ name: 'operate', risk: 'high', alert: 'Grave' }] as const;
let model: ModelServer | undefined;
afterAll(() => model?.stop());

const stage = openStage(async () => {
  model = await startModelServer();
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: model.apiKey, OPENAI_MODEL: 'test-model' };
  return { remedies, services: ['shop', 'till'], env };
});

it('a question in the thread is answered while one watches, claim after claim, each with the words it rests on', async () => {
  await stage.struck('Grave', 'shop', /\[Approve\]/);
  const broke = { text: 'The shop broke.', from: ['log', /error: shop broke/] } as const;
  const ill = { text: 'It is still ill.', from: ['probe', /500/] } as const;
  model?.script(saying([broke, ill], { pace: 300 }));
  const dave = await stage.person('U0DAVE');
  await dave.openThread(dave.message('Needs approval: shop'));
  await dave.say('@Medic what happened?');
  const growing = dave.page.locator('[data-testid=message][aria-busy=true]', { hasText: 'The shop broke.' });
  await growing.waitFor(LONG);
  expect(await growing.textContent()).not.toContain('It is still ill.');
  const answer = dave.reply(/The shop broke\.[\s\S]*error: shop broke[\s\S]*It is still ill\.[\s\S]*500/);
  await answer.waitFor(LONG);
  await growing.waitFor({ state: 'detached', ...LONG });
  expect(await answer.textContent()).toMatch(/Dave asked:[\s\S]*what happened\?[\s\S]*Q1E\d/);
  expect(patientOf(stage, 'shop').playbookRuns()).toEqual([]);
});

it('what an answer rests on is one press away, in full', async () => {
  model?.script(saying([{ text: 'The till broke.', from: ['log', /error: till broke/] }]));
  await stage.struck('Grave', 'till', /till[\s\S]*\[Approve\]/);
  const dave = await stage.person('U0DAVE');
  await dave.openThread(dave.message('Needs approval: till'));
  await dave.say('@Medic show me the logs');
  const answer = dave.reply('The till broke.');
  await answer.getByRole('button', { name: 'Show all the evidence' }).waitFor(LONG);
  await dave.press(answer, 'Show all the evidence');
  const record = dave.page.getByRole('dialog');
  await record.getByText('error: till broke').first().waitFor(LONG);
});
