import type { ModalView } from '@slack/types';
import { type Carried, modal, paragraph, textInput } from './parts.ts';
import { LONGEST } from './rejection.ts';

export const WRONG = 'diagnosis:wrong';
/** Block and action id of the box. */
export const REALLY = 'really';

/** Asks what it really was, before a diagnosis is called wrong. */
export function wrongView(carries: Carried): ModalView {
  return modal({
    callback: WRONG,
    carries,
    title: 'Wrong diagnosis',
    submit: 'Say it was wrong',
    close: 'Back',
    blocks: [
      textInput({
        id: REALLY,
        label: 'What was it really?',
        hint: 'If you know. It stands in the thread and in the record, and the next diagnosis is measured by it.',
        optional: true,
        lines: 'many',
        max: LONGEST,
        focus: true,
      }),
      paragraph('A plan of Medic’s that still waits is put on hold. Nothing is undone.'),
    ],
  });
}
