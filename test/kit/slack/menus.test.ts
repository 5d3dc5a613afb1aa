import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { expect, test } from 'vitest';
import { clientOf, connect, INCIDENTS, refused, slackWith, socketApp } from './harness.ts';
import type { SlackOptions } from './server.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const option = (name: string) => ({ text: plain(name.toUpperCase()), value: name });
const SERVICES = ['catalog', 'checkout', 'search'];

async function withApp(listen: (app: App) => void, options: SlackOptions = {}) {
  const slack = await slackWith(options);
  const app = socketApp(slack);
  listen(app);
  await connect(slack, app);
  return { slack, bob: slack.person('U0BOB') };
}

const form = (minimum?: number): ModalView => ({
  type: 'modal',
  callback_id: 'diagnose',
  title: plain('Diagnose'),
  submit: plain('Look'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'service',
      label: plain('Service'),
      element: {
        type: 'external_select',
        action_id: 'name',
        ...(minimum === undefined ? {} : { min_query_length: minimum }),
      },
    },
  ],
});

test('a menu that asks the app offers what the app answers, and takes nothing else', async () => {
  const asked: unknown[] = [];
  const chosen: unknown[] = [];
  const { slack, bob } = await withApp((app) => {
    app.shortcut('diagnose_message', async ({ ack, client, shortcut }) => {
      await ack();
      await client.views.open({ trigger_id: shortcut.trigger_id, view: form(0) });
    });
    app.options('name', async ({ ack, options }) => {
      asked.push(options);
      await ack({ options: SERVICES.filter((name) => name.includes(options.value)).map(option) });
    });
    app.view('diagnose', async ({ ack, view }) => {
      await ack();
      chosen.push(view.state.values.service?.name?.selected_option?.value);
    });
  });
  await bob.shortcut('diagnose_message', bob.say(INCIDENTS, 'checkout is slow'));
  const view = await bob.modal('Diagnose');
  expect(await bob.suggestions(view, 'name', 'c')).toEqual([
    { label: 'CATALOG', value: 'catalog' },
    { label: 'CHECKOUT', value: 'checkout' },
    { label: 'SEARCH', value: 'search' },
  ]);
  expect(asked[0]).toMatchObject({
    type: 'block_suggestion',
    action_id: 'name',
    block_id: 'service',
    value: 'c',
    container: { type: 'view', view_id: view.id },
    user: { id: 'U0BOB', team_id: 'T0EXAMPLE' },
  });
  const invented = { type: 'external_select', selected_option: option('payments') };
  expect(await bob.submit(view, { service: invented })).toEqual({
    ok: false,
    errors: { service: 'name was never offered payments' },
  });
  expect(await bob.submit(view, { service: 'checkout' })).toEqual({ ok: true });
  expect(chosen).toEqual(['checkout']);
  expect(slack.state.modals.get('U0BOB')).toEqual([]);
});

test('a menu asks from three letters on, and fewer than a hundred options may come', async () => {
  const asked: string[] = [];
  const { slack, bob } = await withApp((app) => {
    app.action('open', async ({ ack }) => ack());
    app.options('name', async ({ ack, options }) => {
      asked.push(options.value);
      const count = options.value === 'many' ? 101 : 1;
      await ack({ options: Array.from({ length: count }, (_, index) => option(`service-${index}`)) });
    });
  });
  const element = { type: 'external_select' as const, action_id: 'name' };
  await clientOf(slack).chat.postMessage({
    channel: INCIDENTS,
    text: 'which?',
    blocks: [{ type: 'section', text: plain('Which?'), accessory: element }],
  });
  const message = await slack.message(INCIDENTS, 'Which?');
  expect(await bob.suggestions(message, 'name', 'se')).toEqual([]);
  expect(await bob.suggestions(message, 'name', 'ser')).toEqual([{ label: 'SERVICE-0', value: 'service-0' }]);
  await expect(bob.suggestions(message, 'name', 'many')).rejects.toThrow('no more than 100 items allowed');
  expect(asked).toEqual(['ser', 'many']);
});

test('in HTTP mode a menu asks at an address of its own', async () => {
  const slack = await slackWith({
    http: { eventsUrl: 'http://127.0.0.1:9/events', optionsUrl: 'http://127.0.0.1:9/options' },
    limits: { ackMs: 200 },
  });
  const paths: string[] = [];
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    paths.push(String(request.url));
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ options: [option('catalog')] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  slack.setEventsUrl(`http://127.0.0.1:${port}/events`, `http://127.0.0.1:${port}/options`);
  const element = { type: 'external_select' as const, action_id: 'name', min_query_length: 0 };
  await clientOf(slack).chat.postMessage({
    channel: INCIDENTS,
    text: 'which?',
    blocks: [{ type: 'section', text: plain('Which?'), accessory: element }],
  });
  const message = await slack.message(INCIDENTS, 'Which?');
  await slack.person('U0BOB').select(message, 'name', 'catalog');
  await new Promise<void>((resolve) => server.close(() => resolve()));
  expect(paths).toEqual(['/events', '/options', '/events']);
});

test('an app hears that a modal was closed, and whether the whole stack was', async () => {
  const closed: { title: string; cleared: boolean }[] = [];
  const { bob } = await withApp((app) => {
    app.command('/heal', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: { ...form(), title: plain('First') } });
    });
    app.action('name', async ({ ack }) => ack());
    app.view('diagnose', async ({ ack }) =>
      ack({ response_action: 'push', view: { ...form(), title: plain('Second') } }),
    );
    app.options('name', async ({ ack }) => ack({ options: [option('search')] }));
    app.view({ callback_id: 'diagnose', type: 'view_closed' }, async ({ ack, view, body }) => {
      await ack();
      closed.push({ title: view.title.text, cleared: 'is_cleared' in body && body.is_cleared === true });
    });
  });
  await bob.command(INCIDENTS, '/heal');
  await bob.submit(await bob.modal('First'), { service: 'search' });
  await bob.close(await bob.modal('Second'));
  expect(closed).toEqual([{ title: 'Second', cleared: false }]);
  await bob.submit(await bob.modal('First'), { service: 'search' });
  await bob.modal('Second');
  await bob.closeAll();
  expect(closed.slice(1)).toEqual([
    { title: 'Second', cleared: true },
    { title: 'First', cleared: true },
  ]);
  await expect(bob.closeAll()).rejects.toThrow('Bob has no modal open');
});

test('a view is changed by hash, one that moved on in between is left alone', async () => {
  const { slack, bob } = await withApp((app) => {
    app.command('/heal', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: form() });
    });
  });
  await bob.command(INCIDENTS, '/heal');
  const { id, hash } = await bob.modal();
  const client = clientOf(slack);
  const view = { ...form(), title: plain('Loaded') };
  await client.views.update({ view_id: id, hash, view });
  expect((await refused(client.views.update({ view_id: id, hash, view }))).error).toBe('hash_conflict');
  const home = { type: 'home' as const, blocks: [{ type: 'divider' as const }] };
  const published = await client.views.publish({ user_id: 'U0BOB', view: home });
  await client.views.publish({ user_id: 'U0BOB', hash: published.view?.hash ?? '', view: home });
  const stale = client.views.publish({ user_id: 'U0BOB', hash: published.view?.hash ?? '', view: home });
  expect((await refused(stale)).error).toBe('hash_conflict');
});

test('a shortcut that the app does not have cannot be picked, nor one on a note that only one person sees', async () => {
  const { slack, bob } = await withApp(() => {});
  await expect(bob.shortcut('explode', bob.say(INCIDENTS, 'x'))).rejects.toThrow(
    'no message shortcut explode',
  );
  await expect(bob.shortcut('diagnose_message')).rejects.toThrow('no global shortcut diagnose_message');
  await clientOf(slack).chat.postEphemeral({ channel: INCIDENTS, user: 'U0BOB', text: 'psst' });
  const note = await bob.told(INCIDENTS, 'psst');
  await expect(bob.shortcut('diagnose_message', note)).rejects.toThrow('has no shortcuts');
});
