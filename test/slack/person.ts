import { ActError, openDirectMessage, openHome, react, say } from './acts.ts';
import { click } from './clicks.ts';
import { command, shortcut } from './commands.ts';
import { topModal } from './modals.ts';
import type { Platform } from './platform.ts';
import { elementText, renderText, renderView } from './render-text.ts';
import { findChannel, findMessage, messagesOf } from './state.ts';
import { closeView, type Submission, submitView } from './submissions.ts';
import type { Block, ElementState, Message, StateValues, View } from './types.ts';
import { waitFor } from './wait.ts';
import { objects, optionsOf, type Placed, placedElements, stateField } from './walk.ts';

/** Where something stands that a person can press: a message, or a modal or Home tab. */
export type Pressable = Pick<Message, 'channel' | 'ts'> | Pick<View, 'id'>;

/** What to look for in a message: a part of its text, a pattern, or a rule. */
export type Wanted = string | RegExp | ((message: Message, text: string) => boolean);

/** True when a message is the wanted one. */
export function matches(wanted: Wanted, message: Message): boolean {
  const text = renderText(message);
  if (typeof wanted === 'string') return text.includes(wanted);
  return wanted instanceof RegExp ? wanted.test(text) : wanted(message, text);
}

/** A short form of what a person enters: text, an option's value or label, a list of them, or the full state. */
export type Entry = string | string[] | ElementState;

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
  react(message: Message, name: string): void;
  unreact(message: Message, name: string): void;
  /** Submits a modal; values by block id, or by action id. */
  submit(view: Pick<View, 'id'>, values?: Record<string, Entry>): Promise<Submission>;
  close(view: Pick<View, 'id'>): Promise<void>;
  shortcut(callbackId: string, message?: Message): Promise<void>;
  /** The modal in front of the person, waiting for one to open. */
  modal(wanted?: string | RegExp, ms?: number): Promise<View>;
  /** Opens the app's Home tab and waits for it to be published. */
  home(ms?: number): Promise<View>;
  /** Waits for an ephemeral message to this person. */
  told(channel: string, wanted: Wanted, ms?: number): Promise<Message>;
  /** The id of the direct message channel with the app. */
  directMessage(): string;
}

function blocksAt(platform: Platform, where: Pressable): { blocks: Block[]; scene: string } {
  if ('id' in where) {
    const view = platform.workspace.views.get(where.id)?.view;
    if (!view) throw new ActError(`the view ${where.id} is no longer open`);
    return { blocks: view.blocks, scene: renderView(view) };
  }
  const message = findMessage(platform.workspace, where.channel, where.ts, { ephemeral: true });
  if (!message) throw new ActError(`the message ${where.ts} is gone`);
  const attached = objects(message.attachments).flatMap((attachment) => objects(attachment.blocks));
  return { blocks: [...objects(message.blocks), ...attached], scene: renderText(message) };
}

function placedAt(platform: Platform, where: Pressable, wanted: string): Placed {
  const { blocks, scene } = blocksAt(platform, where);
  const all = placedElements(blocks);
  const found =
    all.find(({ element }) => element.action_id === wanted) ??
    all.find(({ element }) => elementText(element).includes(`[${wanted}]`));
  if (!found) throw new ActError(`there is no [${wanted}] to press in:\n${scene}`);
  return found;
}

function surfaceOf(where: Pressable): { view_id: string } | { channel: string; message_ts: string } {
  return 'id' in where ? { view_id: where.id } : { channel: where.channel, message_ts: where.ts };
}

function optionFor(element: Block, entry: string): Record<string, unknown> {
  const found = optionsOf(element).find(
    (option) => option.value === entry || (option.text as { text?: string } | undefined)?.text === entry,
  );
  return found ?? { text: { type: 'plain_text', text: entry }, value: entry };
}

/** The full state a short entry means for this element. */
function stateFor(element: Block, entry: Entry): ElementState {
  if (typeof entry === 'object' && !Array.isArray(entry)) return entry;
  const field = stateField(element.type) ?? 'selected_option';
  if (field === 'selected_option') {
    return { type: element.type, selected_option: optionFor(element, String(entry)) };
  }
  if (field === 'selected_options') {
    return { type: element.type, selected_options: [entry].flat().map((item) => optionFor(element, item)) };
  }
  const value = field === 'selected_date_time' ? Number(entry) : entry;
  return { type: element.type, [field]: field.endsWith('s') ? [entry].flat() : value };
}

function stateValues(platform: Platform, view: Pick<View, 'id'>, values: Record<string, Entry>): StateValues {
  const { blocks, scene } = blocksAt(platform, view);
  const filled: StateValues = {};
  for (const [name, entry] of Object.entries(values)) {
    const placed = placedElements(blocks).find(
      ({ block, element }) => block.block_id === name || element.action_id === name,
    );
    if (!placed?.block.block_id) throw new ActError(`there is no field ${name} in:\n${scene}`);
    filled[placed.block.block_id] = { [placed.element.action_id]: stateFor(placed.element, entry) };
  }
  return filled;
}

/** The person with this id, ready to act. */
export function newPerson(platform: Platform, id: string, print: (channel: string) => string): Person {
  const { workspace } = platform;
  const clickAt = (where: Pressable, wanted: string, value?: (element: Block) => Record<string, unknown>) => {
    const { block, element } = placedAt(platform, where, wanted);
    return click(platform, id, {
      ...surfaceOf(where),
      block_id: block.block_id ?? '',
      action_id: element.action_id,
      ...(value ? { value: value(element) } : {}),
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
      await clickAt(where, wanted, chooses ? (found) => feedback(found, wanted) : undefined);
    },
    select: async (where, actionId, entry) => clickAt(where, actionId, (element) => stateFor(element, entry)),
    react: (message, name) =>
      react(platform, id, { channel: message.channel, ts: message.ts, name, add: true }),
    unreact: (message, name) =>
      react(platform, id, { channel: message.channel, ts: message.ts, name, add: false }),
    submit: async (view, values = {}) =>
      submitView(platform, id, view.id, stateValues(platform, view, values)),
    close: (view) => closeView(platform, id, view.id),
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
  };
}
