import { type Chapter, last } from './chapter.ts';
import type { Message } from './service.ts';
import { section } from './text.ts';

/** A picture of the alert's metric. */
export function chartMessage(chapter: Chapter): Message {
  const told = last(chapter, 'charted');
  return { text: told?.kind ?? '', blocks: [section('–')] };
}
