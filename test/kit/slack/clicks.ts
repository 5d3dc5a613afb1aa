import { ActError, acknowledged, actor, interactionBase } from './acts.ts';
import type { Platform } from './platform.ts';
import { nextTs } from './state.ts';
import { needSuggested } from './suggestions.ts';
import { type Place, placedOn, type Surface, surfaceFor } from './surfaces.ts';
import { newTrigger } from './triggers.ts';
import type { Block, ElementState } from './types.ts';
import { chosenState, optionsOf, type Placed, stateField } from './walk.ts';

/** A click or choice in a message or view, as the page and the tests give it. */
export interface ClickInput extends Place {
  /** The element's new state; absent for buttons. */
  value?: Record<string, unknown>;
}

/** What an element without state reports: a button its value, an overflow menu the chosen option, feedback which. */
function statelessAction(element: Block, value: Record<string, unknown>): Record<string, unknown> {
  const given = (name: string) => (element[name] !== undefined ? { [name]: element[name] } : {});
  if (element.type === 'overflow') {
    const wanted = (value.selected_option as { value?: unknown } | undefined)?.value;
    const option = optionsOf(element).find((candidate) => candidate.value === wanted);
    if (!option) throw new ActError(`${String(element.action_id)} has no option ${String(wanted)}`);
    return { selected_option: option };
  }
  if (element.type === 'feedback_buttons') {
    const buttons = [element.positive_button, element.negative_button] as { value: string; text: unknown }[];
    const pressed = buttons.find((button) => button.value === value.value);
    if (!pressed) throw new ActError(`${String(element.action_id)} has no button ${String(value.value)}`);
    return { text: pressed.text, value: pressed.value };
  }
  return { ...given('text'), ...given('value'), ...given('style'), ...given('url') };
}

function choose(surface: Surface, placed: Placed, value: Record<string, unknown>): ElementState {
  const { block, element } = placed;
  try {
    const state = chosenState(element, value);
    const blockId = block.block_id ?? '';
    surface.values[blockId] = { ...surface.values[blockId], [element.action_id]: state };
    return state;
  } catch (error) {
    throw new ActError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A person presses a button or changes an element. Sends the app a real `block_actions` payload and waits for
 * its acknowledgement.
 * @throws ActError when the element is not there, or the app does not answer in time
 */
export async function click(platform: Platform, userId: string, input: ClickInput): Promise<void> {
  const user = actor(platform, userId);
  const surface = surfaceFor(platform, user, input);
  const placed = placedOn(surface, input);
  const { block, element } = placed;
  const value = input.value ?? {};
  needSuggested(platform, user.id, input, element, value);
  const chosen = stateField(element.type) ? choose(surface, placed, value) : statelessAction(element, value);
  // An input block stays quiet while it is filled in, unless the app asked to hear about it.
  if (block.type === 'input' && block.dispatch_action !== true) return;
  const ack = await platform.delivery.ask({
    kind: 'interactive',
    payload: {
      type: 'block_actions',
      ...interactionBase(platform, user),
      ...surface.payload,
      ...(surface.responseUrl ? { response_url: surface.responseUrl() } : {}),
      trigger_id: newTrigger(platform, user.id, surface.viewId),
      state: { values: surface.values },
      actions: [
        {
          action_id: element.action_id,
          block_id: block.block_id,
          ...chosen,
          type: element.type,
          action_ts: nextTs(platform.workspace),
        },
      ],
    },
  });
  acknowledged(platform, ack, `pressing ${element.action_id}`);
}
