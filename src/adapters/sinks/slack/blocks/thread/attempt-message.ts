import type { KnownBlock } from '@slack/types';
import type { AttemptResult, Comparison } from '../../../../../execution/attempt.ts';
import { say, type Text } from '../../../../../lib/text/text.ts';
import { RESULT } from '../card/status.ts';
import { readable } from '../plain.ts';
import type { Message } from '../service.ts';
import { code, context, mention, section, sections, sentence, span, time, words } from '../text.ts';
import { latestTasks, taskLines, taskPlan } from './story/tasks.ts';
import { all, last, type ThreadSection } from './thread-section.ts';

/** One run of a fix or of its undoing: its tasks as they happen, and how it ended. */
export function attemptMessage(chapter: ThreadSection): Message {
  const started = last(chapter, 'started');
  const ended = last(chapter, 'ended');
  const what = started?.attempt.purpose === 'rollback' ? 'Undoing the fix' : 'Running the fix';
  const tasks = latestTasks(
    all(chapter, 'task').map((told) => told.line),
    ended !== null,
  );
  const took = started && ended ? ` after ${span(ended.at - started.at)}` : '';
  const head = section(`:wrench: *${what}*${started ? ` since ${time(started.at)}` : ''}`);
  const rest = [
    ...sections(
      all(chapter, 'stop-asked').map(
        (told) => `:octagonal_sign: ${time(told.at)} ${mention(told.by)} asked to stop it`,
      ),
    ),
    ...(ended ? [outcome(ended.result, took), ...comparison(ended.result.compared)] : []),
    ...context(started ? `Attempt ${code(started.attempt.id, 80)}` : ''),
  ];
  const unlike = ended?.result.compared?.kind === 'differs' ? ', but it is not as before the fix' : '';
  const message = { text: ended ? `${what}: ${RESULT[ended.result.kind].word}${took}${unlike}` : what };
  if (tasks.length === 0) return { ...message, blocks: [head, ...rest] };
  return {
    ...message,
    blocks: [head, ...taskPlan(ended ? 'Its steps' : 'Its steps, as they happen', tasks), ...rest],
    classic: [head, ...taskLines(tasks), ...rest],
  };
}

function outcome(result: AttemptResult, took: string): KnownBlock {
  const { emoji, word } = RESULT[result.kind];
  return section(`${emoji} *${word}${took}*${said(result)}`);
}

/** Whether what stands there after an undoing is what the fix had found: another matter than how its command ended. */
function comparison(compared: Comparison | undefined): readonly KnownBlock[] {
  switch (compared?.kind) {
    case undefined:
      return [];
    case 'as-before':
      return sections([`:white_check_mark: *As before the fix:* ${words(compared.words, 300)}`]);
    case 'differs':
      return sections([
        `:x: *Not as before the fix*${compared.was === compared.now ? '' : `: it was ${words(compared.was, 300)}; it is ${words(compared.now, 300)} now`}`,
        ...compared.lines.map((line) => `• ${words(line, 300)}`),
      ]);
    case 'unknown':
      return sections([`:question: *Not compared with what was there before:* ${words(compared.why, 300)}`]);
    default:
      return compared satisfies never;
  }
}

/** Who stopped it is Medic's own word; all else may be the words of a command. */
function wordOf(result: AttemptResult): Text {
  if (result.kind === 'stopped') return result.reason;
  return say`${result.kind === 'succeeded' ? result.summary : result.reason}`;
}

function said(result: AttemptResult): string {
  const text = sentence(wordOf(result), 800, readable);
  const exit = result.kind === 'failed' && result.exitCode !== null ? ` (exit code ${result.exitCode})` : '';
  return `${exit}${text === '' ? '' : `: ${text}`}`;
}
