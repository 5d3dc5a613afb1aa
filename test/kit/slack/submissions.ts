import { ActError, acknowledged, actor, interactionBase } from './acts.ts';
import { closeAll, closeModal, pushModal, updateView } from './modals.ts';
import type { Platform } from './platform.ts';
import { needSuggested } from './suggestions.ts';
import { newTrigger } from './triggers.ts';
import type { Block, OpenView, SlackUser, StateValues, View } from './types.ts';
import { problemText, viewProblems } from './validate.ts';
import { chosenState, placedElements, stateField } from './walk.ts';

/** What became of a submission: accepted, or refused beside some fields. */
export type Submission = { ok: true } | { ok: false; errors: Record<string, string> };

function openView(platform: Platform, user: SlackUser, viewId: string): OpenView {
  const open = platform.workspace.views.get(viewId);
  if (!open || open.user !== user.id || open.view.type !== 'modal') {
    throw new ActError(`${user.real_name} has no modal ${viewId} open`);
  }
  return open;
}

function isEmpty(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function numberComplaint(element: Block, value: string): string | undefined {
  const entered = Number(value);
  if (!Number.isFinite(entered)) return 'Must be a number';
  if (element.is_decimal_allowed !== true && !Number.isInteger(entered)) return 'Must be a whole number';
  if (element.min_value !== undefined && entered < Number(element.min_value)) {
    return `Must be ${String(element.min_value)} or more`;
  }
  const tooMuch = element.max_value !== undefined && entered > Number(element.max_value);
  return tooMuch ? `Must be ${String(element.max_value)} or less` : undefined;
}

/** What Slack's client refuses before the app hears of the submission. */
function complaint(block: Block, element: Block, value: unknown): string | undefined {
  if (isEmpty(value)) return block.optional === true ? undefined : 'Please complete this required field.';
  if (typeof value !== 'string') return undefined;
  if (element.type === 'number_input') return numberComplaint(element, value);
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value)) return 'Must be an email address';
  if (element.type === 'url_text_input' && !URL.canParse(value)) return 'Must be a URL';
  if (value.length < Number(element.min_length ?? 0)) {
    return `Must be at least ${String(element.min_length)} characters`;
  }
  const tooLong = value.length > Number(element.max_length ?? Number.POSITIVE_INFINITY);
  return tooLong ? `Must be at most ${String(element.max_length)} characters` : undefined;
}

function fillIn(platform: Platform, open: OpenView, given: StateValues): Record<string, string> {
  const errors: Record<string, string> = {};
  const { values } = open.view.state;
  for (const { block, element } of placedElements(open.view.blocks)) {
    const field = stateField(element.type);
    const blockId = block.block_id ?? '';
    if (!field) continue;
    const entered = given[blockId]?.[element.action_id];
    if (entered) {
      const place = { view_id: open.view.id, block_id: blockId, action_id: element.action_id };
      try {
        needSuggested(platform, open.user, place, element, entered);
        values[blockId] = { ...values[blockId], [element.action_id]: chosenState(element, entered) };
      } catch (error) {
        errors[blockId] = error instanceof Error ? error.message : String(error);
      }
    }
    if (block.type !== 'input') continue;
    const wrong = complaint(block, element, values[blockId]?.[element.action_id]?.[field]);
    if (wrong) errors[blockId] ??= wrong;
  }
  return errors;
}

interface ResponseAction {
  response_action?: 'errors' | 'update' | 'push' | 'clear';
  errors?: Record<string, string>;
  view?: Record<string, unknown>;
}

function needView(answer: ResponseAction): Record<string, unknown> {
  const problems = viewProblems(answer.view);
  if (!answer.view || problems.length > 0) {
    throw new ActError(
      `We had some trouble connecting: ${problems.map(problemText).join('; ') || 'no view'}`,
    );
  }
  return answer.view;
}

function apply(platform: Platform, user: SlackUser, open: OpenView, answer: ResponseAction): Submission {
  switch (answer.response_action) {
    case undefined:
      closeModal(platform, user.id, open.view.id);
      return { ok: true };
    case 'clear':
      closeAll(platform, user.id);
      return { ok: true };
    case 'update':
      updateView(platform, open, needView(answer));
      return { ok: true };
    case 'push':
      pushModal(platform, user.id, needView(answer));
      return { ok: true };
    case 'errors': {
      const errors = answer.errors ?? {};
      const blocks = new Set(
        open.view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id),
      );
      const unknown = Object.keys(errors).filter((blockId) => !blocks.has(blockId));
      if (unknown.length > 0 || Object.keys(errors).length === 0) {
        throw new ActError(`the app named errors for unknown input blocks: ${unknown.join(', ') || 'none'}`);
      }
      return { ok: false, errors };
    }
    default:
      throw new ActError(`the app answered with an unknown response_action`);
  }
}

/**
 * A person submits a modal. Slack's own checks come first; then the app's answer decides what is shown next.
 * @throws ActError when the modal is not open, the app does not answer, or answers what Slack cannot show
 */
export async function submitView(
  platform: Platform,
  userId: string,
  viewId: string,
  values: StateValues,
): Promise<Submission> {
  const user = actor(platform, userId);
  const open = openView(platform, user, viewId);
  const errors = fillIn(platform, open, values);
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const ack = await platform.delivery.ask({
    kind: 'interactive',
    payload: {
      type: 'view_submission',
      ...interactionBase(platform, user),
      trigger_id: newTrigger(platform, user.id, viewId),
      view: open.view,
      response_urls: [],
    },
  });
  const body = acknowledged(platform, ack, 'submitting');
  const answer = typeof body === 'object' && body !== null ? (body as ResponseAction) : {};
  return apply(platform, user, open, answer);
}

/** Tells the app that a view is gone, if it wants to know. */
async function tellClosed(platform: Platform, user: SlackUser, view: View, cleared: boolean): Promise<void> {
  if (!view.notify_on_close) return;
  const ack = await platform.delivery.ask({
    kind: 'interactive',
    payload: { type: 'view_closed', ...interactionBase(platform, user), view, is_cleared: cleared },
  });
  acknowledged(platform, ack, 'closing');
}

/** A person closes a modal with its close button. @throws ActError when it is not open */
export async function closeView(platform: Platform, userId: string, viewId: string): Promise<void> {
  const user = actor(platform, userId);
  const { view } = openView(platform, user, viewId);
  if (view.clear_on_close) closeAll(platform, user.id);
  else closeModal(platform, user.id, viewId);
  await tellClosed(platform, user, view, view.clear_on_close);
}

/** A person closes all their modals with the cross in the corner of the uppermost. @throws ActError when none is open */
export async function closeModals(platform: Platform, userId: string): Promise<void> {
  const user = actor(platform, userId);
  const stack = (platform.workspace.modals.get(user.id) ?? []).map((id) => openView(platform, user, id).view);
  if (stack.length === 0) throw new ActError(`${user.real_name} has no modal open`);
  closeAll(platform, user.id);
  for (const view of stack.reverse()) await tellClosed(platform, user, view, true);
}
