import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { personInBrowser } from '../kit/slack/page/browser.ts';
import type { PersonInBrowser } from '../kit/slack/page/person-in-browser.ts';
import { type Look, startBrowser } from '../kit/slack/page/window.ts';
import { openTestEnv, type TestEnv, type TestEnvOptions } from '../kit/world/test-env.ts';

/** How long something may take that Medic has to do first: on a busy machine, milliseconds. */
export const PATIENCE = 20_000;
export const LONG = { timeout: PATIENCE };

/** One browser and one testEnv with Medic in it, for all tests of a file; each test has services of its own. */
export interface Stage {
  readonly testEnv: TestEnv;
  /** A person in the incidents channel, in a browser of their own. */
  person(id: string, look?: Look): Promise<PersonInBrowser>;
  /** The service falls ill, and its alert is told. Resolves once its card reads so. */
  struck(alert: string, service: string, card: RegExp): Promise<void>;
}

export function openStage(options: () => TestEnvOptions | Promise<TestEnvOptions>): Stage {
  let browser: Browser;
  let testEnv: TestEnv;
  beforeAll(async () => {
    [browser, testEnv] = await Promise.all([startBrowser(), Promise.resolve(options()).then(openTestEnv)]);
  });
  afterAll(async () => {
    await browser?.close();
    await testEnv?.stop();
  });
  return {
    get testEnv() {
      return testEnv;
    },
    person: (id, look) => personInBrowser(browser, testEnv.slack, id, look),
    async struck(alert, service, card) {
      await testEnv.fireAlert(alert, { service });
      await testEnv.card(card, PATIENCE);
    },
  };
}

/** The patient of that name. */
export function patientOf({ testEnv }: Stage, service: string) {
  const patient = testEnv.services.get(service);
  if (patient === undefined) throw new Error(`there is no service ${service}`);
  return patient;
}
