import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SCOPES } from '../../../../src/adapters/sinks/slack/connection/scopes.ts';
import { chatMethods } from '../../../kit/slack/api/chat.ts';
import { conversationMethods } from '../../../kit/slack/api/conversations.ts';
import { fileMethods } from '../../../kit/slack/api/files.ts';
import { peopleMethods } from '../../../kit/slack/api/people.ts';
import { platformMethods } from '../../../kit/slack/api/platform-methods.ts';
import { streamMethods } from '../../../kit/slack/api/stream.ts';
import { viewMethods } from '../../../kit/slack/api/views.ts';

const METHODS = {
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...peopleMethods,
  ...platformMethods,
  ...streamMethods,
  ...viewMethods,
};

const ROOT = join(import.meta.dirname, '../../../..');
const ADAPTER = join(ROOT, 'src/adapters/sinks/slack');

const RequestUrl = z.url({ protocol: /^https$/ }).optional();

/** The parts of Slack's manifest schema that Medic uses, with Slack's lengths. */
const Manifest = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal([1, 2]), minor_version: z.int() }),
  display_information: z.strictObject({
    name: z.string().max(35),
    description: z.string().max(140),
    long_description: z.string().min(174).max(4000),
    background_color: z.string().regex(/^#[0-9A-Fa-f]{6}$/),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
    }),
    shortcuts: z
      .array(
        z.strictObject({
          name: z.string().max(24),
          type: z.enum(['global', 'message']),
          callback_id: z.string().max(255),
          description: z.string().max(150),
        }),
      )
      .max(10),
    bot_user: z.strictObject({
      display_name: z
        .string()
        .max(80)
        .regex(/^[A-Za-z0-9-_. ]+$/),
      always_online: z.boolean(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().max(32).startsWith('/'),
          description: z.string().max(2000),
          usage_hint: z.string().max(1000),
          should_escape: z.boolean(),
          url: RequestUrl,
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({
      request_url: RequestUrl,
      bot_events: z.array(z.string()).max(100),
    }),
    interactivity: z.strictObject({
      is_enabled: z.boolean(),
      request_url: RequestUrl,
      message_menu_options_url: RequestUrl,
    }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.boolean(),
  }),
});

const text = await readFile(join(ROOT, 'manifest.yml'), 'utf8');
const manifest = Manifest.parse(parse(text));
const scopes = manifest.oauth_config.scopes.bot;

async function adapterSource(): Promise<string> {
  const files = await readdir(ADAPTER, { recursive: true });
  const sources = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFile(join(ADAPTER, file), 'utf8'));
  return (await Promise.all(sources)).join('\n');
}

/** What reading a conversation takes, beside the scopes of the method. */
const OF_CONVERSATIONS: Readonly<Record<string, readonly string[]>> = {
  'conversations.history': ['channels:history', 'groups:history', 'metadata.message:read'],
  'conversations.replies': ['channels:history', 'groups:history', 'metadata.message:read'],
  'conversations.list': ['channels:read', 'groups:read'],
};

/** What hearing of something takes. */
const OF_EVENTS: Readonly<Record<string, readonly string[]>> = {
  app_mention: ['app_mentions:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
  reaction_added: ['reactions:read'],
};

test('every method that Medic calls has its scope in the manifest, and no scope is there for nothing', async () => {
  const source = await adapterSource();
  const calls = [...source.matchAll(/\bclient\.((?:[a-z]+\.)+[a-zA-Z0-9]+|filesUploadV2)\(/g)];
  // One call of the library makes several of Slack's.
  const called = calls.flatMap(([, name = '']) =>
    /uploadV2$/i.test(name) ? Object.keys(fileMethods) : [name],
  );
  const methods = called.filter((name) => name in METHODS);
  expect(called.filter((name) => !(name in METHODS))).toEqual([]);
  expect(methods).toEqual(
    expect.arrayContaining(['chat.postMessage', 'views.open', 'usergroups.users.list']),
  );
  const needed = methods.flatMap((name) => [
    ...(METHODS[name]?.scopes ?? []),
    ...(OF_CONVERSATIONS[name] ?? []),
  ]);
  const heard = manifest.settings.event_subscriptions.bot_events.flatMap((event) => OF_EVENTS[event] ?? []);
  expect([...scopes].sort()).toEqual([...new Set([...needed, ...heard, 'commands'])].sort());
});

test('Medic knows of every scope in the manifest what it costs to be without it', () => {
  expect(Object.keys(SCOPES).sort()).toEqual([...scopes].sort());
});

test('the manifest subscribes to exactly the events and commands that are handled', async () => {
  const source = await adapterSource();
  const events = [...source.matchAll(/app\.event\('([a-z_]+)'/g)].map((match) => match[1]);
  expect(manifest.settings.event_subscriptions.bot_events.toSorted()).toEqual(events.toSorted());
  const commands = [...source.matchAll(/'(\/(?:heal|diagnose))'/g)].map((match) => match[1]);
  expect(manifest.features.slash_commands.map(({ command }) => command).toSorted()).toEqual(
    [...new Set(commands)].toSorted(),
  );
});

test('the shortcuts, menus and tabs of the manifest are those that are handled', async () => {
  const source = await adapterSource();
  const shortcuts = [...source.matchAll(/type: 'message_action', callback_id: '([a-z_]+)'/g)];
  expect(manifest.features.shortcuts).toMatchObject(
    shortcuts.map(([, callback]) => ({ type: 'message', callback_id: callback })),
  );
  expect(manifest.features.shortcuts).toHaveLength(1);
  expect(manifest.features.app_home.home_tab_enabled).toBe(source.includes("'app_home_opened'"));
  expect(manifest.settings.interactivity.is_enabled).toBe(true);
});

test('with its lines for HTTP mode taken in it is still a manifest', () => {
  const http = text
    .replace(/^(\s*)# ((?:request_|message_menu_options_)?url: https:)/gm, '$1$2')
    .replace('socket_mode_enabled: true', 'socket_mode_enabled: false');
  const read = Manifest.parse(parse(http));
  const url = 'https://medic.example.com/slack/events';
  expect(read.settings.event_subscriptions.request_url).toBe(url);
  expect(read.settings.interactivity).toEqual({
    is_enabled: true,
    request_url: url,
    message_menu_options_url: url,
  });
  expect(read.features.slash_commands.map(({ url }) => url)).toEqual(Array(2).fill(url));
});
