import { SEVERITY } from '../card/status.ts';
import type { Message } from '../service.ts';
import { context, section, sentence, words } from '../text.ts';
import { last, type ThreadSection } from './thread-section.ts';

/** Something new was heard of what had come to rest: why it is looked into once more, and what becomes of the plan that comes of it. */
export function lookedAnewMessage(chapter: ThreadSection): Message {
  const told = last(chapter, 'looked-anew');
  const name = words(told?.alert.name ?? '', 100);
  const severity = SEVERITY[told?.alert.severity ?? 'critical'].word;
  const what = told?.why === 'more-severe' ? 'is more severe than what came before' : 'is new here';
  const asks = sentence(told?.asks ?? '', 300);
  const text = `Looking again: ${name} (${severity}) ${what}`;
  return {
    text,
    blocks: [
      section(`:mag: *Looking again:* ${name} (${severity}) ${what}`),
      ...context(asks === '' ? '' : `The next fix asks before it runs, because ${asks}.`),
    ],
  };
}
