import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { type PersonInBrowser, personAt } from '../kit/slack/page/person-in-browser.ts';
import { type Look, openWindow, startBrowser } from '../kit/slack/page/window.ts';
import type { Message } from '../kit/slack/server.ts';
import { type Scratch, scratchDir, tellGuardian } from '../kit/stack/guardian.ts';
import { cardThat } from '../kit/world/test-env.ts';
import { CHANNEL, startWorld, type World } from '../kit/world/world.ts';
import { smallPng } from './small-png.ts';

/**
 * Takes the pictures of the documentation from one real run: a leak that is about to be mended, held and paused, a bad release that waits for
 * approval and is rolled back, and a process that hangs and needs a person. Each state on a desk and on a phone, light and dark. Ends
 * with an error where any state does not come about, or a picture is too large.
 */
const FOLDER = join(import.meta.dirname, 'screenshots');
/** Bytes of one picture, so that the page they stand on loads on a phone. */
const LARGEST = 250_000;
/** How long a state may take to come about, milliseconds. */
const PATIENCE = 60_000;
const DESK = { width: 1440, height: 1000 } as const satisfies Look;
const PHONE = { width: 390, height: 844 } as const satisfies Look;
/** A thread alone, as wide as Slack shows it on a desk, and as long as it is. */
const THREAD = { width: 600, height: 1000 } as const satisfies Look;

/** How a state is looked at; without a size, in the window as it is. */
interface ShotLook {
  readonly suffix: string;
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly scheme: 'light' | 'dark';
}
const LOOKS: readonly ShotLook[] = [
  { suffix: '', size: DESK, scheme: 'light' },
  { suffix: '-dark', size: DESK, scheme: 'dark' },
  { suffix: '-phone', size: PHONE, scheme: 'light' },
  { suffix: '-phone-dark', size: PHONE, scheme: 'dark' },
];
const THREAD_LOOK: ShotLook = { suffix: '', size: null, scheme: 'light' };

const begun = performance.now();
const taken: string[] = [];
const say = (line: string) =>
  process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);

const scratch = await shortDir();
const started: (() => Promise<unknown>)[] = [() => scratch.remove()];
try {
  const browser = await startBrowser();
  started.push(() => browser.close());
  const world = await startWorld({
    dir: scratch.path,
    pace: { cancel_window: '10m', cooldown: '1s' },
  });
  started.push(() => world.stop());
  await mkdir(FOLDER, { recursive: true });
  await leak(world, browser);
  await release(world, browser);
  await hang(world, browser);
  for (const name of await readdir(FOLDER)) if (!taken.includes(name)) await rm(join(FOLDER, name));
  say(`${taken.length} pictures`);
} finally {
  for (const stop of started.reverse()) await stop();
}

/** A process that leaks: the fix waits for objections, is hurried, and proves itself. */
async function leak(world: World, browser: Browser): Promise<void> {
  say(await world.stack.fleet.break('leak'));
  const card = await cardReads(world, /About to fix: catalog[\s\S]*\[Run now\]/);
  await threadHas(world, card, 'chart-diagnosis');
  await asPerson(world, browser, 'U0BOB', DESK, async (bob) => {
    await bob.openThread(card);
    await shoot(bob.page, 'about-to-fix');
    await bob.closeThread();
    await bob.press(bob.message('About to fix: catalog'), 'Hold');
    await cardReads(world, /On hold: catalog/);
    await shoot(bob.page, 'held');
    await bob.say('/heal pause');
    await cardReads(world, /: catalog[\s\S]*has paused Medic/);
    await shoot(bob.page, 'paused');
    await bob.say('/heal resume');
    await bob.press(bob.message('On hold: catalog'), 'Resume');
    await cardReads(world, /About to fix: catalog[\s\S]*\[Run now\]/);
    await bob.press(bob.message('About to fix: catalog'), 'Run now');
    await cardReads(world, /Resolved: catalog/);
    await threadHas(world, card, 'chart-recovery');
    const thread = await bob.openThread(card);
    await thread.getByRole('img', { name: /of the fix/ }).scrollIntoViewIfNeeded();
    await shoot(bob.page, 'resolved');
    await bob.closeThread();
    await bob.say('/diagnose catalog');
    await bob.told(/looks healthy/);
    await shoot(bob.page, 'looks-healthy');
  });
  await asPerson(world, browser, 'U0BOB', THREAD, async (bob) => {
    const thread = await bob.openThread(card);
    await thread.getByRole('img', { name: /of the fix/ }).scrollIntoViewIfNeeded();
    await unroll(bob.page, thread);
    await shoot(bob.page, 'thread', [THREAD_LOOK]);
  });
}

/** A release that fails its guests: the way back is tried dry, asked about, approved and taken. */
async function release(world: World, browser: Browser): Promise<void> {
  say(await world.stack.fleet.break('release'));
  const card = await cardReads(world, /Needs approval: storefront[\s\S]*\[Approve\]/);
  await threadHas(world, card, 'dry-run');
  await asPerson(world, browser, 'U0CAROL', DESK, async (carol) => {
    await carol.openThread(card);
    await carol.reply('Dry run').waitFor();
    await shoot(carol.page, 'needs-approval');
    await carol.say('@Medic what changed before this?');
    const whole = carol
      .reply(/asked:[\s\S]*version v2/)
      .getByRole('button', { name: 'Show all the evidence' });
    await whole.waitFor({ timeout: PATIENCE });
    await whole.scrollIntoViewIfNeeded();
    await shoot(carol.page, 'follow-up');
    await carol.closeThread();
    await carol.choose(carol.message('Needs approval: storefront'), 'Change its values');
    await carol.modal(/Roll back/);
    await shoot(carol.page, 'other-values');
    await carol.page.keyboard.press('Escape');
    await carol.openHome();
    await shoot(carol.page, 'home');
  });
  await asPerson(world, browser, 'U0CAROL', PHONE, async (carol) => {
    const here = carol.message('Needs approval: storefront');
    await here.waitFor();
    await carol.press(here, 'Approve');
    await carol.confirm('Approve');
  });
  await asPerson(world, browser, 'U0CAROL', DESK, async (carol) => {
    await carol.openThread(card);
    await carol.message('Fixing: storefront').waitFor({ timeout: PATIENCE });
    await carol.reply(/Running the fix[\s\S]*Check the release/).waitFor({ timeout: PATIENCE });
    await shoot(carol.page, 'fixing');
  });
  await cardReads(world, /Resolved: storefront/);
}

/** A process that is there and does not answer: nothing in the catalog is for that, so a person is called. */
async function hang(world: World, browser: Browser): Promise<void> {
  const pid = Number(await world.stack.fleet.supervisorctl('pid', 'orders'));
  process.kill(pid, 'SIGSTOP');
  try {
    say(`Stopped orders (process ${pid}), as if it hung.`);
    const card = await cardReads(world, /Needs a person: orders/);
    await threadHas(world, card, 'chart-diagnosis');
    await asPerson(world, browser, 'U0ALICE', DESK, async (alice) => {
      await alice.openThread(card);
      await shoot(alice.page, 'needs-a-person');
      await alice.closeThread();
      await alice.press(alice.message('Needs a person: orders'), 'Catch me up');
      await alice.modal('Catch me up');
      await shoot(alice.page, 'catch-up');
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Makes the window as high as the whole of a thread. */
async function unroll(page: Page, thread: Locator): Promise<void> {
  const list = thread.getByLabel('Messages in the thread');
  let { height } = THREAD;
  for (let hidden = 1; hidden > 0; height += hidden) {
    await page.setViewportSize({ ...THREAD, height });
    await allDrawn(page);
    hidden = await list.evaluate(
      (element: { scrollHeight: number; clientHeight: number }) =>
        element.scrollHeight - element.clientHeight,
    );
  }
}

/** Letters and pictures are there. */
async function allDrawn(page: Page): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await page.waitForFunction('[...document.images].every((image) => image.complete)');
}

function cardReads({ slack }: World, wanted: RegExp): Promise<Message> {
  return slack.message(CHANNEL, cardThat(wanted), PATIENCE);
}

async function threadHas({ slack }: World, card: Message, key: string): Promise<void> {
  const isWhole = ({ metadata, blocks = [] }: Message) =>
    String(metadata?.event_payload.key).startsWith(key) &&
    (!key.startsWith('chart') || blocks.some(({ type }) => type === 'image'));
  const has = () => slack.thread(CHANNEL, card.ts).some(isWhole);
  await slack.until(has, `“${key}” in the thread`, PATIENCE);
}

async function asPerson(
  { slack }: World,
  browser: Browser,
  id: string,
  look: Look,
  act: (person: PersonInBrowser) => Promise<void>,
): Promise<void> {
  const { page, close } = await openWindow(browser, `${slack.url}/#/${CHANNEL}?as=${id}`, look);
  await act(personAt(page, slack, id));
  await close();
}

/** Takes what the page shows now in every look, and leaves it as it was. */
async function shoot(page: Page, name: string, looks: readonly ShotLook[] = LOOKS): Promise<void> {
  const before = page.viewportSize();
  // The pointer lies over nothing.
  await page.mouse.move(0, 0);
  for (const { suffix, size, scheme } of looks) {
    if (size !== null) await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme: scheme });
    await allDrawn(page);
    await keep(`${name}${suffix}.png`, smallPng(await page.screenshot({ animations: 'disabled' })));
  }
  if (before !== null) await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light' });
}

async function keep(name: string, picture: Buffer): Promise<void> {
  await writeFile(join(FOLDER, name), picture);
  taken.push(name);
  say(`${name} ${Math.round(picture.length / 1000)} KB`);
  if (picture.length > LARGEST) throw new Error(`${name} is larger than ${LARGEST} bytes`);
}

/** A place whose name reads well in a picture, where it is free. */
async function shortDir(): Promise<Scratch> {
  const path = '/tmp/shop';
  const isFree = await mkdir(path).then(
    () => true,
    () => false,
  );
  if (!isFree) return scratchDir('shop');
  tellGuardian(`scratch ${path}`);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      tellGuardian(`removed ${path}`);
    },
  };
}
