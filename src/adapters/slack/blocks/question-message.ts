import { type Chapter, last } from './chapter.ts';
import type { Message } from './service.ts';
import { section } from './text.ts';

/** A question and its answer. */
export function questionMessage(chapter: Chapter): Message {
  const told = last(chapter, 'asked');
  return { text: told?.kind ?? '', blocks: [section('–')] };
}
