import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const remedies = [mend];

/** Nothing is owed any more, so the window's timer has rung and what it led to is done. */
async function nothingRan(ward: TestEnv): Promise<void> {
  await ward.quiet();
  expect(ward.service.playbookRuns()).toEqual([]);
}

describe.concurrent('a medium plan', () => {
  it(
    'runs when its cancel window closes, and not before, and is proven',
    inTestEnv({ remedies, pace: { cancel_window: '2s' } }, async (ward) => {
      expect((await ward.fireAlert('Middling')).status).toBe(200);
      await ward.card(/About to fix: shop/);
      expect(ward.service.playbookRuns()).toEqual([]);
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'shows on its card how much time is left to object',
    inTestEnv({ remedies, pace: { cancel_window: '21s' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card('runs in 20 s');
      await ward.card('runs in 10 s', 13_000);
      await ward.slack.person('U0DAVE').click(card, 'Cancel');
      await ward.card(/Cancelled: shop/);
    }),
  );

  it(
    'runs at once when an operator presses Run now',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (ward) => {
      await ward.fireAlert('Middling');
      await ward.slack.person('U0BOB').click(await ward.card('[Run now]'), 'Run now');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
      await ward.slack.message(CHANNEL, /@U0BOB said: run now/);
    }),
  );

  it(
    'is not hurried by someone who may not operate, who alone is told why',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card('[Run now]');
      await ward.slack.person('U0DAVE').click(card, 'Run now');
      await ward.slack.person('U0DAVE').told(CHANNEL, /operator role: ask @U0BOB/);
      expect((await ward.incident())?.phase).toMatchObject({ at: 'waiting', for: 'window' });
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'stays where it is while anyone holds it, and gets its whole window back when an operator resumes it',
    inTestEnv({ remedies, pace: { cancel_window: '2s' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card(/runs in/);
      await ward.slack.person('U0DAVE').click(card, 'Hold');
      await ward.card((_, text) => /held by @U0DAVE/.test(text) && !text.includes('runs in'));
      await nothingRan(ward);

      await ward.slack.person('U0DAVE').click(card, 'Resume');
      await ward.slack.person('U0DAVE').told(CHANNEL, /operator role/);
      await nothingRan(ward);

      await ward.slack.person('U0BOB').click(card, 'Resume');
      await ward.card('runs in 2 s');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'never runs once anyone pressed Cancel, and the card says who did',
    inTestEnv({ remedies, pace: { cancel_window: '2s' } }, async (ward) => {
      await ward.fireAlert('Middling');
      await ward.slack.person('U0DAVE').click(await ward.card(/runs in/), 'Cancel');
      await ward.card(
        (_, text) =>
          /Cancelled: shop[\s\S]*cancelled by @U0DAVE/.test(text) &&
          !/\[(Run now|Cancel|Hold|Resume)\]/.test(text),
      );
      await nothingRan(ward);
    }),
  );

  it.for(['card', 'thread'])('never runs once somebody put a cross on its %s', (where) =>
    inTestEnv({ remedies, pace: { cancel_window: '2s' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card(/runs in/);
      const plan = await ward.slack.message(CHANNEL, /Plan:\* Mend by mend/);
      ward.slack.person('U0DAVE').react(where === 'card' ? card : plan, 'x');
      await ward.card(/Cancelled: shop/);
      await nothingRan(ward);
    })(),
  );

  it(
    'runs once however often Run now is pressed, and the one who came late is told',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card('[Run now]');
      const bob = ward.slack.person('U0BOB');
      await Promise.all([bob.click(card, 'Run now'), bob.click(card, 'Run now')]);
      await bob.told(CHANNEL, 'Nothing was changed');
      await ward.card(/Resolved: shop/);
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'takes a click that Slack delivers twice as the one it is',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card('[Run now]');
      ward.slack.faults.duplicate();
      await ward.slack.person('U0BOB').click(card, 'Run now');
      await ward.card(/Resolved: shop/);
      await ward.quiet();
      expect(ward.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(ward.slack.print(CHANNEL)).not.toContain('only to');
    }),
  );

  it(
    'is not moved by a click that was meant for an earlier plan',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (ward) => {
      await ward.fireAlert('Middling');
      const card = await ward.card('[Run now]');
      await ward.quiet();
      // Slack takes no edits for a while, so the card keeps the buttons of the first plan.
      ward.slack.faults.rateLimit('chat.update', { retryAfter: 4 });
      const bob = ward.slack.person('U0BOB');
      bob.react(card, 'x');
      await until(async () => (await ward.incident())?.phase.at === 'cancelled', {
        what: 'the cancel',
        ms: 5_000,
      });
      await bob.command(CHANNEL, '/heal', 'mend service=shop');
      await until(async () => (await ward.incident())?.plans === 2, { what: 'the second plan', ms: 5_000 });
      await bob.click(card, 'Run now');
      await bob.told(CHANNEL, /no longer the current one/);
      expect(ward.service.playbookRuns()).toEqual([]);
    }),
  );

  it.for([-40, -10, 0, 10, 30])(
    'is either cancelled or run by a Cancel %d ms around its end, never both',
    (offset) =>
      inTestEnv({ remedies, pace: { cancel_window: '2s' } }, async (ward) => {
        await ward.fireAlert('Middling');
        const card = await ward.card(/runs in/);
        const phase = (await ward.incident())?.phase;
        const moment = (phase?.at === 'waiting' ? (phase.deadline ?? Number.NaN) : Number.NaN) + offset;
        await until(() => Date.now() >= moment, { what: 'the moment', ms: 3_000 });
        // The button may be gone by then, which is a refusal too.
        await ward.slack
          .person('U0DAVE')
          .click(card, 'Cancel')
          .catch(() => undefined);
        await ward.card(/Cancelled: shop|Resolved: shop/);
        await ward.quiet();
        const cancelled = /Cancelled: shop/.test(ward.slack.textOf(card));
        expect(ward.service.playbookRuns()).toEqual(cancelled ? [] : ['cure mend shop']);
      })(),
  );
});
