import { openModal, publishHome, pushModal, updateView, viewHash } from '../modals.ts';
import { redeemTrigger } from '../triggers.ts';
import type { View } from '../types.ts';
import { problemText, viewProblems } from '../validate.ts';
import {
  type Answer,
  bot,
  type Call,
  invalidArguments,
  json,
  type Methods,
  Refusal,
  required,
  text,
  userArg,
} from './call.ts';

const MOST_CHARACTERS = 250_000;

/** The `view` argument, checked. @throws Refusal `invalid_arguments`, naming each wrong place */
function viewArg(call: Call, type: View['type']): Record<string, unknown> {
  const view = json(call.args, 'view', 'invalid_arguments');
  if (view === undefined) throw invalidArguments('missing required field: view');
  if (JSON.stringify(view).length > MOST_CHARACTERS) throw new Refusal('view_too_large');
  const problems = viewProblems(view);
  if (problems.length > 0) throw invalidArguments(...problems.map(problemText));
  const given = view as Record<string, unknown>;
  if (given.type !== type) throw invalidArguments(`must be a ${type} [json-pointer:/view/type]`);
  return given;
}

function needUniqueExternalId(call: Call, view: Record<string, unknown>): void {
  const id = view.external_id;
  const taken = [...call.platform.workspace.views.values()].some((open) => open.view.external_id === id);
  if (id && taken) throw new Refusal('duplicate_external_id');
}

function open(call: Call): Answer {
  const view = viewArg(call, 'modal');
  needUniqueExternalId(call, view);
  const trigger = redeemTrigger(call.platform, required(call.args, 'trigger_id'));
  return { ok: true, view: openModal(call.platform, trigger.user, view) };
}

const DEEPEST_STACK = 3;

function push(call: Call): Answer {
  const view = viewArg(call, 'modal');
  needUniqueExternalId(call, view);
  const trigger = redeemTrigger(call.platform, required(call.args, 'trigger_id'));
  const stack = call.platform.workspace.modals.get(trigger.user) ?? [];
  if (stack.length >= DEEPEST_STACK) throw new Refusal('push_limit_reached');
  if (!trigger.viewId || !stack.includes(trigger.viewId)) throw new Refusal('not_found');
  return { ok: true, view: pushModal(call.platform, trigger.user, view) };
}

function update(call: Call): Answer {
  const { views } = call.platform.workspace;
  const id = text(call.args, 'view_id');
  const externalId = text(call.args, 'external_id');
  if (!id && !externalId) throw invalidArguments('either `view_id` or `external_id` is required');
  const known = id
    ? views.get(id)
    : [...views.values()].find((candidate) => candidate.view.external_id === externalId);
  if (!known) throw new Refusal('not_found');
  const view = viewArg(call, known.view.type);
  const hash = text(call.args, 'hash');
  if (hash !== undefined && hash !== known.view.hash) throw new Refusal('hash_conflict');
  return { ok: true, view: updateView(call.platform, known, view) };
}

function publish(call: Call): Answer {
  const user = userArg(call, 'user_id');
  const view = viewArg(call, 'home');
  const hash = text(call.args, 'hash');
  if (hash !== undefined && hash !== viewHash(call.platform, user.id)) throw new Refusal('hash_conflict');
  return { ok: true, view: publishHome(call.platform, user.id, view) };
}

export const viewMethods: Methods = {
  'views.open': bot(4, [], open),
  'views.push': bot(4, [], push),
  'views.update': bot(4, [], update),
  'views.publish': bot(4, [], publish),
};
