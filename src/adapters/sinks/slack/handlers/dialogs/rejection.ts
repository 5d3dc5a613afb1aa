import { performance } from 'node:perf_hooks';
import type { App, ViewSubmitAction } from '@slack/bolt';
import type { ButtonValue } from '../../blocks/card/buttons.ts';
import { enteredIn } from '../../blocks/modals/fields.ts';
import { Carried, readMetadata } from '../../blocks/modals/parts.ts';
import { REASON, rejectionView } from '../../blocks/modals/rejection.ts';
import { asked, type HandlerContext } from '../handler-context.ts';
import type { Interaction } from '../interaction.ts';
import { carriedBy, openDialog, openingOf, sentOnce } from './dialog.ts';
import { senderOf, settle } from './sent.ts';

/** Asks why, before a plan is rejected. */
export async function openRejection(
  parts: HandlerContext,
  press: Interaction,
  value: ButtonValue,
): Promise<void> {
  const view = rejectionView(carriedBy(press, value));
  await openDialog(parts, openingOf(press, 'Reject', 'Reject this fix'), Promise.resolve(view));
}

/**
 * The dialog was sent: the plan is rejected with its reason. It is acknowledged, and so closes, only when that is recorded;
 * what fails is said in the dialog, where it can be sent again. A dialog of an older Medic has another name.
 */
export function handleRejections(app: App, parts: HandlerContext): void {
  app.view<ViewSubmitAction>(/^plan[:-]reject$/, async ({ view, body, ack }) => {
    const carried = readMetadata(Carried, view.private_metadata);
    if (carried === null) return ack({ response_action: 'clear' });
    const began = performance.now();
    const answer = await asked(parts, senderOf(body, carried), '“Reject”', ({ person }) =>
      parts.desk.act({
        incident: carried.i,
        action: 'reject',
        plan: carried.p,
        by: person,
        reason: enteredIn(view.state.values, REASON),
        once: sentOnce(body.user.id, view),
      }),
    );
    await settle(parts, { view, ack, began, carried, user: body.user.id }, answer);
  });
}
