import { displayName } from './directory.js';

/** @import {Channel, Command, User} from './types.js' */

/** @typedef {{key: string, title: string, hint: string, detail: string, insert: string}} Suggestion */

/**
 * What the message box offers while a command or a mention is being typed: the piece of the text before the caret
 * that it would replace, and what with. Pure.
 * @param {string} before the text up to the caret
 * @param {{commands: Command[], users: User[], channels: Channel[]}} known
 * @returns {{start: number, list: Suggestion[]} | null}
 */
export function suggest(before, { commands, users, channels }) {
  const command = /^\/\S*$/.exec(before);
  if (command) {
    const list = commands
      .filter((each) => each.command.startsWith(before))
      .map((each) => ({
        key: each.command,
        title: each.command,
        hint: each.usage_hint ?? '',
        detail: each.description,
        insert: `${each.command} `,
      }));
    return list.length > 0 ? { start: 0, list } : null;
  }
  const mention = /(^|\s)([@#])([\w.-]*)$/.exec(before);
  if (!mention) return null;
  const [, lead = '', mark = '', typed = ''] = mention;
  const start = (mention.index ?? 0) + lead.length;
  const list = mark === '@' ? people(users, typed) : places(channels, typed);
  return list.length > 0 ? { start, list } : null;
}

/** @param {User[]} users @param {string} typed @returns {Suggestion[]} */
const people = (users, typed) =>
  users
    .filter((user) =>
      [user.name, displayName(user, user.id)].some((name) =>
        name.toLowerCase().includes(typed.toLowerCase()),
      ),
    )
    .map((user) => ({
      key: user.id,
      title: displayName(user, user.id),
      hint: '',
      detail: user.title ?? '',
      insert: `@${user.name} `,
    }));

/** @param {Channel[]} channels @param {string} typed @returns {Suggestion[]} */
const places = (channels, typed) =>
  channels
    .filter((channel) => channel.name.includes(typed.toLowerCase()))
    .map((channel) => ({
      key: channel.id,
      title: `#${channel.name}`,
      hint: '',
      detail: channel.topic,
      insert: `#${channel.name} `,
    }));

/**
 * Typed text with the names in it as ids; escaping it is the server's part.
 * @param {string} text
 * @param {{users: User[], channels: Channel[]}} known
 */
export function encodeText(text, { users, channels }) {
  return text
    .replace(/(^|[\s(])@([\w.-]*\w)/g, (whole, /** @type {string} */ lead, /** @type {string} */ name) => {
      const user = users.find((each) => each.name.toLowerCase() === name.toLowerCase());
      return user ? `${lead}<@${user.id}>` : whole;
    })
    .replace(/(^|[\s(])#([\w-]+)/g, (whole, /** @type {string} */ lead, /** @type {string} */ name) => {
      const channel = channels.find((each) => each.name === name);
      return channel ? `${lead}<#${channel.id}|${name}>` : whole;
    });
}
