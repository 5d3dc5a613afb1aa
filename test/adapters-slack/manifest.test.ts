import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { chatMethods } from '../slack/api/chat.ts';
import { conversationMethods } from '../slack/api/conversations.ts';
import { peopleMethods } from '../slack/api/people.ts';
import { platformMethods } from '../slack/api/platform-methods.ts';
import { viewMethods } from '../slack/api/views.ts';

const METHODS = {
  ...chatMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...platformMethods,
  ...viewMethods,
};

const ROOT = join(import.meta.dirname, '../..');
const ADAPTER = join(ROOT, 'src/adapters/slack');

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
    app_home: z.strictObject({ home_tab_enabled: z.literal(true), messages_tab_enabled: z.boolean() }),
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
    interactivity: z.strictObject({ is_enabled: z.boolean(), request_url: RequestUrl }),
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

test('every method that Medic calls has its scope in the manifest, and no scope is there for nothing', async () => {
  const source = await adapterSource();
  const called = [...source.matchAll(/\bclient\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)].map((match) => match[1] ?? '');
  const methods = called.filter((name) => name in METHODS);
  expect(called.filter((name) => !(name in METHODS))).toEqual([]);
  expect(methods).toEqual(
    expect.arrayContaining(['chat.postMessage', 'views.open', 'usergroups.users.list']),
  );
  const needed = methods.flatMap((name) => [
    ...(METHODS[name]?.scopes ?? []),
    ...(OF_CONVERSATIONS[name] ?? []),
  ]);
  const heard = ['app_mentions:read', 'reactions:read', 'commands'];
  expect([...scopes].sort()).toEqual([...new Set([...needed, ...heard])].sort());
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

test('with its lines for HTTP mode taken in it is still a manifest', () => {
  const http = text
    .replace(/^(\s*)# ((?:request_)?url: https:)/gm, '$1$2')
    .replace('socket_mode_enabled: true', 'socket_mode_enabled: false');
  const read = Manifest.parse(parse(http));
  expect(read.settings.interactivity.request_url).toBe('https://medic.example.com/slack/events');
  expect(read.features.slash_commands.map(({ url }) => url)).toEqual(
    Array(2).fill('https://medic.example.com/slack/events'),
  );
});
