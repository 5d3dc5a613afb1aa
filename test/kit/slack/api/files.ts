import { performance } from 'node:perf_hooks';
import { nextId } from '../state.ts';
import type { SlackFile } from '../types.ts';
import { objects } from '../walk.ts';
import {
  type Answer,
  bot,
  type Call,
  channelArg,
  json,
  type Methods,
  Refusal,
  required,
  text,
} from './call.ts';
import { contentArgs, needToWrite, postAsBot, threadArg } from './content.ts';

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  svg: 'image/svg+xml',
  json: 'application/json',
  txt: 'text/plain',
  log: 'text/plain',
  diff: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
};

function getUploadUrl(call: Call): Answer {
  const { workspace, url } = call.platform;
  const name = required(call.args, 'filename');
  const size = Number(required(call.args, 'length'));
  if (!Number.isInteger(size) || size < 1) throw new Refusal('invalid_arguments');
  const id = nextId(workspace, 'F');
  const filetype = name.split('.').at(-1)?.toLowerCase() ?? '';
  const address = `${url}/files/${id}/${encodeURIComponent(name)}`;
  const alt = text(call.args, 'alt_txt') ?? text(call.args, 'alt_text');
  workspace.files.set(id, {
    id,
    name,
    title: name,
    mimetype: TYPES[filetype] ?? 'application/octet-stream',
    filetype,
    size,
    user: workspace.app.bot_user,
    created: Math.floor(Date.now() / 1000),
    ...(alt !== undefined ? { alt_txt: alt } : {}),
    url_private: address,
    url_private_download: address,
    permalink: address,
    content: null,
    shared: false,
  });
  return { ok: true, upload_url: `${url}/upload/${id}`, file_id: id };
}

function uploaded(call: Call, id: string, title: unknown): SlackFile {
  const file = call.platform.workspace.files.get(id);
  if (!file?.content || file.shared) throw new Refusal('file_not_found');
  file.shared = true;
  file.readyAt = performance.now() + call.platform.limits.fileProcessingMs;
  if (typeof title === 'string' && title !== '') file.title = title;
  const { content: _content, shared: _shared, readyAt: _readyAt, ...shown } = file;
  return shown;
}

function complete(call: Call): Answer {
  const wanted = objects(json(call.args, 'files', 'invalid_arguments'));
  if (wanted.length === 0) throw new Refusal('invalid_arguments');
  const shares = text(call.args, 'channel_id') !== undefined;
  const channel = shares ? channelArg(call, 'channel_id') : undefined;
  if (!channel) {
    return { ok: true, files: wanted.map((entry) => uploaded(call, String(entry.id), entry.title)) };
  }
  needToWrite(call, channel);
  const thread_ts = threadArg(call, channel);
  const { blocks } = contentArgs(call.platform, { blocks: call.args.blocks }, { text: 0 });
  const files = wanted.map((entry) => uploaded(call, String(entry.id), entry.title));
  postAsBot(call, channel, {
    text: text(call.args, 'initial_comment') ?? '',
    files,
    subtype: 'file_share',
    ...(blocks ? { blocks } : {}),
    ...(thread_ts !== undefined ? { thread_ts } : {}),
  });
  return { ok: true, files };
}

export const fileMethods: Methods = {
  'files.getUploadURLExternal': bot(4, ['files:write'], getUploadUrl),
  'files.completeUploadExternal': bot(4, ['files:write'], complete),
};
