import type { App } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, INCIDENTS, slackWith } from '../harness.ts';
import { patientApp, personInBrowser } from './browser.ts';
import { startBrowser } from './window.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const SOON = { timeout: 5000 };
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (name: string) => ({ text: plain(name), value: name.toLowerCase() });
const button = (text: string, action_id: string, more: object = {}) => ({
  type: 'button' as const,
  text: plain(text),
  action_id,
  ...more,
});

const card: KnownBlock[] = [
  { type: 'section', text: { type: 'mrkdwn', text: '*storefront is broken*' } },
  {
    type: 'actions',
    elements: [
      button('Approve', 'approve'),
      button('Stop', 'stop', {
        confirm: { title: plain('Stop it?'), text: plain('Now.'), confirm: plain('Stop now') },
      }),
      button('Runbook', 'runbook', { url: 'https://example.com/runbook' }),
      { type: 'overflow', action_id: 'more', options: [option('Other values'), option('Call a person')] },
    ],
  },
];

const values: ModalView = {
  type: 'modal',
  callback_id: 'values',
  title: plain('Other values'),
  submit: plain('Make a new plan'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'service',
      dispatch_action: true,
      label: plain('Service'),
      element: { type: 'external_select', action_id: 'service', min_query_length: 0 },
    },
    {
      type: 'input',
      block_id: 'tier',
      label: plain('Tier'),
      element: { type: 'radio_buttons', action_id: 'tier', options: [option('Low'), option('High')] },
    },
    {
      type: 'input',
      block_id: 'count',
      label: plain('Replicas'),
      element: { type: 'number_input', action_id: 'count', is_decimal_allowed: false, max_value: '9' },
    },
    {
      type: 'input',
      block_id: 'version',
      label: plain('Version'),
      element: { type: 'static_select', action_id: 'version', options: [option('V1'), option('V2')] },
    },
  ],
};

/** A small bot that notes what people do. */
function teach(app: App, did: string[]): void {
  app.action('approve', async ({ ack, body, client }) => {
    await ack();
    did.push(`approve ${body.user.id}`);
    await client.chat.postEphemeral({
      channel: INCIDENTS,
      user: body.user.id,
      text: 'Somebody else must approve it.',
    });
  });
  app.action(/stop|service|home:refresh/, async ({ ack, action }) => {
    await ack();
    did.push('action_id' in action ? action.action_id : '');
  });
  app.action('runbook', async ({ ack }) => ack());
  app.action('more', async ({ ack, body, client }) => {
    await ack();
    if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: values });
  });
  app.options('service', async ({ ack, options }) => {
    await ack({
      options: ['Catalog', 'Checkout']
        .map(option)
        .filter(({ value }) => value.includes(options.value.toLowerCase())),
    });
  });
  app.view('values', async ({ ack, view }) => {
    await ack();
    const { service, tier, count, version } = view.state.values;
    did.push(
      [
        service?.service?.selected_option?.value,
        tier?.tier?.selected_option?.value,
        count?.count?.value,
        version?.version?.selected_option?.value,
      ].join(' '),
    );
  });
  app.view({ callback_id: 'values', type: 'view_closed' }, async ({ ack }) => {
    await ack();
    did.push('closed');
  });
  app.shortcut('diagnose_message', async ({ ack, shortcut }) => {
    await ack();
    if (shortcut.type === 'message_action') did.push(`diagnose ${shortcut.message.text}`);
  });
  app.event('app_mention', async ({ event, say }) => {
    await say({ text: `You asked: ${event.text}`, thread_ts: event.thread_ts ?? event.ts });
  });
  app.command('/heal', async ({ ack, command }) => ack(`healing ${command.text}`));
  app.event('app_home_opened', async ({ event, client }) => {
    const blocks = [{ type: 'actions' as const, elements: [button('Refresh', 'home:refresh')] }];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
}

async function workspace() {
  const did: string[] = [];
  const slack = await slackWith();
  const app = patientApp(slack);
  teach(app, did);
  await connect(slack, app);
  await app.client.chat.postMessage({ channel: INCIDENTS, text: 'storefront is broken', blocks: card });
  return { slack, app, did };
}

test.each([
  { name: 'at a desk', width: 1440, height: 900 },
  { name: 'on a phone', width: 390, height: 844 },
])('a person does everything with pointer and keys: $name', async ({ width, height }) => {
  const { slack, did } = await workspace();
  const bob = await personInBrowser(browser, slack, 'U0BOB', { width, height });
  const message = bob.message('storefront is broken');
  await bob.press(message, 'Approve');
  await bob.told('Somebody else must approve it.');
  await bob.press(message, 'Stop');
  await bob.confirm('Stop now');
  await bob.choose(message, 'Other values');
  await bob.submit('Other values', { Service: 'Checkout', Tier: 'High', Replicas: '12', Version: 'V2' });
  const modal = await bob.modal('Other values');
  await modal.getByText('Please enter 9 or less.').waitFor();
  await expect
    .poll(() => modal.getByLabel('Replicas').evaluate('document.activeElement.dataset.actionId'), SOON)
    .toBe('count');
  await bob.fill(modal, { Replicas: '2' });
  await bob.press(modal, 'Make a new plan');
  await modal.waitFor({ state: 'detached' });
  expect(did).toEqual(['approve U0BOB', 'stop', 'service', 'checkout high 2 v2']);
  await bob.openThread(message);
  await bob.say('@medic what changed?');
  await bob.reply('You asked:').waitFor();
  await bob.closeThread();
  await bob.shortcut(message, 'Diagnose this');
  await bob.react(message, 'eyes');
  await message.locator('[data-reaction=eyes]').waitFor();
  await bob.command('/heal checkout');
  await bob.told('healing checkout');
  const home = await bob.openHome();
  await bob.press(home, 'Refresh');
  await slack.until(() => did.at(-1) === 'home:refresh', 'press of Refresh');
  expect(did.slice(4)).toEqual(['diagnose storefront is broken', 'home:refresh']);
  expect(await bob.page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBe(0);
});

test('menus and modals are worked with the keyboard alone, and give the focus back', async () => {
  const { slack, did } = await workspace();
  const { page } = await personInBrowser(browser, slack, 'U0BOB');
  const focus = () =>
    page.evaluate('document.activeElement.textContent || document.activeElement.dataset.actionId');
  const more = page.locator('[data-action-id=more]');
  await more.focus();
  await page.keyboard.press('Enter');
  await expect.poll(focus, SOON).toBe('Other values');
  await page.keyboard.press('ArrowDown');
  await expect.poll(focus, SOON).toBe('Call a person');
  await page.keyboard.press('Home');
  await expect.poll(focus, SOON).toBe('Other values');
  await page.keyboard.press('Escape');
  await expect.poll(focus, SOON).toBe('⋯');
  await page.keyboard.press('Enter');
  await expect.poll(focus, SOON).toBe('Other values');
  await page.keyboard.press('Enter');
  const modal = page.getByRole('dialog', { name: 'Other values' });
  const service = modal.getByRole('combobox', { name: 'Service' });
  await expect.poll(focus, SOON).toBe('service');
  await page.keyboard.type('check');
  await modal.getByRole('option', { name: 'Checkout' }).waitFor();
  await page.keyboard.press('Escape');
  expect(await service.getAttribute('aria-expanded')).toBe('false');
  expect(await modal.count()).toBe(1);
  await page.keyboard.press('ArrowDown');
  await modal.getByRole('option', { name: 'Checkout' }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => service.inputValue(), SOON).toBe('Checkout');
  await page.keyboard.press('Escape');
  await modal.waitFor({ state: 'detached' });
  await expect.poll(focus, SOON).toBe('⋯');
  await slack.until(() => did.includes('closed'), 'word that the modal was closed');
});

test('a long text is folded, a picture enlarged, and a link button is a link', async () => {
  const { slack, app } = await workspace();
  const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
  const pixel = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');
  const { upload_url, file_id } = await app.client.files.getUploadURLExternal({
    filename: 'a.gif',
    length: pixel.length,
  });
  await fetch(String(upload_url), { method: 'POST', body: pixel });
  await app.client.files.completeUploadExternal({ files: [{ id: String(file_id) }] });
  const blocks: KnownBlock[] = [
    { type: 'section', text: { type: 'mrkdwn', text: long } },
    { type: 'image', slack_file: { id: String(file_id) }, alt_text: 'Errors rise to 8.8 %' },
  ];
  await app.client.chat.postMessage({ channel: INCIDENTS, text: 'evidence', blocks });
  const alice = await personInBrowser(browser, slack, 'U0ALICE');
  const message = alice.message('line 0');
  const seen = async () => (await message.locator('.fold-content').boundingBox())?.height ?? 0;
  await message.getByRole('button', { name: 'See more' }).waitFor();
  expect(await seen()).toBeLessThan(300);
  await alice.press(message, 'See more');
  await expect.poll(seen, SOON).toBeGreaterThan(600);
  await message.getByRole('button', { name: 'Errors rise to 8.8 %' }).click();
  await alice.page.getByRole('dialog', { name: 'Picture' }).getByText('Errors rise to 8.8 %').waitFor();
  await alice.page.keyboard.press('Escape');
  await alice.page.getByRole('dialog').waitFor({ state: 'detached' });
  const link = alice.message('storefront is broken').getByRole('link', { name: 'Runbook' });
  expect(await link.getAttribute('href')).toBe('https://example.com/runbook');
});
