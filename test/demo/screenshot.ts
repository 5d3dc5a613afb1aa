import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { scratchDir } from '../stack/guardian.ts';
import { CHANNEL, startWorld, type World } from '../world/world.ts';

/** Takes the README's pictures from a real run: a crash that is healed, and a bad release that waits for approval. */
const FOLDER = join(import.meta.dirname, 'screenshots');

const scratch = await scratchDir('medic-screenshots');
const world = await startWorld({ dir: scratch.path, pace: { cancel_window: '60s' } });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  await mkdir(FOLDER, { recursive: true });
  await world.stack.fleet.break('crash');
  const healed = await world.slack.message(CHANNEL, /Resolved: catalog/, 60_000);
  await world.slack.until(
    () => world.slack.thread(CHANNEL, healed.ts).some((one) => /Resolved/.test(one.text ?? '')),
    'the thread is complete',
    30_000,
  );
  await shoot(world, healed.ts, { name: 'healed', width: 1440, height: 1000 });
  await world.stack.fleet.break('release');
  const asked = await world.slack.message(CHANNEL, (_, text) => text.includes('[Approve]'), 60_000);
  await shoot(world, asked.ts, { name: 'approval', width: 1440, height: 1000 });
  await shoot(world, asked.ts, { name: 'approval-dark', width: 1440, height: 1000, dark: true });
  await shoot(world, null, { name: 'approval-phone', width: 390, height: 844 });
} finally {
  await browser.close();
  await world.stop();
  await scratch.remove();
}

interface Shot {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

async function shoot(
  { slack }: World,
  thread: string | null,
  { name, width, height, dark = false }: Shot,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
  });
  const page: Page = await context.newPage();
  await page.goto(`${slack.url}/#/${CHANNEL}${thread === null ? '' : `/${thread}`}?as=U0CAROL`);
  await page.getByTestId('message').first().waitFor();
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await context.close();
}
