import { expect, test } from 'vitest';
import { approveRow, clientOf, connect, INCIDENTS, refusal, slackWith, socketApp } from './harness.ts';

test('a button click carries value, message, state and a trigger that opens a modal', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  app.action('approve', async ({ ack, body, action, client }) => {
    await ack();
    if (body.type !== 'block_actions' || action.type !== 'button') return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'why',
        private_metadata: `${action.value} ${body.message?.ts} ${Object.keys(body.state?.values ?? {})}`,
        title: { type: 'plain_text', text: 'Why?' },
        submit: { type: 'plain_text', text: 'Approve' },
        blocks: [
          {
            type: 'input',
            block_id: 'reason',
            label: { type: 'plain_text', text: 'Reason' },
            element: { type: 'plain_text_input', action_id: 'text', min_length: 3 },
          },
        ],
      },
    });
  });
  app.view('why', async ({ ack, view, body, client }) => {
    const reason = view.state.values.reason?.text?.value ?? '';
    if (reason === 'because') {
      await ack({ response_action: 'errors', errors: { reason: 'Say more than that.' } });
      return;
    }
    await ack();
    await client.chat.postMessage({ channel: INCIDENTS, text: `<@${body.user.id}> approved: ${reason}` });
  });
  await connect(slack, app);
  const selectRow = {
    type: 'section',
    block_id: 'which',
    text: { type: 'mrkdwn', text: 'Which?' },
    accessory: { type: 'users_select', action_id: 'who', initial_user: 'U0BOB' },
  };
  await clientOf(slack).chat.postMessage({
    channel: INCIDENTS,
    text: 'plan',
    blocks: [selectRow, approveRow],
  });
  const message = await slack.message('#incidents', '[Approve] [Reject]');
  const alice = slack.person('U0ALICE');
  await alice.click(message, 'Approve');
  const modal = await alice.modal('Why?');
  expect(modal.private_metadata).toBe(`plan-1 ${message.ts} which`);
  expect(await alice.submit(modal)).toEqual({
    ok: false,
    errors: { reason: 'Please complete this required field.' },
  });
  expect(await alice.submit(modal, { reason: 'no' })).toEqual({
    ok: false,
    errors: { reason: 'Must be at least 3 characters' },
  });
  expect(await alice.submit(modal, { reason: 'because' })).toEqual({
    ok: false,
    errors: { reason: 'Say more than that.' },
  });
  expect(await alice.submit(modal, { reason: 'it is down' })).toEqual({ ok: true });
  await slack.message('#incidents', (_, text) => text.includes('U0ALICE approved: it is down'));
});

test('a trigger works once and for three seconds', async () => {
  const slack = await slackWith({ limits: { triggerLifeMs: 40 } });
  const app = socketApp(slack);
  const triggers: string[] = [];
  app.command('/heal', async ({ ack, command }) => {
    triggers.push(command.trigger_id);
    await ack();
  });
  await connect(slack, app);
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Heal' }, blocks: [] };
  const client = clientOf(slack);
  const open = (trigger_id = '') => client.views.open({ trigger_id, view });
  await slack.person('U0BOB').command('#incidents', '/heal');
  await open(triggers[0]);
  expect(await refusal(open(triggers[0]))).toBe('exchanged_trigger_id');
  await slack.person('U0BOB').command('#incidents', '/heal');
  const heard = performance.now();
  await slack.until(() => performance.now() - heard > 60, 'the trigger to grow old');
  expect(await refusal(open(triggers[1]))).toBe('expired_trigger_id');
  expect(await refusal(open('1.2.3'))).toBe('invalid_trigger_id');
});

test('a slash command is answered to its writer only, or to the channel, five times at most', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  let sixth: Promise<number | undefined> | undefined;
  app.command('/heal', async ({ ack, respond, command }) => {
    await ack({ response_type: 'ephemeral', text: `working on ${command.text}` });
    for (const step of ['1', '2', '3', '4']) await respond({ text: `step ${step}` });
    await respond({ response_type: 'in_channel', text: 'done' });
    sixth = respond({ text: 'too much' }).then(
      () => undefined,
      (error: { statusCode: number }) => error.statusCode,
    );
  });
  await connect(slack, app);
  const bob = slack.person('U0BOB');
  await bob.command('#payments', '/heal', 'restart_service');
  await bob.told('#payments', 'working on restart_service');
  await bob.told('#payments', 'step 4');
  await slack.message('#payments', 'done');
  expect(await slack.until(() => sixth, 'sixth use of the response URL')).toBe(404);
  expect(slack.print('#payments')).not.toContain('too much');
});

test('a command nobody takes fails with the words Slack uses', async () => {
  const slack = await slackWith({ limits: { ackMs: 60 } });
  const bob = slack.person('U0BOB');
  await expect(bob.command('#incidents', '/heal')).rejects.toThrow(
    '/heal failed with the error "dispatch_failed"',
  );
  await expect(bob.command('#incidents', '/dance')).rejects.toThrow('/dance is not a valid command');
  const app = socketApp(slack);
  app.command('/heal', async () => {});
  await connect(slack, app);
  await expect(bob.command('#incidents', '/heal')).rejects.toThrow(
    '/heal failed with the error "operation_timeout"',
  );
});

test('selects, feedback and overflow report the option the app listed', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  const seen: unknown[] = [];
  app.action(/.*/, async ({ ack, action }) => {
    await ack();
    seen.push(action);
  });
  await connect(slack, app);
  const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value });
  const label = (text: string, value: string) => ({ text: { type: 'plain_text', text }, value });
  await clientOf(slack).chat.postMessage({
    channel: INCIDENTS,
    text: 'choose',
    blocks: [
      {
        type: 'actions',
        elements: [
          { type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] },
          { type: 'overflow', action_id: 'more', options: [option('c')] },
        ],
      },
      {
        type: 'context_actions',
        elements: [
          {
            type: 'feedback_buttons',
            action_id: 'feedback',
            positive_button: label('Good', 'good'),
            negative_button: label('Bad', 'bad'),
          },
        ],
      },
    ] as never,
  });
  const message = await slack.message('#incidents', '[Good] [Bad]');
  const bob = slack.person('U0BOB');
  await bob.select(message, 'pick', 'B');
  await bob.select(message, 'more', 'c');
  await bob.click(message, 'Bad');
  expect(seen).toMatchObject([
    { type: 'static_select', selected_option: { value: 'b' } },
    { type: 'overflow', selected_option: { value: 'c' } },
    { type: 'feedback_buttons', value: 'bad' },
  ]);
  await expect(bob.select(message, 'pick', 'z')).rejects.toThrow('pick has no option with the value "z"');
  await expect(bob.click(message, 'Explode')).rejects.toThrow('there is no [Explode] to press');
});

test('a Home tab is published for the person who opens it', async () => {
  const slack = await slackWith();
  const app = socketApp(slack);
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [{ type: 'header', text: { type: 'plain_text', text: 'All is well' } }],
      },
    });
  });
  await connect(slack, app);
  expect((await slack.person('U0CAROL').home()).blocks[0]).toMatchObject({ type: 'header' });
  const home = (await (await fetch(`${slack.url}/ui/home?user=U0CAROL`)).json()) as {
    view: { type: string };
  };
  expect(home.view.type).toBe('home');
});
