import { ActError } from './acts.ts';
import type { Platform } from './platform.ts';
import { elementText, renderText, renderView } from './render-text.ts';
import { findMessage } from './state.ts';
import { isExternal, suggestions } from './suggestions.ts';
import type { Place } from './surfaces.ts';
import type { Block, ElementState, Message, StateValues, View } from './types.ts';
import { objects, optionsOf, type Placed, placedElements, stateField } from './walk.ts';

/** Where something stands that a person can press: a message, or a modal or Home tab. */
export type Pressable = Pick<Message, 'channel' | 'ts'> | Pick<View, 'id'>;

/** A short form of what a person enters: text, an option's value or label, a list of them, or the full state. */
export type Entry = string | string[] | ElementState;

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

/** The element with this action id, or with these words on it. @throws ActError that shows what stands there */
export function placedAt(platform: Platform, where: Pressable, wanted: string): Placed {
  const { blocks, scene } = blocksAt(platform, where);
  const all = placedElements(blocks);
  const found =
    all.find(({ element }) => element.action_id === wanted) ??
    all.find(({ element }) => elementText(element).includes(`[${wanted}]`));
  if (!found) throw new ActError(`there is no [${wanted}] to press in:\n${scene}`);
  return found;
}

/** A pressable as inputs name it. */
export function surfaceOf(where: Pressable): { view_id: string } | { channel: string; message_ts: string } {
  return 'id' in where ? { view_id: where.id } : { channel: where.channel, message_ts: where.ts };
}

function optionFor(element: Block, entry: string): Record<string, unknown> {
  const found = optionsOf(element).find(
    (option) => option.value === entry || (option.text as { text?: string } | undefined)?.text === entry,
  );
  return found ?? { text: { type: 'plain_text', text: entry }, value: entry };
}

/** The options the app suggests for an entry, as a person finds them: by typing it, or by looking at the list. */
async function suggestedFor(platform: Platform, userId: string, place: Place, entry: string): Promise<Block> {
  const ask = async (value: string) =>
    optionsOf({ type: 'options', ...(await suggestions(platform, userId, { ...place, value })) });
  const fits = (option: Block) =>
    option.value === entry || (option.text as { text?: string } | undefined)?.text === entry;
  const found = (await ask(entry)).find(fits) ?? (await ask('')).find(fits);
  if (!found) throw new ActError(`${place.action_id} suggests no ${entry}`);
  return found;
}

/** The full state a short entry means for this element. */
export async function stateFor(
  platform: Platform,
  userId: string,
  where: Pressable,
  { block, element }: Placed,
  entry: Entry,
): Promise<ElementState> {
  if (typeof entry === 'object' && !Array.isArray(entry)) return entry;
  const field = stateField(element.type) ?? 'selected_option';
  const place = { ...surfaceOf(where), block_id: block.block_id ?? '', action_id: element.action_id };
  const pick = async (item: string) =>
    isExternal(element) ? suggestedFor(platform, userId, place, item) : optionFor(element, item);
  if (field === 'selected_option') {
    return { type: element.type, selected_option: await pick(String(entry)) };
  }
  if (field === 'selected_options') {
    return { type: element.type, selected_options: await Promise.all([entry].flat().map(pick)) };
  }
  const value = field === 'selected_date_time' ? Number(entry) : entry;
  return { type: element.type, [field]: field.endsWith('s') ? [entry].flat() : value };
}

/** What a person fills into a modal, by block id or action id, as `state.values`. */
export async function stateValues(
  platform: Platform,
  userId: string,
  view: Pick<View, 'id'>,
  values: Record<string, Entry>,
): Promise<StateValues> {
  const { blocks, scene } = blocksAt(platform, view);
  const filled: StateValues = {};
  for (const [name, entry] of Object.entries(values)) {
    const placed = placedElements(blocks).find(
      ({ block, element }) => block.block_id === name || element.action_id === name,
    );
    if (!placed?.block.block_id) throw new ActError(`there is no field ${name} in:\n${scene}`);
    const state = await stateFor(platform, userId, view, placed, entry);
    filled[placed.block.block_id] = { [placed.element.action_id]: state };
  }
  return filled;
}
