import type { ModalView } from '@slack/types';
import { type Carried, MODAL, modal, paragraph, plain } from './parts.ts';

export const HAND_OVER = 'plan:hand-over';
/** Block and action id of the picker. */
export const TO = 'to';

/** Asks who is to go on with it. Slack's own picker finds a person by name. */
export function handOverView(carries: Carried): ModalView {
  return modal({
    callback: HAND_OVER,
    carries,
    title: 'Hand over',
    submit: 'Ask them',
    close: 'Back',
    blocks: [
      {
        type: 'input',
        block_id: TO,
        label: plain('Who is to take over?', MODAL.option),
        element: {
          type: 'users_select',
          action_id: TO,
          placeholder: plain('Choose a person', MODAL.option),
          focus_on_load: true,
        },
      },
      paragraph(
        'They are mentioned in the thread. Whoever is on it stays so until they press *I’m on it*; if nobody is, others are still called.',
      ),
    ],
  });
}
