import { ActError, acknowledged, actor, interactionBase } from './acts.ts';
import { suggestionProblems } from './option-schemas.ts';
import type { Platform } from './platform.ts';
import { type Place, placedOn, surfaceFor } from './surfaces.ts';
import type { Block } from './types.ts';
import { problemText } from './validate.ts';
import { objects, optionsOf } from './walk.ts';

/** How much a person must type before Slack asks the app, unless the app says otherwise. */
const LEAST_TYPED = 3;

export function isExternal(element: Block): boolean {
  return element.type === 'external_select' || element.type === 'multi_external_select';
}

function keyOf(userId: string, place: Place): string {
  const where = place.view_id ?? `${place.channel ?? ''}:${place.message_ts ?? ''}`;
  return [userId, where, place.block_id, place.action_id].join(' ');
}

/** The options of an app's answer, as they may be shown. @throws ActError when Slack could not show them */
function offered(body: unknown): { options: Block[] } | { option_groups: Block[] } {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const problems = suggestionProblems(answer);
  if (problems.length > 0) {
    throw new ActError(`Error loading options: ${problems.map(problemText).join('; ')}`);
  }
  return answer.options === undefined
    ? { option_groups: objects(answer.option_groups) }
    : { options: objects(answer.options) };
}

/**
 * A person types into a menu whose options the app knows. Sends the app a `block_suggestion` payload and answers the
 * options that it acknowledges with; nothing while too little is typed.
 * @throws ActError when the menu is not there, the app does not answer in time, or answers what cannot be shown
 */
export async function suggestions(
  platform: Platform,
  userId: string,
  input: Place & { value: string },
): Promise<{ options: Block[] } | { option_groups: Block[] }> {
  const user = actor(platform, userId);
  const surface = surfaceFor(platform, user, input);
  const { element, block } = placedOn(surface, input);
  if (!isExternal(element)) throw new ActError(`${element.action_id} does not ask the app for options`);
  if (input.value.length < Number(element.min_query_length ?? LEAST_TYPED)) return { options: [] };
  const ack = await platform.delivery.ask({
    kind: 'options',
    payload: {
      type: 'block_suggestion',
      ...interactionBase(platform, user),
      ...surface.payload,
      action_id: element.action_id,
      block_id: block.block_id,
      value: input.value,
    },
  });
  const found = offered(acknowledged(platform, ack, `options of ${element.action_id}`));
  const key = keyOf(user.id, input);
  const listed = optionsOf({ type: 'options', ...found });
  platform.suggested.set(key, [...(platform.suggested.get(key) ?? []), ...listed]);
  return found;
}

/** Refuses a choice that the app never suggested to this person in this menu. */
export function needSuggested(
  platform: Platform,
  userId: string,
  place: Place,
  element: Block,
  value: Record<string, unknown>,
): void {
  if (!isExternal(element)) return;
  const known = [
    ...(platform.suggested.get(keyOf(userId, place)) ?? []),
    ...objects([element.initial_option]),
    ...objects(element.initial_options),
  ];
  const chosen = objects(value.selected_options ?? [value.selected_option]);
  const stranger = chosen.find((option) => !known.some((each) => each.value === option.value));
  if (stranger)
    throw new ActError(`${String(element.action_id)} was never offered ${String(stranger.value)}`);
}
