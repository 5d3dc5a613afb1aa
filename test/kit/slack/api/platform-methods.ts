import { randomBytes } from 'node:crypto';
import { announce, findMessage } from '../state.ts';
import { blockProblems, viewProblems } from '../validate.ts';
import {
  type Answer,
  bot,
  type Call,
  channelArg,
  invalidArguments,
  json,
  type Methods,
  messageArg,
  needMember,
  Refusal,
  required,
} from './call.ts';

function authTest(call: Call): Answer {
  const { team, app, users } = call.platform.workspace;
  return {
    ok: true,
    url: `${call.platform.url}/`,
    team: team.name,
    user: users.get(app.bot_user)?.name,
    team_id: team.id,
    user_id: app.bot_user,
    bot_id: app.bot_id,
    is_enterprise_install: false,
  };
}

function openConnection(call: Call): Answer {
  const ticket = randomBytes(16).toString('hex');
  call.platform.socketTickets.add(ticket);
  const address = call.platform.url.replace(/^http/, 'ws');
  return { ok: true, url: `${address}/link/?ticket=${ticket}&app_id=${call.platform.workspace.app.id}` };
}

function apiTest(call: Call): Answer {
  const error = call.args.error;
  if (typeof error === 'string') throw new Refusal(error, { args: call.args });
  return { ok: true, args: call.args };
}

const MOST_LOADING_MESSAGES = 10;

function setStatus(call: Call): Answer {
  const { workspace } = call.platform;
  const channel = channelArg(call, 'channel_id');
  needMember(call, channel);
  const thread = findMessage(workspace, channel.id, required(call.args, 'thread_ts'));
  if (!thread) throw new Refusal('invalid_thread_ts');
  const status = call.args.status;
  if (typeof status !== 'string') throw invalidArguments('missing required field: status');
  const rotating = json(call.args, 'loading_messages', 'invalid_arguments');
  if (Array.isArray(rotating) && rotating.length > MOST_LOADING_MESSAGES) {
    throw invalidArguments(
      `no more than ${MOST_LOADING_MESSAGES} items allowed [json-pointer:/loading_messages]`,
    );
  }
  const key = `${channel.id}:${thread.ts}`;
  const show = (words: string) => {
    workspace.statuses.set(key, words);
    announce(workspace, { type: 'status', channel: channel.id, thread_ts: thread.ts, status: words });
  };
  show(status);
  // Slack takes a status away by itself when nothing follows it.
  setTimeout(
    () => workspace.statuses.get(key) === status && show(''),
    call.platform.limits.statusLifeMs,
  ).unref();
  return { ok: true };
}

function validate(call: Call): Answer {
  const given = ['blocks', 'message', 'view'].filter((name) => call.args[name] !== undefined);
  const [name] = given;
  if (!name || given.length > 1) throw invalidArguments('give exactly one of `blocks`, `message`, `view`');
  const value = json(call.args, name, 'invalid_json');
  const errors =
    name === 'view'
      ? viewProblems(value, '')
      : blockProblems(
          name === 'blocks' ? value : (value as { blocks?: unknown }).blocks,
          name === 'blocks' ? '' : '/blocks',
        );
  if (errors.length > 0) throw new Refusal(`invalid_${name}`, { errors });
  return { ok: true };
}

function pin(call: Call): Answer {
  const channel = channelArg(call);
  needMember(call, channel);
  messageArg(call, channel, 'timestamp');
  return { ok: true };
}

function bookmark(call: Call): Answer {
  const channel = channelArg(call, 'channel_id');
  needMember(call, channel);
  return {
    ok: true,
    bookmark: {
      id: `Bk${randomBytes(4).toString('hex').toUpperCase()}`,
      channel_id: channel.id,
      title: required(call.args, 'title'),
      type: required(call.args, 'type'),
      link: call.args.link ?? null,
    },
  };
}

export const platformMethods: Methods = {
  'api.test': { scopes: [], token: 'any', tier: 4, run: apiTest },
  'auth.test': bot(4, [], authTest),
  'apps.connections.open': { scopes: [], token: 'app', tier: 2, run: openConnection },
  'assistant.threads.setStatus': bot(4, ['chat:write'], setStatus),
  'blocks.validate': bot(4, [], validate),
  'pins.add': bot(2, ['pins:write'], pin),
  'pins.remove': bot(2, ['pins:write'], pin),
  'bookmarks.add': bot(2, ['bookmarks:write'], bookmark),
};
