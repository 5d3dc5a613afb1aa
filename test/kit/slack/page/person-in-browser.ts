import type { Locator, Page } from 'playwright-core';
import type { LocalSlack } from '../server.ts';
import type { Message } from '../types.ts';
import { messageWith } from './window.ts';

/** A button or a link that looks like one, by the words on it. */
const pressable = (where: Page | Locator, name: string | RegExp): Locator => {
  const exact = typeof name === 'string';
  return where.getByRole('button', { name, exact }).or(where.getByRole('link', { name, exact })).first();
};

/** What a person puts into a field: text, or the words of an option. */
type Filled = string;

/**
 * A member of the workspace at a screen: everything is done with pointer and keys, and found by the names that a
 * screen reader would say. Each step waits for what it needs, five seconds at most.
 *
 * ```ts
 * const alice = await personInBrowser(browser, slack, 'U0ALICE', { width: 390, height: 844 });
 * const card = alice.message('storefront is broken');
 * await alice.press(card, 'Approve');                     // a button, or a link that looks like one
 * await alice.choose(card, 'Other values');               // out of the card's "More actions" (…) menu
 * await alice.submit('Other values', { Version: 'v1' });  // a modal: fields by label, then its submit button
 * await alice.openThread(card);
 * await alice.say('@medic what changed before this?');    // in the thread if one is open, else in the channel
 * await alice.told('somebody else must approve it');      // a note that only she sees
 * await alice.shortcut(card, 'Diagnose this');            // out of the message's own menu
 * const home = await alice.openHome();
 * ```
 */
export interface PersonInBrowser {
  id: string;
  page: Page;
  /** Goes to a channel by id. */
  openChannel(channel: string): Promise<void>;
  /** The newest message with these words, in the thread if one is open, else in the channel. */
  message(words: string | RegExp): Locator;
  /** A message in the thread pane. */
  reply(words: string | RegExp): Locator;
  openThread(message: Locator | Pick<Message, 'channel' | 'ts'>): Promise<Locator>;
  closeThread(): Promise<void>;
  press(where: Locator, name: string | RegExp): Promise<void>;
  /** Answers the confirmation that a press asked for. */
  confirm(name: string): Promise<void>;
  /** Takes an entry of an overflow menu (…). */
  choose(where: Locator, entry: string | RegExp): Promise<void>;
  /** Takes an entry of the menu that every message has: its shortcuts, its thread, its link. */
  shortcut(message: Locator, name: string): Promise<void>;
  react(message: Locator, emoji: string): Promise<void>;
  /** Writes with completion of `@name`, in the thread if one is open, else in the channel. */
  say(text: string): Promise<void>;
  /** Runs a slash command in the open channel. */
  command(text: string): Promise<void>;
  /** The modal with this title. */
  modal(title: string | RegExp): Promise<Locator>;
  /** Fills a modal's fields by their labels. */
  fill(modal: Locator, fields: Record<string, Filled>): Promise<void>;
  /** Fills the modal with this title and sends it with its submit button; the modal stays where it is refused. */
  submit(title: string | RegExp, fields?: Record<string, Filled>): Promise<void>;
  /** Waits for a note that only this person sees. */
  told(words: string | RegExp): Promise<Locator>;
  openHome(): Promise<Locator>;
  /** A picture of the screen, for people to look at. */
  screenshot(path: string): Promise<void>;
}

/** Fills one field, whatever kind it is. */
async function fillField(modal: Locator, label: string, value: Filled): Promise<void> {
  const group = modal.getByRole('radiogroup', { name: label }).or(modal.getByRole('group', { name: label }));
  const field = modal.getByLabel(label, { exact: false }).or(group).first();
  const kind = await field.evaluate(
    (element: { tagName: string; getAttribute(name: string): string | null }) =>
      element.getAttribute('role') ?? element.tagName.toLowerCase(),
  );
  if (kind === 'radiogroup' || kind === 'group') return field.getByLabel(value).check();
  if (kind === 'select') return void (await field.selectOption({ label: value }));
  await field.fill(value);
  if (kind === 'combobox') await modal.getByRole('option', { name: value }).first().click();
}

/** The person with this id, at a page that shows the workspace to them. */
export function personAt(page: Page, slack: Pick<LocalSlack, 'url'>, id: string): PersonInBrowser {
  const thread = page.getByLabel('Thread', { exact: true });
  const inThread = async () => (await thread.count()) > 0;
  const go = async (place: string) => {
    await page.goto(`${slack.url}/#/${place}?as=${id}`);
  };
  const send = async (where: Page | Locator, text: string) => {
    const box = where.locator('.composer textarea').last();
    await box.fill(text);
    await where.getByRole('button', { name: 'Send' }).last().click();
    await page.waitForFunction(
      '[...document.querySelectorAll(".composer textarea")].every((box) => box.value === "")',
    );
  };
  const menuOf = async (where: Locator, entry: string | RegExp, button: Locator) => {
    await where.hover();
    await button.click();
    await page.getByRole('menuitem', { name: entry }).first().click();
  };
  const modal = async (title: string | RegExp) => {
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    return dialog;
  };
  const fill = async (where: Locator, fields: Record<string, Filled>) => {
    for (const [label, value] of Object.entries(fields)) await fillField(where, label, value);
  };

  return {
    id,
    page,
    openChannel: go,
    message: (words) => messageWith(page, words).last(),
    reply: (words) => messageWith(thread, words).last(),
    async openThread(message) {
      if ('ts' in message) await go(`${message.channel}/${message.ts}`);
      else await menuOf(message, 'Reply in thread', message.getByTestId('message-menu'));
      await thread.waitFor();
      return thread;
    },
    async closeThread() {
      await thread.getByRole('button', { name: /^(Close thread|Back to the channel)$/ }).click();
      await thread.waitFor({ state: 'detached' });
    },
    press: (where, name) => pressable(where, name).click(),
    confirm: (name) => pressable(page.getByRole('dialog').last(), name).click(),
    choose: (where, entry) => menuOf(where, entry, where.locator('[data-testid=overflow]').first()),
    shortcut: (message, name) => menuOf(message, name, message.getByTestId('message-menu')),
    async react(message, emoji) {
      const words = `React with ${emoji.replaceAll('_', ' ')}`;
      const quick = message
        .getByRole('group', { name: 'Message actions' })
        .getByRole('button', { name: words });
      await message.hover();
      if (await quick.isVisible()) await quick.click();
      else await menuOf(message, words, message.getByTestId('message-menu'));
    },
    say: async (text) => send((await inThread()) ? thread : page, text),
    command: (text) => send(page.getByRole('main'), text),
    modal,
    fill,
    async submit(title, fields = {}) {
      const dialog = await modal(title);
      await fill(dialog, fields);
      await dialog.locator('button[type=submit]').click();
    },
    async told(words) {
      const note = messageWith(page, words).filter({ hasText: 'Only visible to you' }).last();
      await note.waitFor();
      return note;
    },
    async openHome() {
      await go('home');
      const home = page.locator('.home-body');
      await home.locator('.blocks').first().waitFor();
      return home;
    },
    screenshot: async (path) => void (await page.screenshot({ path })),
  };
}
