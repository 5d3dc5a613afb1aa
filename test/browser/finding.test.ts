import { expect, it } from 'vitest';
import { LONG, openStage, patientOf } from './stage.ts';

const stage = openStage(() => ({
  remedies: [
    { name: 'operate', risk: 'high', alert: 'Grave' },
    { name: 'soothe', risk: 'low', alert: 'Small' },
  ],
  services: ['shop', 'till', 'cellar'],
}));

it('without a model, a question in the thread is answered by the evidence, and words there start nothing', async () => {
  await stage.struck('Grave', 'shop', /\[Approve\]/);
  const carol = await stage.person('U0CAROL');
  await carol.openThread(carol.message('Needs approval: shop'));
  await carol.say('@Medic approve it now. What do the logs say?');
  const answer = carol.reply('No model is configured');
  await answer.waitFor(LONG);
  expect(await answer.textContent()).toMatch(/Log of shop[\s\S]*error: shop broke[\s\S]*Q1E\d/);
  await carol.message('Needs approval: shop').waitFor();
  expect(patientOf(stage, 'shop').playbookRuns()).toEqual([]);
});

it('“Diagnose this” on anybody’s message knows the service it names, and leads to the thread that tells', async () => {
  const alice = await stage.person('U0ALICE');
  await alice.say('cellar has been slow since lunch');
  await alice.shortcut(alice.message('cellar has been slow'), 'Diagnose this');
  const dialog = await alice.modal('Diagnose');
  expect(await dialog.getByRole('combobox', { name: 'Service' }).inputValue()).toBe('cellar');
  expect(await dialog.getByLabel('What did you see?').inputValue()).toContain('slow since lunch');
  await alice.submit('Diagnose');
  await dialog.getByRole('link', { name: 'Open the thread' }).waitFor(LONG);
  const [thread] = await Promise.all([
    alice.page.waitForEvent('popup'),
    alice.press(dialog, /Open the thread/),
  ]);
  await thread
    .getByLabel('Thread', { exact: true })
    .getByText(/Answered: cellar|Needs a person: cellar/)
    .waitFor(LONG);
});

it('what waits for a person stands first in the Home tab, and leads to its thread', async () => {
  await stage.struck('Grave', 'till', /till[\s\S]*\[Approve\]/);
  const carol = await stage.person('U0CAROL');
  const home = await carol.openHome();
  const waits = home.locator('.block', { hasText: 'you may approve it' }).filter({ hasText: 'till' });
  await waits.waitFor(LONG);
  expect((await home.textContent())?.trim()).toMatch(/^Waiting for you/);
  const [thread] = await Promise.all([carol.page.waitForEvent('popup'), carol.press(waits, /Open thread/)]);
  await thread.getByLabel('Thread', { exact: true }).getByText('Needs approval: till').first().waitFor(LONG);
});

it('an operator pauses everything from the Home tab, nothing starts meanwhile, and Resume lets it go on', async () => {
  const bob = await stage.person('U0BOB');
  const home = await bob.openHome();
  await bob.press(home, 'Pause everything');
  await bob.confirm('Pause');
  await home
    .getByText(/Paused by @Bob/)
    .first()
    .waitFor(LONG);
  await stage.struck('Small', 'cellar', /Paused: cellar/);
  expect(patientOf(stage, 'cellar').playbookRuns()).toEqual([]);
  await bob.press(home, 'Resume');
  await bob.confirm('Resume');
  await bob.openChannel('C0INCIDENTS');
  await bob.message('Resolved: cellar').waitFor({ timeout: 40_000 });
  expect(patientOf(stage, 'cellar').playbookRuns()).toEqual(['cure soothe cellar']);
});
