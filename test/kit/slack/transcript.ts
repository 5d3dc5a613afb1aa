import { matches, type Wanted } from './person.ts';
import type { Platform } from './platform.ts';
import type { Names } from './render-rich-text.ts';
import { renderText } from './render-text.ts';
import { findChannel, messagesOf } from './state.ts';
import type { Message } from './types.ts';
import { threadMessages } from './ui.ts';
import { waitFor } from './wait.ts';

/** What tests read: messages to wait for, and channels as text. */
interface Transcript {
  until<Found>(look: () => Found | undefined | false | null, what: string, ms?: number): Promise<Found>;
  message(channel: string, wanted: Wanted, ms?: number): Promise<Message>;
  thread(channel: string, ts: string): Message[];
  print(channel: string, threadTs?: string): string;
  textOf(message: Message): string;
}

const PATIENCE_MS = 5000;

function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}

/** Reads a running workspace as text. */
export function newTranscript(platform: Platform): Transcript {
  const { workspace } = platform;
  const names: Names = (id) =>
    workspace.users.get(id)?.real_name ??
    workspace.channels.get(id)?.name ??
    workspace.userGroups.get(id)?.handle;
  const textOf = (message: Message) => renderText(message, names);
  const channelId = (idOrName: string) => findChannel(workspace, idOrName)?.id ?? idOrName;

  function line(message: Message): string {
    const time = new Date(Number(message.ts) * 1000).toISOString().slice(11, 19);
    const reply = message.thread_ts && message.thread_ts !== message.ts ? '    ' : '';
    const onlyTo = message.ephemeral_to
      ? ` (only to ${names(message.ephemeral_to) ?? message.ephemeral_to})`
      : '';
    const edited = message.edited ? ' (edited)' : '';
    const head = `${reply}${time} ${names(message.user) ?? message.user}${onlyTo}${edited}: `;
    return `${head}${indented(textOf(message), `${reply}  `)}`;
  }

  function print(channel: string, threadTs?: string): string {
    const id = channelId(channel);
    const all = messagesOf(workspace, id);
    const shown =
      threadTs === undefined ? all : all.filter((m) => m.ts === threadTs || m.thread_ts === threadTs);
    // Each reply follows its parent, as a reader unfolding the threads would see it.
    const order = (message: Message) => `${message.thread_ts ?? message.ts}/${message.ts}`;
    const lines = shown.toSorted((a, b) => order(a).localeCompare(order(b))).map(line);
    return [`#${names(id) ?? id}`, ...(lines.length > 0 ? lines : ['(nothing was said)'])].join('\n');
  }

  return {
    textOf,
    print,
    thread: (channel, ts) => threadMessages(platform, channelId(channel), ts, null),
    message: (channel, wanted, ms = PATIENCE_MS) =>
      waitFor(
        workspace,
        () => messagesOf(workspace, channelId(channel)).find((m) => !m.ephemeral_to && matches(wanted, m)),
        { what: `message that matches ${String(wanted)}`, ms, scene: () => print(channel) },
      ),
    until: (look, what, ms = PATIENCE_MS) =>
      waitFor(workspace, look, {
        what,
        ms,
        scene: () => [...workspace.messages.keys()].map((id) => print(id)).join('\n\n'),
      }),
  };
}
