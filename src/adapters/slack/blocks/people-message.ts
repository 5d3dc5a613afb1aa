import { judgementLine } from './card-footer.ts';
import { all, type Chapter, last } from './chapter.ts';
import type { Message } from './service.ts';
import { capital, sections, time } from './text.ts';

/** What people made of the diagnosis, newest last. */
export function judgedMessage(chapter: Chapter): Message {
  const lines = all(chapter, 'judged').map(({ at, judgement }) => {
    const emoji = judgement.verdict === 'right' ? ':white_check_mark:' : ':x:';
    return `${time(at, 'clock')} ${emoji} ${capital(judgementLine(judgement))}`;
  });
  const newest = last(chapter, 'judged')?.judgement;
  return {
    text: newest ? capital(judgementLine(newest)) : 'What people made of the diagnosis',
    blocks: sections(lines.slice(-20)),
  };
}
