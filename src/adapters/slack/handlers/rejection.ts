import { performance } from 'node:perf_hooks';
import type { App, BlockButtonAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { type ButtonValue, readValue } from '../blocks/buttons.ts';
import { failureOf } from '../failure.ts';
import { asked, type HandlerParts, SOON, tell } from './answer.ts';

const CALLBACK = 'plan-reject';
const BLOCK = 'reason';

/** Asks why, before a plan is rejected. The trigger lives for three seconds only, so this comes before everything else. */
export async function openRejection(
  parts: HandlerParts,
  body: BlockButtonAction,
  value: ButtonValue,
): Promise<void> {
  const channel = body.channel?.id ?? '';
  try {
    await parts.client.views.open({ trigger_id: body.trigger_id, view: rejectionView(value, channel) });
  } catch (err) {
    parts.log.warn({ err, failure: failureOf(err) }, 'the dialog for a rejection did not open');
    await tell(
      parts,
      { channel },
      body.user.id,
      ':warning: Slack did not open the dialog. Press Reject once more.',
    );
  }
}

function rejectionView(value: ButtonValue, channel: string): ModalView {
  return {
    type: 'modal',
    callback_id: CALLBACK,
    private_metadata: JSON.stringify({ ...value, c: channel }),
    title: { type: 'plain_text', text: 'Reject this fix' },
    submit: { type: 'plain_text', text: 'Reject' },
    close: { type: 'plain_text', text: 'Back' },
    blocks: [
      {
        type: 'input',
        block_id: BLOCK,
        optional: true,
        label: { type: 'plain_text', text: 'Why?' },
        hint: {
          type: 'plain_text',
          text: 'It stands in the thread and in the record, and a person is called.',
        },
        element: {
          type: 'plain_text_input',
          action_id: BLOCK,
          multiline: true,
          max_length: 500,
          focus_on_load: true,
        },
      },
    ],
  };
}

/** The dialog was sent: the plan is rejected with its reason. What fails is said in the dialog, where it can be sent again. It is acknowledged, and so closes, only when that is recorded. */
export function handleRejections(app: App, parts: HandlerParts): void {
  app.view(CALLBACK, async ({ view, body, ack }) => {
    const value = readValue(view.private_metadata);
    if (value === null) return ack({ response_action: 'clear' });
    const reason = view.state.values[BLOCK]?.[BLOCK]?.value?.trim() || null;
    const wish = asked(parts, { id: body.user.id, name: body.user.name }, '“Reject”', ({ person }) =>
      parts.desk.act({
        incident: value.i,
        action: 'reject',
        plan: value.p,
        by: person,
        reason,
        once: `slack-view-${body.user.id}-${view.id}-${view.hash}`,
      }),
    );
    const began = performance.now();
    const answer = await wish;
    const errors = { [BLOCK]: 'Not recorded: Medic could not store it. Try again.' };
    await (answer.failed ? ack({ response_action: 'errors', errors }) : ack());
    // A dialog that waited too long shows Slack's own words, and perhaps is gone.
    if (!answer.failed || performance.now() - began > SOON)
      await tell(parts, { channel: channelOf(view.private_metadata) }, body.user.id, answer.text);
  });
}

function channelOf(metadata: string): string {
  const read: unknown = JSON.parse(metadata);
  return typeof read === 'object' && read !== null && 'c' in read ? String(read.c) : '';
}
