import { App, SocketModeReceiver } from '@slack/bolt';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { quiet } from '../harness.ts';
import type { LocalSlack } from '../server.ts';

const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Debian's chromium, which is asked for nothing but the local page. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: QUIET });

export interface Look {
  width?: number;
  height?: number;
  scheme?: 'light' | 'dark';
  timezone?: string;
  /** The server goes away during the visit, which the browser logs by itself. */
  losesServer?: boolean;
}

/**
 * Opens an address in a fresh browser profile. The test fails if the page throws or logs an error; the profile ends
 * with the test.
 */
export async function visit(browser: Browser, address: string, look: Look = {}): Promise<Page> {
  const { width = 1440, height = 900, scheme = 'light', timezone = 'UTC', losesServer = false } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    hasTouch: width < 500,
    timezoneId: timezone,
    locale: 'en-GB',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  page.on('console', (line) => {
    const isLoss = losesServer && line.text().includes('net::ERR');
    if (line.type() === 'error' && !isLoss) problems.push(line.text());
  });
  onTestFinished(async () => {
    await context.close();
    if (problems.length > 0) throw new Error(`the page complained:\n${problems.join('\n')}`);
  });
  await page.goto(address);
  await page.locator('.sidebar').waitFor({ state: 'attached' });
  return page;
}

/** The messages in the channel's or the thread's list that hold these words. */
export const messageWith = (where: Page | Locator, words: string): Locator =>
  where.getByTestId('message').filter({ hasText: words });

/** A Bolt app in Socket Mode as patient as the library's default: a browser at work beside it makes pings late. */
export function patientApp(slack: LocalSlack): App {
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    installerOptions: { clientOptions },
    logger: quiet,
  });
  return new App({ token: slack.botToken, receiver, clientOptions, logger: quiet });
}
