import type { AttemptResult, TaskLine } from '../../../execution/attempt.ts';
import { all, type Chapter, last } from './chapter.ts';
import type { Message } from './service.ts';
import { RESULT, TASK } from './status.ts';
import { code, context, counted, mention, section, sections, span, time, words } from './text.ts';

const SHOWN = 20;

/** One run of a fix or of its undoing: its tasks as they happen, and how it ended. */
export function attemptMessage(chapter: Chapter): Message {
  const started = last(chapter, 'started');
  const ended = last(chapter, 'ended');
  const what = started?.attempt.purpose === 'rollback' ? 'Undoing the fix' : 'Running the fix';
  const tasks = latest(all(chapter, 'task').map((told) => told.line));
  const hidden = tasks.length - SHOWN;
  const stops = all(chapter, 'stop-asked').map(
    (told) => `:octagonal_sign: ${time(told.at)} ${mention(told.by)} asked to stop it`,
  );
  const took = started && ended ? ` after ${span(ended.at - started.at)}` : '';
  return {
    text: ended ? `${what}: ${RESULT[ended.result.kind].word}${took}` : what,
    blocks: [
      section(`:wrench: *${what}*${started ? ` since ${time(started.at)}` : ''}`),
      ...sections([
        ...(hidden > 0 ? [`_… ${counted(hidden, 'earlier task')}_`] : []),
        ...tasks.slice(-SHOWN).map(taskLine),
        ...stops,
      ]),
      ...(ended
        ? [
            section(
              `${RESULT[ended.result.kind].emoji} *${RESULT[ended.result.kind].word}${took}*${said(ended.result)}`,
            ),
          ]
        : []),
      ...context(started ? `Attempt ${code(started.attempt.id, 80)}` : ''),
    ],
  };
}

/** A task that starts and ends is one line: the same name again replaces the line that still ran. */
function latest(lines: readonly TaskLine[]): TaskLine[] {
  const tasks: TaskLine[] = [];
  for (const line of lines) {
    const running = tasks.findLastIndex((task) => task.name === line.name && task.status === 'running');
    if (running >= 0) tasks[running] = line;
    else tasks.push(line);
  }
  return tasks;
}

function taskLine({ name, status, detail }: TaskLine): string {
  const remark = words(detail ?? '', 250);
  return `${TASK[status].emoji} ${words(name, 150)} · ${TASK[status].word}${remark === '' ? '' : `: ${remark}`}`;
}

function said(result: AttemptResult): string {
  const text = words(result.kind === 'succeeded' ? result.summary : result.reason, 800);
  const exit = result.kind === 'failed' && result.exitCode !== null ? ` (exit code ${result.exitCode})` : '';
  return `${exit}${text === '' ? '' : `: ${text}`}`;
}
