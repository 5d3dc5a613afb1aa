import { App, SocketModeReceiver } from '@slack/bolt';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { quiet } from '../harness.ts';
import type { LocalSlack } from '../server.ts';
import { type PersonInBrowser, personAt } from './person-in-browser.ts';
import { type Look, openWindow } from './window.ts';

/**
 * Opens an address in a fresh browser profile. The test fails if the page throws or logs an error; the profile ends
 * with the test.
 */
export async function visit(browser: Browser, address: string, look: Look = {}): Promise<Page> {
  const { page, close } = await openWindow(browser, address, look);
  onTestFinished(close);
  return page;
}

/** Opens the page as a person, in the incidents channel unless told otherwise; as `visit` does. */
export async function personInBrowser(
  browser: Browser,
  slack: Pick<LocalSlack, 'url'>,
  id: string,
  look: Look & { channel?: string } = {},
): Promise<PersonInBrowser> {
  const { channel = 'C0INCIDENTS', ...rest } = look;
  return personAt(await visit(browser, `${slack.url}/#/${channel}?as=${id}`, rest), slack, id);
}

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
