import { editMessage, publicMessage } from '../messages.ts';
import type { Block, Channel, Message } from '../types.ts';
import { objects } from '../walk.ts';
import {
  type Answer,
  bot,
  type Call,
  channelArg,
  invalidArguments,
  json,
  type Methods,
  Refusal,
  required,
  text,
} from './call.ts';
import { streamedMessage } from './chat.ts';
import { contentArgs, needToWrite, postAsBot, refuseBlocks, threadArg } from './content.ts';

const MARKDOWN_CHARACTERS = 12_000;

function richLine(words: unknown): Block | undefined {
  if (typeof words !== 'string' || words === '') return undefined;
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: words }] }],
  };
}

/** A task update as the task card it becomes. */
function taskCard(chunk: Block): Block {
  const details = richLine(chunk.details);
  const output = richLine(chunk.output);
  return {
    type: 'task_card',
    block_id: `task-${String(chunk.id)}`,
    task_id: String(chunk.id),
    title: String(chunk.title),
    status: chunk.status,
    ...(details ? { details } : {}),
    ...(output ? { output } : {}),
    ...(Array.isArray(chunk.sources) ? { sources: chunk.sources } : {}),
  };
}

function appendMarkdown(blocks: Block[], words: string): Block[] {
  const last = blocks.at(-1);
  if (last?.type !== 'markdown') return [...blocks, { type: 'markdown', text: words }];
  return [...blocks.slice(0, -1), { ...last, text: `${String(last.text)}${words}` }];
}

function withTask(blocks: Block[], card: Block): Block[] {
  const known = blocks.findIndex((block) => block.task_id === card.task_id);
  return known < 0 ? [...blocks, card] : blocks.with(known, card);
}

/** The blocks with their plan changed; it stands before everything else. */
function withPlan(blocks: Block[], change: (plan: Block) => Block): Block[] {
  const [plan] = blocks.filter((block) => block.type === 'plan');
  const changed = change(plan ?? { type: 'plan', block_id: 'plan', title: 'Working' });
  return plan ? blocks.map((block) => (block === plan ? changed : block)) : [changed, ...blocks];
}

type DisplayMode = Message['task_display_mode'];

/** The blocks of a streamed message after one more chunk. `plan` gathers the tasks in one block. */
function withChunk(blocks: Block[], chunk: Block, mode: DisplayMode): Block[] {
  switch (chunk.type) {
    case 'markdown_text':
      return appendMarkdown(blocks, String(chunk.text ?? ''));
    case 'task_update': {
      const { block_id: _own, ...task } = taskCard(chunk);
      if (mode !== 'plan') return withTask(blocks, taskCard(chunk));
      return withPlan(blocks, (plan) => ({ ...plan, tasks: withTask(objects(plan.tasks), task as Block) }));
    }
    case 'plan_update':
      return withPlan(blocks, (plan) => ({ ...plan, title: String(chunk.title ?? '') }));
    case 'blocks':
      return [...blocks, ...objects(chunk.blocks)];
    default:
      throw new Refusal('invalid_chunks');
  }
}

function chunksArg(call: Call): Block[] {
  const markdown = text(call.args, 'markdown_text');
  const chunks = json(call.args, 'chunks', 'invalid_chunks');
  if (chunks !== undefined && !Array.isArray(chunks)) throw new Refusal('invalid_chunks');
  const list = [
    ...(markdown !== undefined ? [{ type: 'markdown_text', text: markdown }] : []),
    ...objects(chunks),
  ];
  for (const chunk of list) {
    if (chunk.type === 'blocks') refuseBlocks(call.platform, chunk.blocks);
    if (String(chunk.text ?? '').length > MARKDOWN_CHARACTERS) throw new Refusal('msg_too_long');
  }
  return list;
}

function written(call: Call, blocks: Block[]): { text: string; blocks: Block[] } {
  refuseBlocks(call.platform, blocks);
  const words = blocks.filter((block) => block.type === 'markdown').map((block) => String(block.text));
  return { text: words.join('\n'), blocks };
}

/** Blocks after all chunks of a call. */
function grown(blocks: Block[], call: Call, mode: DisplayMode): Block[] {
  return chunksArg(call).reduce((before, chunk) => withChunk(before, chunk, mode), blocks);
}

function start(call: Call): Answer {
  const channel = channelArg(call);
  needToWrite(call, channel);
  const thread_ts = threadArg(call, channel);
  if (thread_ts === undefined) throw invalidArguments('missing required field: thread_ts');
  if (!channel.is_im && text(call.args, 'recipient_user_id') === undefined) {
    throw new Refusal('missing_recipient_user_id');
  }
  if (!channel.is_im && text(call.args, 'recipient_team_id') === undefined) {
    throw new Refusal('missing_recipient_team_id');
  }
  const mode = text(call.args, 'task_display_mode') ?? 'timeline';
  if (mode !== 'timeline' && mode !== 'plan') throw invalidArguments('task_display_mode: timeline or plan');
  const first = written(call, grown([], call, mode));
  const message = postAsBot(call, channel, {
    ...first,
    thread_ts,
    streaming_state: 'in_progress',
    task_display_mode: mode,
  });
  return { ok: true, channel: channel.id, ts: message.ts };
}

function grow(call: Call, channel: Channel, message: Message, extra: Block[]): void {
  const blocks = grown(message.blocks ?? [], call, message.task_display_mode);
  editMessage(call.platform, channel, message, { ...written(call, [...blocks, ...extra]), mark: false });
}

function append(call: Call): Answer {
  const channel = channelArg(call);
  required(call.args, 'ts');
  const message = streamedMessage(call, channel);
  grow(call, channel, message, []);
  return { ok: true, channel: channel.id, ts: message.ts };
}

function stop(call: Call): Answer {
  const channel = channelArg(call);
  const message = streamedMessage(call, channel);
  const { blocks, metadata } = contentArgs(
    call.platform,
    { ...call.args, markdown_text: undefined, text: undefined },
    { text: 0 },
  );
  grow(call, channel, message, blocks ?? []);
  editMessage(call.platform, channel, message, {
    streaming_state: 'completed',
    mark: false,
    ...(metadata ? { metadata } : {}),
  });
  const shown = publicMessage(message, { metadata: true });
  return { ok: true, channel: channel.id, ts: message.ts, message: shown };
}

export const streamMethods: Methods = {
  'chat.startStream': bot(2, ['chat:write'], start),
  'chat.appendStream': bot(4, ['chat:write'], append),
  'chat.stopStream': bot(2, ['chat:write'], stop),
};
