import type { EventEmitter } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '../kit/slack/types.ts';
import type { Moment } from './world/act.ts';
import type { Stage } from './world/stage.ts';

/** What the run itself sees happen. */
export type Moments = EventEmitter<{ answer: [] }>;

/** How long a moment is waited for; a plug that never finds its moment is pulled all the same. */
const PATIENCE = 6_000;
const LOOK_EVERY = 4;

/** Waits for the next time that this happens, so that what follows it is interrupted at its worst. */
export async function comes(
  { slack, dir }: Pick<Stage, 'slack' | 'dir'>,
  moment: Moment,
  moments: Moments,
): Promise<void> {
  if (moment === 'now') return;
  const over = new AbortController();
  const happened = new Promise<void>((resolve) => {
    over.signal.addEventListener('abort', () => resolve());
    if (moment === 'answer') moments.once('answer', resolve);
    if (moment === 'message') {
      const look = (change: Change) => {
        if (change.type !== 'message' || change.message.metadata === undefined) return;
        slack.state.changes.off('change', look);
        resolve();
      };
      slack.state.changes.on('change', look);
      over.signal.addEventListener('abort', () => slack.state.changes.off('change', look));
    }
    if (moment === 'run') void grows(join(dir, 'ran.log'), over.signal).then(resolve);
  });
  const tooLong = setTimeout(() => over.abort(), PATIENCE);
  await happened;
  clearTimeout(tooLong);
  over.abort();
}

async function grows(file: string, over: AbortSignal): Promise<void> {
  const size = () => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const before = size();
  while (!over.aborted && size() <= before) await delay(LOOK_EVERY);
}
