import type { KnownBlock } from '@slack/types';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientOf, connect, INCIDENTS, slackWith } from '../harness.ts';
import { patientApp, visit } from './browser.ts';
import { acting, reading } from './gallery.ts';
import { messageWith, startBrowser } from './window.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const SOON = { timeout: 5000 };

/** Brightness of the page's ground, 0 black to 255 white. */
async function ground(page: Page): Promise<number> {
  const color: string = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  return Math.max(...(color.match(/\d+/g) ?? []).map(Number));
}

/** How far the page sticks out to the right of the window, in pixels. */
const excess = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

async function galleryWith(blocks: KnownBlock[]) {
  const slack = await slackWith();
  const { ts } = await clientOf(slack).chat.postMessage({ channel: INCIDENTS, text: 'gallery', blocks });
  return { slack, address: `${slack.url}/#/${INCIDENTS}?as=U0ALICE`, ts };
}

test.each([
  { name: 'what is read', blocks: reading },
  { name: 'what is acted on', blocks: acting },
])('every block is drawn as what it is: $name', async ({ blocks }) => {
  const { address, ts } = await galleryWith(blocks);
  const page = await visit(browser, address);
  const message = page.locator(`[data-ts="${ts}"]`);
  await message.waitFor();
  expect(await message.locator('.blocks').first().locator('> .block').count()).toBe(blocks.length);
  expect(await message.locator('.unknown').count()).toBe(0);
  for (const part of await message.locator('.blocks').first().locator('> .block').all()) {
    expect((await part.boundingBox())?.height).toBeGreaterThan(0);
  }
  expect(await excess(page)).toBe(0);
});

test('a data table is sorted by its heads, filtered and paged', async () => {
  const { address } = await galleryWith(reading);
  const page = await visit(browser, address);
  const table = page.locator('.data-table');
  const services = () => table.locator('tbody th').allTextContents();
  await expect.poll(services, SOON).toEqual(['checkout', 'search']);
  await table.getByRole('button', { name: 'Seconds' }).click();
  await expect.poll(services, SOON).toEqual(['search', 'payments']);
  await table.getByRole('button', { name: 'Next' }).click();
  await expect.poll(services, SOON).toEqual(['checkout']);
  await table.getByLabel('Filter Past incidents').fill('pay');
  await expect.poll(services, SOON).toEqual(['payments']);
});

test('the page is dark where the system is, and the reader may choose otherwise for good', async () => {
  const { address } = await galleryWith(reading);
  const page = await visit(browser, address, { scheme: 'dark' });
  expect(await ground(page)).toBeLessThan(60);
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await expect.poll(() => ground(page), SOON).toBe(255);
  await page.reload();
  await messageWith(page, 'search leaks memory').waitFor();
  expect(await ground(page)).toBe(255);
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await expect.poll(() => ground(page), SOON).toBeLessThan(60);
});

test('at 390 px there is one pane at a time, and nothing sticks out', async () => {
  const { slack, address, ts } = await galleryWith([...reading, ...acting]);
  const page = await visit(browser, address, { width: 390, height: 844 });
  await messageWith(page, 'search leaks memory').waitFor();
  expect(await excess(page)).toBe(0);
  expect(await page.getByRole('navigation', { name: 'Workspace' }).isVisible()).toBe(false);
  slack.person('U0BOB').say(INCIDENTS, 'in the thread', { threadTs: ts ?? '' });
  await page.getByRole('button', { name: '1 reply' }).click();
  const thread = page.getByLabel('Thread', { exact: true });
  await messageWith(thread, 'in the thread').waitFor();
  expect((await thread.boundingBox())?.width).toBe(390);
  expect(await page.getByLabel('Channel incidents').isVisible()).toBe(false);
  expect(await excess(page)).toBe(0);
  await page.getByRole('button', { name: 'Back to the channel' }).click();
  await page.getByRole('button', { name: 'All channels' }).click();
  await page.getByRole('button', { name: 'payments' }).click();
  await page.getByLabel('Message #payments').waitFor();
  expect(page.url()).toContain('#/C0PAYMENTS');
});

test('a menu at the lower edge opens upwards, so that all of it is seen', async () => {
  const { slack, address } = await galleryWith(acting.slice(0, 1));
  const option = (text: string) => ({ text: { type: 'plain_text' as const, text }, value: text });
  const options = ['Other values', 'Another playbook', 'Call a person'].map(option);
  await clientOf(slack).chat.postMessage({
    channel: INCIDENTS,
    text: 'card',
    blocks: [{ type: 'actions', elements: [{ type: 'overflow', action_id: 'more', options }] }],
  });
  const page = await visit(browser, address);
  const more = page.getByTestId('overflow');
  await more.click();
  const last = await page.getByRole('menuitem', { name: 'Call a person' }).boundingBox();
  const trigger = await more.boundingBox();
  expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(trigger?.y ?? 0);
  await page.getByRole('menuitem', { name: 'Call a person' }).click({ trial: true });
});

test('unread channels are marked until they are opened, for each user apart', async () => {
  const slack = await slackWith();
  const page = await visit(browser, `${slack.url}/#/${INCIDENTS}?as=U0ALICE`);
  slack.person('U0BOB').say('payments', 'anyone here?');
  const place = page.locator('[data-channel=C0PAYMENTS]');
  await place.getByLabel('1 unread').waitFor();
  await place.click();
  await messageWith(page, 'anyone here?').waitFor();
  await page.locator(`[data-channel=${INCIDENTS}]`).click();
  await expect.poll(() => place.getByLabel('1 unread').count(), SOON).toBe(0);
});

test('the Home tab tells the app that it was opened, and its buttons work', async () => {
  const pressed: string[] = [];
  const slack = await slackWith();
  const app = patientApp(slack);
  app.event('app_home_opened', async ({ event, client }) => {
    const pause = {
      type: 'button' as const,
      action_id: 'pause',
      text: { type: 'plain_text' as const, text: 'Pause' },
    };
    const blocks = [{ type: 'actions' as const, elements: [pause] }];
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
  });
  app.action('pause', async ({ ack, body }) => {
    await ack();
    pressed.push(body.user.id);
  });
  await connect(slack, app);
  const page = await visit(browser, `${slack.url}/#/${INCIDENTS}?as=U0CAROL`);
  await page.getByTestId('home-tab').click();
  await page.getByRole('button', { name: 'Pause' }).click();
  await slack.until(() => pressed.length > 0, 'press of Pause');
  expect(pressed).toEqual(['U0CAROL']);
  await page.getByText('Direct messages').waitFor();
});

test('a status shows who is busy with what, until it is cleared', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  const { ts = '' } = await client.chat.postMessage({ channel: INCIDENTS, text: 'checkout is down' });
  const page = await visit(browser, `${slack.url}/#/${INCIDENTS}/${ts}?as=U0ALICE`);
  const thread = page.getByLabel('Thread', { exact: true });
  await messageWith(thread, 'checkout is down').waitFor();
  await client.assistant.threads.setStatus({
    channel_id: INCIDENTS,
    thread_ts: ts,
    status: 'is reading the log',
  });
  await thread.getByText('Medic is reading the log').waitFor();
  await client.assistant.threads.setStatus({ channel_id: INCIDENTS, thread_ts: ts, status: '' });
  await thread.getByText('Medic is reading the log').waitFor({ state: 'detached' });
});

test('pictures are shown with their alternative text, other files as links', async () => {
  const slack = await slackWith();
  const pixel = Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64');
  await clientOf(slack).files.uploadV2({
    channel_id: INCIDENTS,
    initial_comment: 'the graph',
    file_uploads: [
      { file: pixel, filename: 'graph.gif', alt_text: 'Memory climbs from 100 to 980 MB' },
      { file: Buffer.from('+ version: 1.4.1\n'), filename: 'release.diff' },
    ],
  });
  const page = await visit(browser, `${slack.url}/#/${INCIDENTS}?as=U0ALICE`);
  const picture = page.getByAltText('Memory climbs from 100 to 980 MB');
  await expect
    .poll(() => picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth), SOON)
    .toBe(1);
  await page.getByRole('link', { name: /release\.diff/ }).waitFor();
});
