import { type Browser, chromium, type Locator, type Page } from 'playwright-core';

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

export interface Window {
  readonly page: Page;
  /** Ends the profile. @throws where the page threw or logged an error */
  close(): Promise<void>;
}

/** Opens an address in a fresh browser profile. */
export async function openWindow(browser: Browser, address: string, look: Look = {}): Promise<Window> {
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
  // The first page of a browser that has just begun takes its time on a busy machine.
  await page.goto(address, { timeout: 30_000 });
  await page.locator('.sidebar').waitFor({ state: 'attached' });
  return {
    page,
    async close() {
      await context.close();
      if (problems.length > 0) throw new Error(`the page complained:\n${problems.join('\n')}`);
    },
  };
}

/** The messages in the channel's or the thread's list that hold these words. */
export const messageWith = (where: Page | Locator, words: string | RegExp): Locator =>
  where.getByTestId('message').filter({ hasText: words });
