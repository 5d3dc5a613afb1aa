import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { Message as Drawn, ServiceCard } from '../../../src/adapters/sinks/slack/blocks/service.ts';
import type { Meter } from '../../../src/adapters/sinks/slack/connection/calls.ts';
import type { Pacer } from '../../../src/adapters/sinks/slack/connection/pacer.ts';
import { createWebClient, type Log } from '../../../src/adapters/sinks/slack/connection/web-client.ts';
import type { Notifier } from '../../../src/adapters/sinks/slack/projection/notifier.ts';
import { createProjector } from '../../../src/adapters/sinks/slack/projection/projector.ts';
import type { HealthWarnings } from '../../../src/engine/health/health-warnings.ts';
import type { HomeViewers, LastShown } from '../../../src/engine/showing/home-viewers.ts';
import { type ProjectionStore, THREAD_AT } from '../../../src/engine/showing/notifier.ts';
import { type LocalSlack, type Message, renderText, type SlackOptions, startSlack } from '../slack/server.ts';

/** A log that remembers what it was told. */
export function newLog(): Log & { readonly lines: { level: string; fields: object; message: string }[] } {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A projection store that forgets nothing while the test lives. `fail` makes the next write of a key fail. */
export function memoryStore(): ProjectionStore & { fail(key: string): void; writes: string[] } {
  const shown = new Map<string, Record<string, { ts: string; hash: string }>>();
  const places = new Map<string, string>();
  const failing = new Set<string>();
  const writes: string[] = [];
  return {
    writes,
    fail: (key) => failing.add(key),
    shown: async (incident) => structuredClone(shown.get(incident) ?? {}),
    async record(incident, key, message) {
      if (failing.delete(key)) throw new Error('the store is gone');
      writes.push(key);
      shown.set(incident, { ...shown.get(incident), [key]: { ...message } });
    },
    async threads(incidents) {
      const noted = incidents.map((id) => [id, shown.get(id)?.[THREAD_AT]] as const);
      return new Map(
        noted.flatMap(([id, note]) =>
          note === undefined ? [] : [[id, { channel: note.hash, ts: note.ts }]],
        ),
      );
    },
    async remember(channel, ts, incident) {
      places.set(`${channel}/${ts}`, incident);
    },
    incidentOf: async (channel, ts) => places.get(`${channel}/${ts}`) ?? null,
  };
}

const manifest: {
  oauth_config: { scopes: { bot: string[] } };
  settings: { event_subscriptions: { bot_events: string[] } };
} = parse(readFileSync(join(import.meta.dirname, '../../../manifest.yml'), 'utf8'));

/** Troubles that are remembered while the test lives. */
export function memoryTroubles(): HealthWarnings {
  const known = new Map<string, string>();
  return {
    tell: async (about, words) => void (words === null ? known.delete(about) : known.set(about, words)),
    list: async () => [...known.values()],
  };
}

/** Visitors that are remembered while the test lives; several apps may share them, as replicas do. */
export function memoryVisitors(): HomeViewers {
  const present: string[] = [];
  const shown = new Map<string, LastShown>();
  return {
    came: async (user) => void present.unshift(user),
    present: async () => [...new Set(present)],
    lastShown: async (user) => shown.get(user) ?? null,
    showed: async (user, last) => void shown.set(user, last),
  };
}

/**
 * A local Slack without its pace, unless asked for, in which Medic may do and hears exactly what its manifest says; it ends
 * with the test.
 */
export async function slackWith(options: SlackOptions = {}): Promise<LocalSlack> {
  const limits = { messagesPerSecondPerChannel: 1000, messageBurst: 1000, methodTiers: false };
  const installed = {
    scopes: manifest.oauth_config.scopes.bot,
    events: manifest.settings.event_subscriptions.bot_events,
  };
  const slack = await startSlack({ ...installed, ...options, limits: { ...limits, ...options.limits } });
  onTestFinished(() => slack.stop());
  return slack;
}

function clientOf(slack: LocalSlack, timeout = 1000): WebClient {
  return createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeout, log: newLog() });
}

/** A pacer that never makes anybody wait. */
export const hurried: Pacer = { turn: async () => undefined, hold: () => undefined };

export interface Stage {
  readonly slack: LocalSlack;
  readonly store: ReturnType<typeof memoryStore>;
  readonly notifier: Notifier;
  /** Another process with the same store. */
  restarted(): Notifier;
}

/** A projector on a local Slack. */
export async function stage(
  options: {
    readonly slack?: SlackOptions;
    readonly channel?: string;
    readonly fallback?: string;
    readonly troubles?: HealthWarnings;
    readonly pacer?: Pacer;
    readonly service?: ServiceCard;
    readonly meter?: Meter;
    readonly timeout?: number;
    readonly picturePatience?: number;
  } = {},
): Promise<Stage> {
  const slack = await slackWith(options.slack);
  const store = memoryStore();
  const restarted = () =>
    createProjector({
      client: clientOf(slack, options.timeout),
      pacer: options.pacer ?? hurried,
      ...(options.meter ? { meter: options.meter } : {}),
      store,
      channelFor: () => options.channel ?? 'C0INCIDENTS',
      fallback: options.fallback,
      troubles: options.troubles,
      picturePatience: options.picturePatience,
      serviceOf: () => options.service ?? null,
    });
  return { slack, store, notifier: restarted(), restarted };
}

/** The messages of a channel and its threads that Medic wrote, oldest first, by their keys. */
export function keysIn(slack: LocalSlack, channel = 'C0INCIDENTS'): string[] {
  return written(slack, channel).map((message) => String(message.metadata?.event_payload.key));
}

export function written(slack: LocalSlack, channel = 'C0INCIDENTS'): Message[] {
  return (slack.state.messages.get(channel) ?? []).filter((message) => message.bot_id && message.metadata);
}

/** The card as a person reads it. */
export function cardText(slack: LocalSlack, channel = 'C0INCIDENTS'): string {
  const card = written(slack, channel).find((message) => message.metadata?.event_payload.key === 'card');
  return card ? renderText(card) : '';
}

/** How often a method was called. */
export function callsOf(slack: LocalSlack, method: string): number {
  return slack.calls.filter((call) => call.method === method).length;
}

/** A message as a person would read it in Slack. */
export function read(message: Drawn | undefined): string {
  if (!message) return '';
  const blocks = structuredClone(message.blocks) as unknown as NonNullable<Message['blocks']>;
  return renderText({
    type: 'message',
    ts: '1',
    channel: 'C1',
    user: 'U1',
    team: 'T1',
    text: message.text,
    blocks,
  });
}
