import { performance } from 'node:perf_hooks';
import type { ViewResponseAction, ViewSubmitAction } from '@slack/bolt';
import { type SentView, type Whereabouts, withNotice } from '../../blocks/modals/parts.ts';
import type { Acting } from '../../people.ts';
import { type Answer, type HandlerContext, SOON, tell } from '../handler-context.ts';
import { placeIn } from './dialog.ts';

/** A dialog that was sent, and what the person waits for. */
export interface Sent {
  readonly view: SentView;
  readonly ack: (answer?: ViewResponseAction) => Promise<void>;
  /** When it arrived, by `performance.now()`. */
  readonly began: number;
  readonly carried: Whereabouts;
  readonly user: string;
}

/** Who sent a dialog, and in which channel they had opened it. */
export function senderOf({ user }: ViewSubmitAction, { c }: Whereabouts): Acting {
  return { id: user.id, name: user.name, team: user.team_id, channel: c };
}

const NOT_RECORDED = 'Not recorded: Medic could not store it. Try again.';

/**
 * Ends a dialog with what became of the wish: it closes when it was done, and stays with the reason, and with all that was
 * typed, when it was not.
 * @param done what to say where the desk says nothing
 */
export async function settle(
  parts: HandlerContext,
  { view, ack, began, carried, user }: Sent,
  answer: Answer,
  done: string | null = null,
): Promise<void> {
  const refused = answer.reply?.refused === true;
  const box = view.blocks.find(({ type }) => type === 'input')?.block_id;
  // Under a box, Slack keeps the dialog as it was: sent again, it has the same name.
  if (answer.failed && box !== undefined)
    await ack({ response_action: 'errors', errors: { [box]: NOT_RECORDED } });
  else if (answer.failed || refused)
    await ack({ response_action: 'update', view: withNotice(view, answer.text ?? '') });
  else await ack();
  // A dialog that waited too long shows Slack's own words, and perhaps is gone.
  if (!(answer.failed || refused) || performance.now() - began > SOON)
    await tell(parts, placeIn(carried), user, answer.text ?? done);
}
