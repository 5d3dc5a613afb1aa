import { ActError } from './acts.ts';
import { archive, invite, kick } from './membership.ts';
import type { Command, Platform } from './platform.ts';

/** The commands that Slack has itself, as far as this one does. */
export const OWN_COMMANDS: Command[] = [
  { command: '/invite', description: 'Invite somebody to the channel', usage_hint: '@somebody' },
  { command: '/kick', description: 'Put somebody out of the channel', usage_hint: '@somebody' },
  { command: '/archive', description: 'Archive the channel', usage_hint: '' },
  { command: '/unarchive', description: 'Bring the channel back', usage_hint: '' },
];

const NAMED = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/;

/** Runs one of Slack's own commands; false when it is none of them. @throws ActError */
export function ownCommand(
  platform: Platform,
  by: string,
  channel: string,
  name: string,
  text: string,
): boolean {
  if (name === '/archive' || name === '/unarchive') {
    archive(platform, by, channel, name === '/archive');
    return true;
  }
  if (name !== '/invite' && name !== '/kick') return false;
  const words = text.trim();
  const [, id] = NAMED.exec(words) ?? [];
  const named = [...platform.workspace.users.values()].find(
    (user) => `@${user.name}` === words.toLowerCase(),
  );
  const who = id ?? named?.id;
  if (!who) throw new ActError(`${name} needs somebody: ${name} @name`);
  (name === '/invite' ? invite : kick)(platform, by, channel, who);
  return true;
}
