import { type Chapter, last } from './chapter.ts';
import type { Message } from './service.ts';
import { section } from './text.ts';

/** What people made of the diagnosis. */
export function judgedMessage(chapter: Chapter): Message {
  const told = last(chapter, 'judged');
  return { text: told?.judgement.verdict ?? '', blocks: [section('–')] };
}

/** A plan waits for people, and its time runs. */
export function reminderMessage(chapter: Chapter): Message {
  const told = last(chapter, 'reminded');
  return { text: told?.plan ?? '', blocks: [section('–')] };
}
