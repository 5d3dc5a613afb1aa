import type { InputBlock, KnownBlock, ModalView, PlainTextElement } from '@slack/types';
import { z } from 'zod';
import { clip, LIMITS } from '../limits.ts';
import { mrkdwn, oneLine } from '../text.ts';

/** Slack's limits for dialogs, in UTF-16 units. */
export const MODAL = {
  title: 24,
  button: 24,
  hint: 2000,
  option: 75,
  optionValue: 150,
  options: 100,
  input: 3000,
  blocks: 100,
} as const;

/** Where a dialog was opened: what comes of it is told there. */
export const Whereabouts = z.object({ c: z.string().default(''), t: z.string().optional() });
export type Whereabouts = z.infer<typeof Whereabouts>;

/** What a dialog about an incident carries: ids and nothing else. */
export const Carried = Whereabouts.extend({
  /** The incident. */
  i: z.string(),
  /** The plan that stood there. */
  p: z.string().nullable().default(null),
  /** Mark of the dry run that stood beside the button. */
  d: z.string().nullable().optional(),
  /** The playbook whose fields the dialog shows. */
  b: z.string().optional(),
  /** The round of the diagnosis that is judged. */
  r: z.int().optional(),
  /** Whether the plan was put on hold for the sake of the dialog. */
  h: z.boolean().optional(),
});
export type Carried = z.infer<typeof Carried>;

/** Reads what a dialog carries; null when it is none of ours. */
export function readMetadata<Schema extends z.ZodType>(
  schema: Schema,
  metadata: string,
): z.infer<Schema> | null {
  try {
    const read = schema.safeParse(JSON.parse(metadata));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Plain words of one line; never empty, which Slack refuses. */
export function plain(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: clip(oneLine(text), max) || '–' };
}

/** A dialog. Without `submit` it can only be read and closed. */
export function modal(view: {
  readonly callback: string;
  readonly carries: Whereabouts | Carried;
  readonly title: string;
  readonly submit?: string;
  readonly close?: string;
  readonly blocks: readonly KnownBlock[];
}): ModalView {
  return {
    type: 'modal',
    callback_id: view.callback,
    private_metadata: JSON.stringify(view.carries),
    title: plain(view.title, MODAL.title),
    ...(view.submit === undefined ? {} : { submit: plain(view.submit, MODAL.button) }),
    close: plain(view.close ?? 'Close', MODAL.button),
    blocks: view.blocks.slice(0, MODAL.blocks),
  };
}

/** A paragraph of Medic's own words. */
export function paragraph(text: string, id?: string): KnownBlock {
  return {
    type: 'section',
    ...(id === undefined ? {} : { block_id: id }),
    text: mrkdwn(clip(text, LIMITS.section) || '–'),
  };
}

/** A box to write into, with a label that a screen reader says. */
export function textInput(input: {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly optional: boolean;
  readonly lines: 'one' | 'many';
  readonly max: number;
  readonly value?: string;
  readonly focus?: boolean;
}): InputBlock {
  const { id, value = '' } = input;
  return {
    type: 'input',
    block_id: id,
    optional: input.optional,
    label: plain(input.label, MODAL.option),
    hint: plain(input.hint, MODAL.hint),
    element: {
      type: 'plain_text_input',
      action_id: id,
      multiline: input.lines === 'many',
      max_length: input.max,
      ...(value === '' ? {} : { initial_value: clip(value, input.max) }),
      ...(input.focus ? { focus_on_load: true } : {}),
    },
  };
}

const WAITING = 'A moment: Medic is looking it up …';

/** Stands there while the desk takes longer than a moment. */
export function loadingView(title: string): ModalView {
  return modal({ callback: 'loading', carries: { c: '' }, title, blocks: [paragraph(WAITING)] });
}

/** Says something and can be closed. @param text mrkdwn */
export function noticeView(title: string, text: string): ModalView {
  return modal({ callback: 'notice', carries: { c: '' }, title, blocks: [paragraph(text, NOTICE)] });
}

const NOTICE = 'notice';

/** A dialog as Slack gives it back when it was sent. */
export interface SentView {
  readonly callback_id?: string;
  readonly private_metadata?: string;
  readonly title: PlainTextElement;
  readonly submit?: PlainTextElement | null;
  readonly close?: PlainTextElement | null;
  readonly blocks: readonly (KnownBlock | { readonly type: string; readonly block_id?: string })[];
}

/** The same dialog with a word on top: what was typed stays, since every field keeps its id. @param text mrkdwn */
export function withNotice(view: SentView, text: string): ModalView {
  const others = view.blocks.filter(({ block_id }) => block_id !== NOTICE) as KnownBlock[];
  return {
    type: 'modal',
    callback_id: view.callback_id ?? '',
    private_metadata: view.private_metadata ?? '',
    title: view.title,
    ...(view.submit ? { submit: view.submit } : {}),
    ...(view.close ? { close: view.close } : {}),
    blocks: [paragraph(`:warning: ${text}`, NOTICE), ...others].slice(0, MODAL.blocks),
  };
}
