import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import type { TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const remedies = [mend];

/** Nothing is owed any more, so the window's timer has rung and what it led to is done. */
async function nothingRan(env: TestEnv): Promise<void> {
  await env.quiet();
  expect(env.service.playbookRuns()).toEqual([]);
}

describe.concurrent('a medium plan', () => {
  it(
    'runs when its cancel window closes, and not before, and is proven',
    inTestEnv({ remedies, pace: { cancel_window: '2s' } }, async (env) => {
      expect((await env.fireAlert('Middling')).status).toBe(200);
      await env.card(/About to fix: shop/);
      expect(env.service.playbookRuns()).toEqual([]);
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'shows on its card how much time is left to object',
    inTestEnv({ remedies, pace: { cancel_window: '29s' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('runs in 20 s');
      await env.card('runs in 10 s', 25_000);
      await env.slack.person('U0DAVE').click(card, 'Cancel');
      await env.card(/Cancelled: shop/);
    }),
  );

  it(
    'runs at once when an operator presses Run now',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.slack.person('U0BOB').click(await env.card('[Run now]'), 'Run now');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      await env.slack.message(CHANNEL, /@U0BOB said: run now/);
    }),
  );

  it(
    'is not hurried by someone who may not operate, who alone is told why',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('[Run now]');
      await env.slack.person('U0DAVE').click(card, 'Run now');
      await env.slack.person('U0DAVE').told(CHANNEL, /operator role: ask @U0BOB/);
      expect((await env.incident())?.phase).toMatchObject({ at: 'waiting', for: 'window' });
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'stays where it is while anyone holds it, and gets its whole window back when an operator resumes it',
    inTestEnv({ remedies, pace: { cancel_window: '6s' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card(/runs in/);
      await env.slack.person('U0DAVE').click(card, 'Hold');
      await env.card((_, text) => /held by @U0DAVE/.test(text) && !text.includes('runs in'));
      await nothingRan(env);

      await env.slack.person('U0DAVE').click(card, 'Resume');
      await env.slack.person('U0DAVE').told(CHANNEL, /operator role/);
      await nothingRan(env);

      const resumed = Date.now();
      await env.slack.person('U0BOB').click(card, 'Resume');
      await env.card(/runs in [1-6] s/);
      const phase = (await env.incident())?.phase;
      expect(phase?.at === 'waiting' && phase.deadline).toBeGreaterThanOrEqual(resumed + 6_000);
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'never runs once anyone pressed Cancel, and the card says who did',
    inTestEnv({ remedies, pace: { cancel_window: '6s' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.slack.person('U0DAVE').click(await env.card(/runs in/), 'Cancel');
      await env.card(
        (_, text) =>
          /Cancelled: shop[\s\S]*cancelled by @U0DAVE/.test(text) &&
          !/\[(Run now|Cancel|Hold|Resume)\]/.test(text),
      );
      await nothingRan(env);
    }),
  );

  it.for(['card', 'thread'])('never runs once somebody put a cross on its %s', (where) =>
    inTestEnv({ remedies, pace: { cancel_window: '6s' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card(/runs in/);
      const plan = await env.slack.message(CHANNEL, /Plan:\* Mend by mend/);
      env.slack.person('U0DAVE').react(where === 'card' ? card : plan, 'x');
      await env.card(/Cancelled: shop/);
      await nothingRan(env);
    })(),
  );

  it(
    'runs once however often Run now is pressed, and the one who came late is told',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('[Run now]');
      const bob = env.slack.person('U0BOB');
      await Promise.all([bob.click(card, 'Run now'), bob.click(card, 'Run now')]);
      await bob.told(CHANNEL, 'Nothing was changed');
      await env.card(/Resolved: shop/);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'takes a click that Slack delivers twice as the one it is',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('[Run now]');
      env.slack.faults.duplicate();
      await env.slack.person('U0BOB').click(card, 'Run now');
      await env.card(/Resolved: shop/);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(env.slack.print(CHANNEL)).not.toContain('only to');
    }),
  );

  it(
    'is not moved by a click that was meant for an earlier plan',
    inTestEnv({ remedies, pace: { cancel_window: '10m' } }, async (env) => {
      await env.fireAlert('Middling');
      const card = await env.card('[Run now]');
      await env.quiet();
      // Slack takes no edits for a while, so the card keeps the buttons of the first plan.
      env.slack.faults.rateLimit('chat.update', { retryAfter: 4 });
      const bob = env.slack.person('U0BOB');
      bob.react(card, 'x');
      await until(async () => (await env.incident())?.phase.at === 'cancelled', {
        what: 'the cancel',
        ms: 15_000,
      });
      await bob.command(CHANNEL, '/heal', 'mend service=shop');
      await until(async () => (await env.incident())?.plans === 2, { what: 'the second plan', ms: 15_000 });
      await bob.click(card, 'Run now');
      await bob.told(CHANNEL, /no longer the current one/);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it.for([-40, -10, 0, 10, 30])(
    'is either cancelled or run by a Cancel %d ms around its end, never both',
    (offset) =>
      inTestEnv({ remedies, pace: { cancel_window: '6s' } }, async (env) => {
        await env.fireAlert('Middling');
        const card = await env.card(/runs in/);
        const phase = (await env.incident())?.phase;
        const moment = (phase?.at === 'waiting' ? (phase.deadline ?? Number.NaN) : Number.NaN) + offset;
        await until(() => Date.now() >= moment, { what: 'the moment', ms: 6_000 });
        // The button may be gone by then, which is a refusal too.
        await env.slack
          .person('U0DAVE')
          .click(card, 'Cancel')
          .catch(() => undefined);
        await env.card(/Cancelled: shop|Resolved: shop/);
        await env.quiet();
        const cancelled = /Cancelled: shop/.test(env.slack.textOf(card));
        expect(env.service.playbookRuns()).toEqual(cancelled ? [] : ['cure mend shop']);
      })(),
  );
});
