import { randomBytes } from 'node:crypto';
import type { Platform } from './platform.ts';
import { announce, nextId } from './state.ts';
import type { Block, OpenView, View } from './types.ts';
import { initialValues, withIds } from './walk.ts';

type Given = Record<string, unknown>;

function freshHash(): string {
  return `${Math.floor(Date.now() / 1000)}.${randomBytes(5).toString('hex')}`;
}

function text(given: Given, name: string): string {
  const value = given[name];
  return typeof value === 'string' ? value : '';
}

function object(given: Given, name: string): Record<string, unknown> | null {
  return (given[name] as Record<string, unknown> | undefined) ?? null;
}

/** What an app gave, with everything Slack adds. */
function built(
  platform: Platform,
  given: Given,
  place: Pick<View, 'id' | 'root_view_id' | 'previous_view_id'>,
): View {
  const { team, app } = platform.workspace;
  const blocks = withIds((given.blocks as Block[] | undefined) ?? []);
  return {
    ...place,
    team_id: team.id,
    type: given.type === 'home' ? 'home' : 'modal',
    title: object(given, 'title'),
    submit: object(given, 'submit'),
    close: object(given, 'close'),
    blocks,
    callback_id: text(given, 'callback_id'),
    external_id: text(given, 'external_id'),
    private_metadata: text(given, 'private_metadata'),
    hash: freshHash(),
    state: { values: initialValues(blocks) },
    clear_on_close: given.clear_on_close === true,
    notify_on_close: given.notify_on_close === true,
    app_id: app.id,
    app_installed_team_id: team.id,
    bot_id: app.bot_id,
  };
}

function keep(platform: Platform, user: string, view: View): View {
  platform.workspace.views.set(view.id, { user, view });
  return view;
}

/** Opens a modal for a person; one that stood open is closed, as in Slack. */
export function openModal(platform: Platform, user: string, given: Given): View {
  const { workspace } = platform;
  closeAll(platform, user);
  const id = nextId(workspace, 'V');
  const view = keep(platform, user, built(platform, given, { id, root_view_id: id, previous_view_id: null }));
  workspace.modals.set(user, [id]);
  announce(workspace, { type: 'view_opened', user, view });
  return view;
}

/** Puts a modal on top of the person's stack. */
export function pushModal(platform: Platform, user: string, given: Given): View {
  const { workspace } = platform;
  const stack = workspace.modals.get(user) ?? [];
  const id = nextId(workspace, 'V');
  const place = { id, root_view_id: stack[0] ?? id, previous_view_id: stack.at(-1) ?? null };
  const view = keep(platform, user, built(platform, given, place));
  workspace.modals.set(user, [...stack, id]);
  announce(workspace, { type: 'view_pushed', user, view });
  return view;
}

/** Replaces a view's content. What a person typed survives in blocks and elements that kept their ids. */
export function updateView(platform: Platform, open: OpenView, given: Given): View {
  const { id, root_view_id, previous_view_id, state } = open.view;
  const next = built(platform, given, { id, root_view_id, previous_view_id });
  for (const [block, actions] of Object.entries(next.state.values)) {
    for (const [action, fresh] of Object.entries(actions)) {
      const typed = state.values[block]?.[action];
      if (typed && typed.type === fresh.type) actions[action] = typed;
    }
  }
  open.view = next;
  const type = next.type === 'home' ? 'home' : 'view_updated';
  announce(platform.workspace, { type, user: open.user, view: next });
  return next;
}

/** Shows a Home tab to a person. */
export function publishHome(platform: Platform, user: string, given: Given): View {
  const { workspace } = platform;
  const id = workspace.homes.get(user) ?? nextId(workspace, 'V');
  const view = keep(platform, user, built(platform, given, { id, root_view_id: id, previous_view_id: null }));
  workspace.homes.set(user, id);
  announce(workspace, { type: 'home', user, view });
  return view;
}

/** The hash of the person's Home tab, or undefined before the first one. */
export function viewHash(platform: Platform, user: string): string | undefined {
  const id = platform.workspace.homes.get(user);
  return id ? platform.workspace.views.get(id)?.view.hash : undefined;
}

/** Takes one modal off the person's stack. */
export function closeModal(platform: Platform, user: string, viewId: string): void {
  const { workspace } = platform;
  const stack = workspace.modals.get(user) ?? [];
  workspace.modals.set(
    user,
    stack.filter((id) => id !== viewId),
  );
  workspace.views.delete(viewId);
  announce(workspace, { type: 'view_closed', user, view_id: viewId });
}

/** Closes everything the person has open, top first. */
export function closeAll(platform: Platform, user: string): void {
  for (const id of [...(platform.workspace.modals.get(user) ?? [])].reverse()) closeModal(platform, user, id);
}

/** The modal a person sees, the top of the stack. */
export function topModal(platform: Platform, user: string): View | undefined {
  const id = platform.workspace.modals.get(user)?.at(-1);
  return id ? platform.workspace.views.get(id)?.view : undefined;
}
