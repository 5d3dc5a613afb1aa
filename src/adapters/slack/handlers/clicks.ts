import type { App, BlockButtonAction } from '@slack/bolt';
import type { PlanAction } from '../../../incident/event.ts';
import { type ButtonValue, readValue } from '../blocks/buttons.ts';
import { type Answer, asked, type HandlerParts, tell } from './answer.ts';
import { openRejection } from './rejection.ts';

const WORDS: Readonly<Record<PlanAction, string>> = {
  'run-now': 'Run now',
  cancel: 'Cancel',
  hold: 'Hold',
  resume: 'Resume',
  approve: 'Approve',
  reject: 'Reject',
  stop: 'Stop',
  escalate: 'Call a person',
};

/** The buttons of the card. Whatever the desk answers is shown to the person who clicked, and to nobody else. */
export function handleClicks(app: App, parts: HandlerParts): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: /^plan:/ },
    async ({ action, body, ack, respond }) => {
      const pressed = pressedBy(action.action_id, action.value);
      const channel = body.channel?.id ?? '';
      if (pressed === null) {
        parts.log.warn({ action: action.action_id }, 'a button is none of ours');
        await ack();
        return tell(
          parts,
          { channel },
          body.user.id,
          'This button is of an older Medic and does nothing any more.',
        );
      }
      if (pressed.action === 'reject') {
        await openRejection(parts, body, pressed.value);
        return ack();
      }
      const wish = asked(
        parts,
        { id: body.user.id, name: body.user.name },
        `“${WORDS[pressed.action]}”`,
        ({ person }) =>
          parts.desk.act({
            incident: pressed.value.i,
            action: pressed.action,
            plan: pressed.value.p,
            ...(pressed.value.d === undefined ? {} : { diff: pressed.value.d }),
            by: person,
            reason: null,
            once: `slack-action-${body.user.id}-${action.action_ts}`,
          }),
      );
      // Only what is recorded is acknowledged; Slack tells the person of a click that is not, and a second one changes nothing twice.
      const answer = await wish;
      await ack();
      await privately(answer, respond).catch((err: unknown) => {
        parts.log.debug({ err }, 'the response URL did not take the answer');
        return tell(parts, { channel }, body.user.id, answer.text);
      });
    },
  );
}

async function privately(
  { text }: Answer,
  respond: (message: {
    response_type: 'ephemeral';
    replace_original: false;
    text: string;
  }) => Promise<unknown>,
): Promise<void> {
  if (text !== null) await respond({ response_type: 'ephemeral', replace_original: false, text });
}

function pressedBy(actionId: string, value: unknown): { action: PlanAction; value: ButtonValue } | null {
  const action = actionId.slice('plan:'.length);
  const read = readValue(value);
  return Object.hasOwn(WORDS, action) && read !== null ? { action: action as PlanAction, value: read } : null;
}
