import { teamOf, type Workspace } from '../state.ts';
import type { SlackUser, UserGroup } from '../types.ts';
import {
  type Answer,
  bot,
  type Call,
  flag,
  type Methods,
  needScope,
  paged,
  Refusal,
  text,
  userArg,
} from './call.ts';

/** How far a time zone is from UTC just now, in seconds. */
function offsetOf(tz: string): number {
  const now = new Date();
  const local = new Date(now.toLocaleString('en-US', { timeZone: tz }));
  const utc = new Date(now.toLocaleString('en-US', { timeZone: 'UTC' }));
  return Math.round((local.getTime() - utc.getTime()) / 1000);
}

function described(call: Call, user: SlackUser): Answer {
  const { workspace } = call.platform;
  const email = call.platform.scopes.includes('users:read.email') ? user.email : undefined;
  return {
    id: user.id,
    team_id: teamOf(workspace, user),
    name: user.name,
    deleted: user.deleted === true,
    color: user.color,
    real_name: user.real_name,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: offsetOf(user.tz),
    is_restricted: user.is_restricted === true,
    is_ultra_restricted: false,
    is_stranger: user.team_id !== undefined,
    is_admin: false,
    is_bot: user.is_bot,
    profile: {
      title: user.title,
      real_name: user.real_name,
      display_name: user.name,
      ...(email !== undefined ? { email } : {}),
    },
  };
}

function lookupByEmail(call: Call): Answer {
  const email = text(call.args, 'email')?.toLowerCase();
  const user = [...call.platform.workspace.users.values()].find((candidate) => candidate.email === email);
  if (!email || !user) throw new Refusal('users_not_found');
  return { ok: true, user: described(call, user) };
}

function list(call: Call): Answer {
  const { page, next } = paged(call.args, [...call.platform.workspace.users.values()], 200, 1000);
  return {
    ok: true,
    members: page.map((user) => described(call, user)),
    cache_ts: Math.floor(Date.now() / 1000),
    response_metadata: { next_cursor: next },
  };
}

function describedGroup(workspace: Workspace, group: UserGroup, withUsers: boolean): Answer {
  return {
    id: group.id,
    team_id: workspace.team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    description: '',
    date_delete: 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  };
}

function groups(call: Call): Answer {
  const { workspace } = call.platform;
  const withUsers = flag(call.args, 'include_users');
  return {
    ok: true,
    usergroups: [...workspace.userGroups.values()].map((group) =>
      describedGroup(workspace, group, withUsers),
    ),
  };
}

function groupMembers(call: Call): Answer {
  const group = call.platform.workspace.userGroups.get(text(call.args, 'usergroup') ?? '');
  if (!group) throw new Refusal('no_such_subteam');
  return { ok: true, users: group.users };
}

function botInfo(call: Call): Answer {
  const { app, users } = call.platform.workspace;
  if (text(call.args, 'bot') !== app.bot_id) throw new Refusal('bot_not_found');
  const name = users.get(app.bot_user)?.name;
  return { ok: true, bot: { id: app.bot_id, deleted: false, name, app_id: app.id, user_id: app.bot_user } };
}

export const peopleMethods: Methods = {
  'bots.info': bot(3, ['users:read'], botInfo),
  'users.info': bot(4, ['users:read'], (call) => ({ ok: true, user: described(call, userArg(call)) })),
  'users.list': bot(2, ['users:read'], list),
  'users.lookupByEmail': bot(3, [], (call) => {
    needScope(call.platform, 'users:read.email');
    return lookupByEmail(call);
  }),
  'usergroups.list': bot(2, ['usergroups:read'], groups),
  'usergroups.users.list': bot(2, ['usergroups:read'], groupMembers),
};
