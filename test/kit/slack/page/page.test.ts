import type { App } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approveRow, connect, INCIDENTS, slackWith } from '../harness.ts';
import type { LocalSlack, SlackOptions } from '../server.ts';
import { patientApp, visit } from './browser.ts';
import { messageWith, startBrowser } from './window.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const SOON = { timeout: 5000 };

/** A workspace with a Bolt app that `listen` taught. */
async function withApp(listen: (app: App) => void, options: SlackOptions = {}) {
  const slack = await slackWith(options);
  const app = patientApp(slack);
  listen(app);
  await connect(slack, app);
  return { slack, app };
}

const at = (slack: LocalSlack, user: string, place = INCIDENTS) => `${slack.url}/#/${place}?as=${user}`;

const card = (text: string): KnownBlock[] => [
  { type: 'section', text: { type: 'mrkdwn', text } },
  approveRow,
];

test('a person writes a message, the app hears it and its answer appears', async () => {
  const heard: string[] = [];
  const { slack } = await withApp((app) => {
    app.message(async ({ message, say }) => {
      if (!('text' in message) || message.subtype) return;
      heard.push(message.text ?? '');
      await say(`I read *${message.text?.length} letters* :eyes:`);
    });
  });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  await page.getByLabel('Message #incidents').fill('is <checkout> & @bob fine?');
  await page.keyboard.press('Enter');
  await messageWith(page, 'is <checkout> & @Bob fine?').waitFor();
  await messageWith(page, 'letters 👀').locator('strong').waitFor();
  expect(heard).toEqual(['is &lt;checkout&gt; &amp; <@U0BOB> fine?']);
  expect(await page.getByLabel('Message #incidents').inputValue()).toBe('');
});

test('a click sends a real block_actions payload, and the card changes in place', async () => {
  const payloads: Record<string, unknown>[] = [];
  const { slack, app } = await withApp((bolt) => {
    bolt.action('approve', async ({ ack, body, respond }) => {
      payloads.push(body as unknown as Record<string, unknown>);
      await ack();
      await respond({ replace_original: true, text: 'Approved by Alice' });
    });
  });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  const { ts } = await app.client.chat.postMessage({
    channel: INCIDENTS,
    text: 'a plan',
    blocks: card('A plan'),
  });
  await messageWith(page, 'A plan').getByRole('button', { name: 'Approve' }).click();
  await messageWith(page, 'Approved by Alice').getByText('(edited)').waitFor();
  expect(await page.locator(`[data-ts="${ts}"]`).count()).toBe(1);
  expect(payloads).toMatchObject([
    {
      type: 'block_actions',
      user: { id: 'U0ALICE' },
      container: { type: 'message', message_ts: ts, channel_id: INCIDENTS },
      actions: [{ type: 'button', action_id: 'approve', block_id: 'decision', value: 'plan-1' }],
    },
  ]);
});

test('a button asks for confirmation where the app wants it, and says so when the app does not answer', async () => {
  const { slack, app } = await withApp((bolt) => bolt.action('drop', async () => {}), {
    limits: { ackMs: 300 },
  });
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  const confirm = {
    title: plain('Drop it?'),
    text: plain('For good.'),
    confirm: plain('Drop'),
    deny: plain('Keep'),
  };
  const button = {
    type: 'button' as const,
    action_id: 'drop',
    text: plain('Drop table'),
    style: 'danger' as const,
    confirm,
  };
  await app.client.chat.postMessage({
    channel: INCIDENTS,
    text: 'x',
    blocks: [{ type: 'actions', elements: [button] }],
  });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  await page.getByRole('button', { name: 'Drop table' }).click();
  await page.getByRole('dialog', { name: 'Drop it?' }).getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Drop table' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drop', exact: true }).click();
  expect(await page.getByRole('button', { name: 'Drop table' }).isDisabled()).toBe(true);
  await page.getByRole('alert').filter({ hasText: 'operation_timeout' }).waitFor();
  expect(await page.getByRole('button', { name: 'Drop table' }).isEnabled()).toBe(true);
});

test('an edit of the card under a question does not take the question away', async () => {
  const pressed: string[] = [];
  const { slack, app } = await withApp((bolt) => {
    bolt.action('drop', async ({ ack }) => {
      await ack();
      pressed.push('drop');
    });
  });
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  const blocks = (left: number): KnownBlock[] => [
    { type: 'section', text: { type: 'mrkdwn', text: `starts in ${left} s` } },
    {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'drop', text: plain('Drop'), confirm: { text: plain('For good?') } },
      ],
    },
  ];
  const { ts = '' } = await app.client.chat.postMessage({ channel: INCIDENTS, text: 'x', blocks: blocks(9) });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  await page.getByRole('button', { name: 'Drop' }).click();
  await app.client.chat.update({ channel: INCIDENTS, ts, text: 'x', blocks: blocks(8) });
  await messageWith(page, 'starts in 8 s').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Yes' }).click();
  await slack.until(() => pressed.length > 0, 'press of Drop');
});

const orderView: ModalView = {
  type: 'modal',
  callback_id: 'order',
  title: { type: 'plain_text', text: 'Heal by hand' },
  submit: { type: 'plain_text', text: 'Start' },
  blocks: [
    {
      type: 'input',
      block_id: 'service',
      label: { type: 'plain_text', text: 'Service' },
      element: { type: 'plain_text_input', action_id: 'name' },
    },
    {
      type: 'input',
      block_id: 'count',
      optional: true,
      label: { type: 'plain_text', text: 'How many' },
      element: { type: 'number_input', action_id: 'n', is_decimal_allowed: false, max_value: '9' },
    },
  ],
};

test('a slash command opens a modal that is checked by the page, then by the app', async () => {
  const submitted: unknown[] = [];
  const { slack } = await withApp((app) => {
    app.command('/heal', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: orderView });
    });
    app.view('order', async ({ ack, view }) => {
      const name = view.state.values.service?.name?.value;
      submitted.push(view.state.values);
      if (name === 'nope')
        await ack({ response_action: 'errors', errors: { service: 'There is no service nope.' } });
      else await ack();
    });
  });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  await page.getByLabel('Message #incidents').pressSequentially('/he');
  await page.getByRole('option', { name: /\/heal/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  const modal = page.getByRole('dialog', { name: 'Heal by hand' });
  await modal.getByRole('button', { name: 'Start' }).click();
  await modal.getByText('Please complete this required field.').waitFor();
  await modal.getByLabel('Service').fill('nope');
  await modal.getByLabel('How many').fill('12');
  await modal.getByRole('button', { name: 'Start' }).click();
  await modal.getByText('Please enter 9 or less.').waitFor();
  expect(submitted).toEqual([]);
  await modal.getByLabel('How many').fill('3');
  await modal.getByRole('button', { name: 'Start' }).click();
  await modal.getByText('There is no service nope.').waitFor();
  expect(await modal.getByLabel('Service').getAttribute('aria-invalid')).toBe('true');
  await modal.getByLabel('Service').fill('checkout');
  await modal.getByLabel('Service').press('Enter');
  await modal.waitFor({ state: 'detached' });
  expect(submitted.at(-1)).toMatchObject({
    service: { name: { value: 'checkout' } },
    count: { n: { value: '3' } },
  });
});

test('an ephemeral message is seen by its user alone, and stays away once dismissed', async () => {
  const { slack, app } = await withApp(() => {});
  const dave = await visit(browser, at(slack, 'U0DAVE'));
  const alice = await visit(browser, at(slack, 'U0ALICE'));
  await app.client.chat.postEphemeral({ channel: INCIDENTS, user: 'U0DAVE', text: 'You may not approve.' });
  await messageWith(dave, 'You may not approve.').getByText('Only visible to you').waitFor();
  await app.client.chat.postMessage({ channel: INCIDENTS, text: 'for everybody' });
  await messageWith(alice, 'for everybody').waitFor();
  expect(await messageWith(alice, 'You may not approve.').count()).toBe(0);
  await dave.getByRole('button', { name: 'Dismiss' }).click();
  await dave.reload();
  await messageWith(dave, 'for everybody').waitFor();
  expect(await messageWith(dave, 'You may not approve.').count()).toBe(0);
});

test('a thread opens beside the channel, survives a reload, counts its replies and closes with Escape', async () => {
  const { slack, app } = await withApp(() => {});
  const parent = await app.client.chat.postMessage({ channel: INCIDENTS, text: 'checkout is down' });
  const page = await visit(browser, at(slack, 'U0BOB'));
  await messageWith(page, 'checkout is down').hover();
  await page.getByRole('button', { name: 'Reply in thread' }).click();
  await page.getByLabel('Reply…').fill('looking');
  await page.keyboard.press('Enter');
  const thread = page.getByLabel('Thread', { exact: true });
  await messageWith(thread, 'looking').waitFor();
  await app.client.chat.postMessage({
    channel: INCIDENTS,
    thread_ts: parent.ts ?? '',
    text: 'healed',
    reply_broadcast: true,
  });
  await page.getByLabel('Channel incidents').getByText('2 replies').waitFor();
  await messageWith(page.getByLabel('Channel incidents'), 'healed')
    .getByText('Replied to a thread')
    .waitFor();
  await page.reload();
  await messageWith(thread, 'looking').waitFor();
  expect(page.url()).toContain(`#/${INCIDENTS}/${parent.ts}?as=U0BOB`);
  await page.getByLabel('Reply…').focus();
  await page.keyboard.press('Escape');
  await thread.waitFor({ state: 'detached' });
});

test('a reaction is added and taken back by a click, and the app hears of both', async () => {
  const events: string[] = [];
  const { slack, app } = await withApp((bolt) => {
    bolt.event('reaction_added', async ({ event }) => void events.push(`+${event.reaction} ${event.user}`));
    bolt.event('reaction_removed', async ({ event }) => void events.push(`-${event.reaction} ${event.user}`));
  });
  await app.client.chat.postMessage({ channel: INCIDENTS, text: 'restarting soon' });
  const page = await visit(browser, at(slack, 'U0CAROL'));
  const message = messageWith(page, 'restarting soon');
  await message.hover();
  await message.getByRole('button', { name: 'React with x' }).click();
  await message.locator('[data-reaction=x][aria-pressed=true]').click();
  await message.locator('[data-reaction=x]').waitFor({ state: 'detached' });
  await slack.until(() => events.length === 2, 'both reaction events');
  expect(events).toEqual(['+x U0CAROL', '-x U0CAROL']);
});

test('the reader changes who acts, and the host panel says what it did and what it cannot', async () => {
  const slack = await slackWith({
    panel: {
      title: 'Break something',
      items: async () => [
        { id: 'crash', label: 'Crash a service', detail: 'Kills checkout', available: true },
        { id: 'disk', label: 'Fill a disk', detail: 'Writes', available: false, reason: 'Needs root.' },
      ],
      run: async (id) => `${id} is done`,
    },
  });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  await page.getByTestId('user-switcher').click();
  await page.getByRole('menuitemradio', { name: /Dave/ }).click();
  await page.getByText('Developer, may not approve').waitFor();
  expect(page.url()).toContain('as=U0DAVE');
  const panel = page.getByLabel('Break something');
  await panel.getByRole('button', { name: /Crash a service/ }).click();
  await panel.getByText('crash is done').waitFor();
  expect(await panel.getByRole('button', { name: /Fill a disk/ }).isDisabled()).toBe(true);
  await panel.getByText('Needs root.').waitFor();
  await page.getByText('Medic is not connected.').waitFor();
});

test('text is read as Slack reads it: styles, code, quotes, links, mentions, and dates where the reader is', async () => {
  const { slack, app } = await withApp(() => {});
  const text = [
    '*bold* _italic_ ~gone~ `a_b *c*` snake_case_name 2*3*4 :nope: &lt;b&gt;',
    '&gt; quoted <https://example.com/a_b|the graph>',
    '```\n*not bold*\n```',
    '<@U0BOB> in <#C0PAYMENTS> at <!date^1700000000^{date_num} {time}|then>, <javascript:alert(1)|no link>',
  ].join('\n');
  await app.client.chat.postMessage({ channel: INCIDENTS, text });
  const page = await visit(browser, at(slack, 'U0ALICE'), { timezone: 'Asia/Tokyo' });
  const message = messageWith(page, 'snake_case_name');
  await expect.poll(() => message.locator('strong').allTextContents(), SOON).toEqual(['bold']);
  expect(await message.locator('em').allTextContents()).toEqual(['italic']);
  expect(await message.locator('s').allTextContents()).toEqual(['gone']);
  expect(await message.locator('code').allTextContents()).toEqual(['a_b *c*']);
  expect(await message.locator('pre').allTextContents()).toEqual(['*not bold*']);
  expect(await message.locator('blockquote a').getAttribute('href')).toBe('https://example.com/a_b');
  expect(await message.locator('.mention').allTextContents()).toEqual(['@Bob', '#payments']);
  expect(await message.locator('.mrkdwn time').textContent()).toBe('2023-11-15 7:13');
  expect(await message.locator('a').count()).toBe(1);
  expect(await message.textContent()).toContain('2*3*4 :nope: <b>');
});

test('choices in a message reach the app with what was typed in its other fields', async () => {
  const states: unknown[] = [];
  const { slack, app } = await withApp((bolt) => {
    bolt.action('tier', async ({ ack, body }) => {
      await ack();
      states.push('state' in body ? body.state : undefined);
    });
  });
  const option = (value: string) => ({ text: { type: 'plain_text' as const, text: value }, value });
  await app.client.chat.postMessage({
    channel: INCIDENTS,
    text: 'form',
    blocks: [
      {
        type: 'input',
        block_id: 'why',
        label: { type: 'plain_text', text: 'Why' },
        element: { type: 'plain_text_input', action_id: 'words' },
      },
      {
        type: 'section',
        block_id: 'pick',
        text: { type: 'mrkdwn', text: 'How risky is it?' },
        accessory: { type: 'static_select', action_id: 'tier', options: [option('low'), option('high')] },
      },
    ],
  });
  const page = await visit(browser, at(slack, 'U0ALICE'));
  await page.getByLabel('Why').fill('because');
  await page.locator('[data-action-id=tier]').selectOption('high');
  await slack.until(() => states.length > 0, 'block_actions of the select');
  expect(states).toMatchObject([
    {
      values: {
        why: { words: { value: 'because' } },
        pick: { tier: { selected_option: { value: 'high' } } },
      },
    },
  ]);
});

test('the newest message comes into view unless the reader scrolled up', async () => {
  const slack = await slackWith();
  const bob = slack.person('U0BOB');
  for (let line = 0; line < 60; line += 1) bob.say(INCIDENTS, `line ${line}`);
  const page = await visit(browser, at(slack, 'U0ALICE'));
  const inView = (words: string) =>
    messageWith(page, words).evaluate(
      (element: { getBoundingClientRect(): { bottom: number } }) =>
        element.getBoundingClientRect().bottom < 880,
    );
  await expect.poll(() => inView('line 59'), SOON).toBe(true);
  bob.say(INCIDENTS, 'newest');
  await expect.poll(() => inView('newest'), SOON).toBe(true);
  await page.getByLabel('Messages in incidents').hover();
  await page.mouse.wheel(0, -900);
  await expect.poll(() => inView('newest'), SOON).toBe(false);
  bob.say(INCIDENTS, 'one more');
  await page.getByRole('button', { name: 'New messages' }).click();
  await expect.poll(() => inView('one more'), SOON).toBe(true);
});

test('a lost server is told, and found again with what was missed', async () => {
  const slack = await slackWith();
  const page = await visit(browser, at(slack, 'U0ALICE'), { losesServer: true });
  const bob = slack.person('U0BOB');
  bob.say(INCIDENTS, 'before');
  await messageWith(page, 'before').waitFor();
  await slack.faults.down();
  await page.getByText('The connection is lost.').waitFor();
  bob.say(INCIDENTS, 'meanwhile');
  await slack.faults.up();
  await messageWith(page, 'meanwhile').waitFor();
});
