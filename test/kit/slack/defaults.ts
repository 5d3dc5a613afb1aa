import type { Shortcut } from './platform.ts';
import type { WorkspaceSeed } from './state.ts';
import type { Channel, SlackUser, UserGroup } from './types.ts';

export const BOT_TOKEN = 'xoxb-local-medic';
export const APP_TOKEN = 'xapp-local-medic';
export const SIGNING_SECRET = 'local-signing-secret';

/** The bot scopes Medic asks for in its manifest. */
export const SCOPES = [
  'app_mentions:read',
  'assistant:write',
  'bookmarks:write',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'commands',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'metadata.message:read',
  'pins:write',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
  'users:read.email',
];

/** The bot events Medic subscribes to in its manifest. */
export const EVENTS = [
  'app_home_opened',
  'app_mention',
  'channel_archive',
  'channel_left',
  'channel_unarchive',
  'group_archive',
  'group_left',
  'group_unarchive',
  'member_joined_channel',
  'member_left_channel',
  'message.channels',
  'message.groups',
  'message.im',
  'reaction_added',
  'reaction_removed',
];

export const COMMANDS = [
  {
    command: '/heal',
    description: 'Run a playbook, or see what Medic can heal',
    usage_hint: '<playbook> key=value ...',
  },
  { command: '/diagnose', description: 'Find out what is wrong with a service', usage_hint: '<service>' },
];

/** The shortcuts of Medic's manifest. */
export const SHORTCUTS: Shortcut[] = [
  {
    callback_id: 'diagnose_message',
    name: 'Diagnose this',
    description: 'Find out what this message is about',
    type: 'message',
  },
];

function person(id: string, name: string, title: string, color: string): SlackUser {
  return {
    id,
    name: name.toLowerCase(),
    real_name: name,
    title,
    email: `${name.toLowerCase()}@example.com`,
    is_bot: false,
    color,
    tz: 'Etc/UTC',
  };
}

const BOT: SlackUser = {
  id: 'U0MEDIC',
  name: 'medic',
  real_name: 'Medic',
  title: 'Heals infrastructure',
  is_bot: true,
  color: 'd72b3f',
  tz: 'Etc/UTC',
};

const PEOPLE: SlackUser[] = [
  person('U0ALICE', 'Alice', 'On-call SRE, may approve', '2b6cb0'),
  person('U0BOB', 'Bob', 'SRE, operator', '2f855a'),
  person('U0CAROL', 'Carol', 'SRE lead, may approve', '805ad5'),
  person('U0DAVE', 'Dave', 'Developer, may not approve', 'b7791f'),
];

function channel(id: string, name: string, topic: string): Channel {
  const members = [...PEOPLE.map((user) => user.id), BOT.id];
  return { id, name, topic, is_private: false, is_archived: false, members };
}

const CHANNELS: Channel[] = [
  channel('C0GENERAL', 'general', 'Everyone'),
  channel('C0INCIDENTS', 'incidents', 'What is broken, and what is being done about it'),
  channel('C0PAYMENTS', 'payments', 'The payments team'),
];

const USER_GROUPS: UserGroup[] = [
  { id: 'S0ONCALL', handle: 'oncall', name: 'On call', users: ['U0ALICE', 'U0CAROL'] },
];

/** A copy of the example workspace that may be changed freely. */
export function exampleSeed(): WorkspaceSeed {
  return structuredClone({
    team: { id: 'T0EXAMPLE', name: 'Example', domain: 'example' },
    app: { id: 'A0MEDIC', bot_id: 'B0MEDIC', bot_user: BOT.id },
    users: [...PEOPLE, BOT],
    channels: CHANNELS,
    userGroups: USER_GROUPS,
  });
}
