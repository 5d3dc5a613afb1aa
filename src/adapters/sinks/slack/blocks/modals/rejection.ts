import type { ModalView } from '@slack/types';
import { type Carried, modal, textInput } from './parts.ts';

const REJECT = 'plan:reject';
/** Block and action id of the box. */
export const REASON = 'reason';
/** Longest word of a person that is kept. */
export const LONGEST = 500;

/** Asks why, before a plan is rejected. */
export function rejectionView(carries: Carried): ModalView {
  return modal({
    callback: REJECT,
    carries,
    title: 'Reject this fix',
    submit: 'Reject',
    close: 'Back',
    blocks: [
      textInput({
        id: REASON,
        label: 'Why?',
        hint: 'It stands in the thread and in the record, and a person is called.',
        optional: true,
        lines: 'many',
        max: LONGEST,
        focus: true,
      }),
    ],
  });
}
