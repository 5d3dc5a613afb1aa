import { expect, it } from 'vitest';
import type { PersonInBrowser } from '../kit/slack/page/person-in-browser.ts';
import { until } from '../kit/stack/process.ts';
import { LONG, openStage, PATIENCE, patientOf } from './stage.ts';

const stage = openStage(() => ({
  remedies: [
    { name: 'operate', risk: 'high', alert: 'Grave', dosed: true, labelled: true, dryRun: true },
    { name: 'mend', risk: 'medium', alert: 'Middling' },
    { name: 'soothe', risk: 'low', alert: 'Small' },
  ],
  services: ['shop', 'till', 'cellar', 'attic', 'porch', 'oven'],
  pace: { cancel_window: '8s', max_concurrent: 9 },
}));

const done = (service: string) => patientOf(stage, service).playbookRuns();
const reads = (person: PersonInBrowser, words: string | RegExp) => person.message(words).waitFor(LONG);
const notes = (person: PersonInBrowser) => person.page.getByText('Only visible to you').count();

it('on a phone, a plan that needs approval starts by the thumb of somebody who may approve, and anybody else is told so alone', async () => {
  await stage.struck('Grave', 'shop', /\[Approve\]/);
  const dave = await stage.person('U0DAVE');
  const carol = await stage.person('U0CAROL', { width: 390, height: 844 });
  await dave.press(dave.message('Needs approval: shop'), 'Approve');
  await dave.confirm('Approve');
  await dave.told(/approver role/);
  expect(await notes(carol)).toBe(0);
  expect(done('shop')).toEqual([]);
  await carol.press(carol.message('Needs approval: shop'), 'Approve');
  await carol.confirm('Approve');
  await reads(carol, 'Resolved: shop');
  await reads(dave, 'Resolved: shop');
  expect(done('shop')).toEqual(['cure operate 3 shop']);
});

it('a plan that is cancelled in the last second of its window never runs', async () => {
  await stage.struck('Middling', 'till', /\[Cancel\]/);
  const dave = await stage.person('U0DAVE');
  const card = dave.message('About to fix: till');
  await card.waitFor();
  const { phase } = (await stage.testEnv.incident('till')) ?? {};
  if (phase?.at !== 'waiting' || phase.deadline === null) throw new Error('no window is open');
  const { deadline } = phase;
  await until(() => Date.now() > deadline - 900, { what: 'the last second', ms: PATIENCE });
  await dave.press(card, 'Cancel');
  await reads(dave, 'Cancelled: till');
  await until(() => Date.now() > deadline + 500, { what: 'the end of the window', ms: PATIENCE });
  await stage.testEnv.quiet();
  expect(done('till')).toEqual([]);
});

it('other values make a new plan: a wrong one is said under its box, and somebody else approves what its maker may not', async () => {
  await stage.struck('Grave', 'cellar', /cellar[\s\S]*\[Approve\]/);
  const carol = await stage.person('U0CAROL');
  const alice = await stage.person('U0ALICE');
  await carol.choose(carol.message('Needs approval: cellar'), 'Change its values');
  const dialog = await carol.modal('Mend by operate');
  await carol.submit('Mend by operate', { Dose: '12' });
  await dialog.getByText(/12/).waitFor(LONG);
  expect(await dialog.getByLabel('Dose').getAttribute('aria-invalid')).toBe('true');
  await carol.submit('Mend by operate', { Dose: '5' });
  await dialog.waitFor({ state: 'detached', ...LONG });
  await carol.told(/someone else has to approve it/);
  const card = carol.message(/Needs approval: cellar[\s\S]*dose 5/);
  await card.waitFor(LONG);
  await carol.press(card, 'Approve');
  await carol.confirm('Approve');
  await carol.told(/you asked for this plan/);
  expect(done('cellar')).toEqual([]);
  await alice.press(alice.message(/Needs approval: cellar[\s\S]*dose 5/), 'Approve');
  await alice.confirm('Approve');
  await reads(alice, 'Resolved: cellar');
  expect(done('cellar')).toEqual(['cure operate 5 cellar']);
});

it('with the keyboard alone, a person chooses a fix for what Medic does not know', async () => {
  await stage.struck('Strange', 'attic', /Needs a person: attic/);
  const { page, message } = await stage.person('U0BOB');
  await message('Needs a person: attic').waitFor();
  const focused = () =>
    page.evaluate<string>(
      '[document.activeElement, document.activeElement.closest("article")].map((one) => one?.textContent).join(" of ")',
    );
  const reach = async (key: 'Tab' | 'Shift+Tab', words: RegExp) => {
    for (let presses = 0; presses < 40 && !words.test(await focused()); presses++)
      await page.keyboard.press(key);
    expect(await focused()).toMatch(words);
    await page.keyboard.press('Enter');
  };
  await page.locator('.composer textarea').focus();
  await reach('Shift+Tab', /^Choose a fix of .*: attic/s);
  const dialog = page.getByRole('dialog', { name: 'Choose a fix' });
  await dialog.waitFor(LONG);
  await page.keyboard.type('Mend by soothe');
  await dialog.getByLabel('Service').waitFor(LONG);
  await reach('Tab', /^Make this plan/);
  await dialog.waitFor({ state: 'detached', ...LONG });
  await message('Resolved: attic').waitFor(LONG);
  expect(done('attic')).toEqual(['cure soothe attic']);
});

it('whoever calls a diagnosis wrong is heard: the card and the thread say so, and what it really was', async () => {
  await stage.struck('Grave', 'porch', /porch[\s\S]*\[Approve\]/);
  const dave = await stage.person('U0DAVE');
  await dave.openThread(dave.message('Needs approval: porch'));
  await dave.press(dave.reply('Cause,'), 'The diagnosis is wrong');
  await dave.submit('Wrong diagnosis', { 'What was it really?': 'The lamp was off' });
  await dave.reply(/Dave[\s\S]*The lamp was off/).waitFor(LONG);
  await dave.closeThread();
  await reads(dave, /porch[\s\S]*called wrong by @Dave[\s\S]*The lamp was off/);
  expect(done('porch')).toEqual([]);
});
