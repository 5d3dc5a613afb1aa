import { openDirectMessage, openHome, react, say } from './acts.ts';
import { click } from './clicks.ts';
import { command, shortcut } from './commands.ts';
import { type Entry, type Pressable, placedAt, stateFor, stateValues, surfaceOf } from './entries.ts';
import { archive, invite, kick } from './membership.ts';
import { topModal } from './modals.ts';
import type { Platform } from './platform.ts';
import { renderText, renderView } from './render-text.ts';
import { findChannel, messagesOf } from './state.ts';
import { closeModals, closeView, type Submission, submitView } from './submissions.ts';
import { suggestions } from './suggestions.ts';
import type { Block, Message, View } from './types.ts';
import { waitFor } from './wait.ts';
import { optionsOf } from './walk.ts';

/** What to look for in a message: a part of its text, a pattern, or a rule. */
export type Wanted = string | RegExp | ((message: Message, text: string) => boolean);

/** True when a message is the wanted one. */
export function matches(wanted: Wanted, message: Message): boolean {
  const text = renderText(message);
  if (typeof wanted === 'string') return text.includes(wanted);
  return wanted instanceof RegExp ? wanted.test(text) : wanted(message, text);
}

/** One member of the workspace, acting as the page lets them act. Every refusal is an error in Slack's words. */
export interface Person {
  id: string;
  say(channel: string, text: string, options?: { threadTs?: string }): Message;
  /** Runs a slash command and resolves when the app acknowledged it. */
  command(channel: string, name: string, text?: string): Promise<void>;
  /** Presses the button with this action id, or with these words on it. */
  click(where: Pressable, actionIdOrText: string): Promise<void>;
  /** Chooses in a menu, radio group, checkbox group, picker or overflow menu. */
  select(where: Pressable, actionId: string, entry: Entry): Promise<void>;
  /** What a menu that asks the app offers for what is typed: labels and values. */
  suggestions(where: Pressable, actionId: string, typed: string): Promise<{ label: string; value: string }[]>;
  react(message: Message, name: string): void;
  unreact(message: Message, name: string): void;
  /** Submits a modal; values by block id, or by action id. */
  submit(view: Pick<View, 'id'>, values?: Record<string, Entry>): Promise<Submission>;
  /** Closes one modal with its close button. */
  close(view: Pick<View, 'id'>): Promise<void>;
  /** Closes the whole stack of modals with the cross in the corner. */
  closeAll(): Promise<void>;
  shortcut(callbackId: string, message?: Message): Promise<void>;
  /** The modal in front of the person, waiting for one to open. */
  modal(wanted?: string | RegExp, ms?: number): Promise<View>;
  /** Opens the app's Home tab and waits for it to be published. */
  home(ms?: number): Promise<View>;
  /** Waits for an ephemeral message to this person. */
  told(channel: string, wanted: Wanted, ms?: number): Promise<Message>;
  /** The id of the direct message channel with the app. */
  directMessage(): string;
  /** Invites somebody into a channel, the app unless another is named. */
  invite(channel: string, who?: string): void;
  /** Puts somebody out of a channel, the app unless another is named. */
  kick(channel: string, who?: string): void;
  archive(channel: string): void;
  unarchive(channel: string): void;
}

/** The person with this id, ready to act. */
export function newPerson(platform: Platform, id: string, print: (channel: string) => string): Person {
  const { workspace } = platform;
  const clickAt = (where: Pressable, wanted: string, value?: Record<string, unknown>) => {
    const { block, element } = placedAt(platform, where, wanted);
    return click(platform, id, {
      ...surfaceOf(where),
      block_id: block.block_id ?? '',
      action_id: element.action_id,
      ...(value ? { value } : {}),
    });
  };
  const feedback = (element: Block, wanted: string): Record<string, unknown> => {
    const sides = [element.positive_button, element.negative_button] as {
      value: string;
      text: { text: string };
    }[];
    return { value: sides.find((side) => side.text.text === wanted)?.value ?? wanted };
  };
  return {
    id,
    say: (channel, text, options = {}) =>
      say(platform, id, {
        channel,
        text,
        ...(options.threadTs !== undefined ? { thread_ts: options.threadTs } : {}),
      }),
    command: (channel, name, text = '') => command(platform, id, { channel, command: name, text }),
    click: async (where, wanted) => {
      const { element } = placedAt(platform, where, wanted);
      const chooses = element.type === 'feedback_buttons';
      await clickAt(where, wanted, chooses ? feedback(element, wanted) : undefined);
    },
    select: async (where, actionId, entry) => {
      const state = await stateFor(platform, id, where, placedAt(platform, where, actionId), entry);
      await clickAt(where, actionId, state);
    },
    suggestions: async (where, actionId, typed) => {
      const { block, element } = placedAt(platform, where, actionId);
      const place = { ...surfaceOf(where), block_id: block.block_id ?? '', action_id: element.action_id };
      const found = await suggestions(platform, id, { ...place, value: typed });
      return optionsOf({ type: 'options', ...found }).map((option) => ({
        label: (option.text as { text: string }).text,
        value: String(option.value),
      }));
    },
    react: (message, name) =>
      react(platform, id, { channel: message.channel, ts: message.ts, name, add: true }),
    unreact: (message, name) =>
      react(platform, id, { channel: message.channel, ts: message.ts, name, add: false }),
    submit: async (view, values = {}) =>
      submitView(platform, id, view.id, await stateValues(platform, id, view, values)),
    close: (view) => closeView(platform, id, view.id),
    closeAll: () => closeModals(platform, id),
    shortcut: (callbackId, message) =>
      shortcut(platform, id, {
        callback_id: callbackId,
        ...(message ? { channel: message.channel, message_ts: message.ts } : {}),
      }),
    modal: (wanted = '', ms = 5000) =>
      waitFor(
        workspace,
        () => {
          const view = topModal(platform, id);
          const text = view ? renderView(view) : '';
          const fits = typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
          return view && fits ? view : undefined;
        },
        {
          what: `modal ${wanted} for ${id}`,
          ms,
          scene: () => {
            const view = topModal(platform, id);
            return view ? renderView(view) : '(no modal is open)';
          },
        },
      ),
    home: (ms = 5000) => {
      openHome(platform, id);
      const look = () => workspace.views.get(workspace.homes.get(id) ?? '')?.view;
      return waitFor(workspace, look, { what: `Home tab for ${id}`, ms, scene: () => '(no Home tab)' });
    },
    told: (channel, wanted, ms = 5000) => {
      const known = findChannel(workspace, channel)?.id ?? channel;
      const look = () =>
        messagesOf(workspace, known).find(
          (message) => message.ephemeral_to === id && matches(wanted, message),
        );
      return waitFor(workspace, look, {
        what: `message only to ${id} that matches ${wanted}`,
        ms,
        scene: () => print(known),
      });
    },
    directMessage: () => openDirectMessage(platform, id).id,
    invite: (channel, who) => invite(platform, id, channel, who),
    kick: (channel, who) => kick(platform, id, channel, who),
    archive: (channel) => archive(platform, id, channel, true),
    unarchive: (channel) => archive(platform, id, channel, false),
  };
}

export type { Entry, Pressable } from './entries.ts';
