import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { clip } from '../limits.ts';
import { context, oneLine } from '../text.ts';
import { MODAL, modal, paragraph, plain, textInput, type Whereabouts } from './parts.ts';

export const DIAGNOSE = 'diagnose';
/** Block and action id of the menu of services. */
export const SERVICE = 'service';
/** Block and action id of the box. */
export const SEEN = 'seen';
/** Longest description that is taken. */
const LONGEST = 1_000;

/** Asks what to look at, and what was seen. */
export function diagnoseView(given: {
  readonly service: string | null;
  readonly seen: string;
  readonly carries: Whereabouts;
}): ModalView {
  const chosen = given.service === null ? undefined : serviceOptions([given.service])[0];
  return modal({
    callback: DIAGNOSE,
    carries: given.carries,
    title: 'Diagnose',
    submit: 'Find out',
    close: 'Back',
    blocks: [
      {
        type: 'input',
        block_id: SERVICE,
        optional: true,
        label: plain('Service', MODAL.option),
        hint: plain('Leave it empty if you do not know; then say below what you see.', MODAL.hint),
        element: {
          type: 'external_select',
          action_id: SERVICE,
          min_query_length: 0,
          placeholder: plain('Choose a service', MODAL.option),
          ...(chosen === undefined ? { focus_on_load: true } : { initial_option: chosen }),
        },
      },
      textInput({
        id: SEEN,
        label: 'What did you see?',
        hint: 'In your own words, e.g. “checkout answers slowly since noon”.',
        optional: true,
        lines: 'many',
        max: LONGEST,
        value: given.seen,
      }),
      paragraph(
        'Medic gathers evidence and says what it finds in an incident’s thread. What could be done about it goes through the same gates as always.',
      ),
    ],
  });
}

/** The choices of the menu, as many as Slack shows. */
export function serviceOptions(names: readonly string[]): PlainTextOption[] {
  return names
    .filter((name) => name !== '' && name.length <= MODAL.optionValue)
    .slice(0, MODAL.options)
    .map((name) => ({ text: plain(name, MODAL.option), value: name }));
}

/** How far a diagnosis is that was asked for in this dialog. @param text mrkdwn */
export function progressView(text: string, thread: string | null): ModalView {
  return modal({
    callback: DIAGNOSE,
    carries: { c: '' },
    title: 'Diagnose',
    blocks: [
      paragraph(text),
      ...(thread === null ? [] : [openButton(thread)]),
      ...context(
        thread === null
          ? 'You may close this: the answer comes to you with a link to its thread.'
          : 'You may close this: the thread tells everything.',
      ),
    ],
  });
}

function openButton(thread: string): KnownBlock {
  return {
    type: 'actions',
    block_id: 'open',
    elements: [
      {
        type: 'button',
        action_id: 'diagnose:open',
        text: plain('Open the thread', MODAL.option),
        url: thread,
      },
    ],
  };
}

/** The service that words name, as a whole word, whatever its case; the first one named. */
export function namedIn(text: string, services: readonly string[]): string | null {
  const found = text.toLowerCase().split(/[^\p{L}\p{N}_.-]+/u);
  const tidy = found.map((word) => word.replace(/^[.-]+|[.-]+$/g, ''));
  const byName = new Map(services.map((name) => [name.toLowerCase(), name]));
  return tidy.flatMap((word) => byName.get(word) ?? [])[0] ?? null;
}

interface SlackText {
  readonly text?: string;
  readonly attachments?: readonly {
    readonly title?: string;
    readonly text?: string;
    readonly fallback?: string;
  }[];
}

/** What a message says, as plain words: other apps often say it in attachments only. */
export function wordsOf({ text = '', attachments = [] }: SlackText): string {
  const attached = attachments.map((one) => [one.title, one.text ?? one.fallback].filter(Boolean).join(': '));
  const all = [text, ...attached].filter((part) => part.trim() !== '').map(unmarked);
  return clip(all.join('\n').trim(), LONGEST);
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

function unmarked(text: string): string {
  return text
    .replace(/<([^<>|]*)\|([^<>]*)>/g, '$2')
    .replace(/<([^<>]*)>/g, '$1')
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .split('\n')
    .map(oneLine)
    .join('\n');
}
