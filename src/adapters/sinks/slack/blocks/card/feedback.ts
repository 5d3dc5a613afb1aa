import type { KnownBlock } from '@slack/types';

/** What the feedback buttons carry. */
export interface JudgeValue {
  readonly i: string;
  readonly v: 'right' | 'wrong';
  /** The round whose diagnosis stands above them: the thread may hold one of each. */
  readonly r: number;
}

const carry = (value: JudgeValue) => JSON.stringify(value);

/** Asks whether a diagnosis is right, with the buttons that Slack has for it. */
export function feedback(incident: string, round: number): KnownBlock {
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'diagnosis:judge',
        positive_button: {
          text: { type: 'plain_text', text: 'Right' },
          accessibility_label: 'The diagnosis is right',
          value: carry({ i: incident, v: 'right', r: round }),
        },
        negative_button: {
          text: { type: 'plain_text', text: 'Wrong' },
          accessibility_label: 'The diagnosis is wrong',
          value: carry({ i: incident, v: 'wrong', r: round }),
        },
      },
    ],
  };
}

/** The same question in a menu that every Slack knows. */
export function classicFeedback(incident: string, round: number): KnownBlock {
  const option = (a: 'right' | 'wrong', text: string) => ({
    text: { type: 'plain_text' as const, text },
    value: JSON.stringify({ a, i: incident, p: null, r: round }),
  });
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: 'Is the diagnosis right?', verbatim: true },
    accessory: {
      type: 'overflow',
      action_id: 'plan:more',
      options: [option('right', 'It is right'), option('wrong', 'It is wrong')],
    },
  };
}
