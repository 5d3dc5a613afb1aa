import type { KnownBlock, PlanBlock, RichTextBlock, TaskCardBlock } from '@slack/types';
import type { TaskLine } from '../../../../../../execution/attempt.ts';
import { TASK } from '../../card/status.ts';
import { clip, LIMITS } from '../../limits.ts';
import { readable } from '../../plain.ts';
import { counted, oneLine, sections, words } from '../../text.ts';

/** More would be a wall on a phone, and too much for one message. */
const SHOWN = 12;

const STATES: Readonly<Record<Task['status'], TaskCardBlock['status']>> = {
  running: 'in_progress',
  ok: 'complete',
  changed: 'complete',
  skipped: 'complete',
  failed: 'error',
  unreachable: 'error',
  unfinished: 'error',
};

/** A task as it stands; one that still ran when the whole thing ended was never finished. */
export type Task = Omit<TaskLine, 'status'> & { readonly status: TaskLine['status'] | 'unfinished' };

/** A task that starts and ends is one line: the same name again replaces the line that still ran. */
export function latestTasks(lines: readonly TaskLine[], ended: boolean): readonly Task[] {
  const tasks: TaskLine[] = [];
  for (const line of lines) {
    const running = tasks.findLastIndex((task) => task.name === line.name && task.status === 'running');
    if (running >= 0) tasks[running] = line;
    else tasks.push(line);
  }
  return tasks.map((task) => (ended && task.status === 'running' ? { ...task, status: 'unfinished' } : task));
}

/** The tasks of an attempt as Slack draws a plan under way. Whatever is more than well is said in a word, too. */
export function taskPlan(title: string, tasks: readonly Task[]): KnownBlock[] {
  if (tasks.length === 0) return [];
  const hidden = tasks.length - SHOWN;
  const head = hidden > 0 ? `${title} (${counted(hidden, 'earlier task')} not shown)` : title;
  const block: PlanBlock = {
    type: 'plan',
    title: clip(head, LIMITS.taskTitle),
    tasks: tasks.slice(-SHOWN).map((task, index) => taskCard(task, Math.max(0, hidden) + index)),
  };
  return [block];
}

function taskCard({ name, status, detail }: Task, index: number): TaskCardBlock {
  const remark = clip(oneLine(readable(detail ?? '')), 120);
  const said = status === 'ok' ? '' : ` (${TASK[status].word})`;
  return {
    type: 'task_card',
    task_id: `task-${index + 1}`,
    title: `${clip(oneLine(readable(name)), 100) || 'unnamed task'}${said}`,
    status: STATES[status],
    ...(remark === '' ? {} : { output: plainly(remark) }),
  };
}

function plainly(text: string): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}

/** The same as lines, for a Slack that does not know plans. */
export function taskLines(tasks: readonly Task[]): KnownBlock[] {
  const hidden = tasks.length - SHOWN;
  return sections([
    ...(hidden > 0 ? [`_… ${counted(hidden, 'earlier task')}_`] : []),
    ...tasks.slice(-SHOWN).map(taskLine),
  ]);
}

function taskLine({ name, status, detail }: Task): string {
  const remark = words(readable(detail ?? ''), 250);
  return `${TASK[status].emoji} ${words(readable(name), 150)} · ${TASK[status].word}${remark === '' ? '' : `: ${remark}`}`;
}
