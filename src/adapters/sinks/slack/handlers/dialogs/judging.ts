import { performance } from 'node:perf_hooks';
import type { App, BlockAction, BlockElementAction, RespondFn, ViewSubmitAction } from '@slack/bolt';
import { z } from 'zod';
import type { Reply } from '../../../../../desk/desk.ts';
import { say } from '../../../../../lib/text/text.ts';
import { enteredIn } from '../../blocks/modals/fields.ts';
import { REALLY, WRONG, wrongView } from '../../blocks/modals/judgement.ts';
import { Carried, readMetadata } from '../../blocks/modals/parts.ts';
import { asked, type HandlerContext, tell } from '../handler-context.ts';
import { forward, type Interaction, interactionOf } from '../interaction.ts';
import { carriedBy, openDialog, openingOf, sentOnce } from './dialog.ts';
import { senderOf, settle } from './sent.ts';

const THANKS = {
  right: 'Thanks. It is noted that the diagnosis was right.',
  wrong: 'Thanks. It is noted that the diagnosis was wrong.',
} as const;

/** What the buttons under a diagnosis carry. */
const Verdict = z.object({ i: z.string(), v: z.enum(['right', 'wrong']), r: z.int().optional() });

/** People say whether a diagnosis was right: with the buttons under it, and in the menu of the card. */
export function handleJudgements(app: App, parts: HandlerContext): void {
  app.action<BlockAction<BlockElementAction>>(
    { type: 'block_actions', action_id: 'diagnosis:judge' },
    async ({ action, body, ack, respond }) => {
      const press = interactionOf(body, action);
      const value = readMetadata(Verdict, press.value ?? '');
      if (value !== null) return judge(parts, press, value, value.v, { ack, respond });
      await ack();
      const text = 'This button is from an older Medic and no longer works.';
      await tell(parts, press.place, press.who.id, text);
    },
  );
  app.view<ViewSubmitAction>(WRONG, async ({ view, body, ack }) => {
    const carried = readMetadata(Carried, view.private_metadata);
    if (carried === null) return ack({ response_action: 'clear' });
    const began = performance.now();
    const answer = await asked(parts, senderOf(body, carried), '“Wrong”', ({ person }) =>
      parts.desk.judge({
        incident: carried.i,
        round: carried.r,
        verdict: 'wrong',
        really: enteredIn(view.state.values, REALLY),
        by: person,
        once: sentOnce(body.user.id, view),
      }),
    );
    await settle(parts, { view, ack, began, carried, user: body.user.id }, answer, THANKS.wrong);
  });
}

/** Right is recorded at once; wrong asks what it really was. */
export async function judge(
  parts: HandlerContext,
  press: Interaction,
  { i: incident, r: round }: { readonly i: string; readonly r?: number | undefined },
  verdict: 'right' | 'wrong',
  reply: { readonly ack: () => Promise<void>; readonly respond: RespondFn },
): Promise<void> {
  if (verdict === 'wrong') {
    const view = wrongView(carriedBy(press, { i: incident, p: null, r: round }));
    await openDialog(parts, openingOf(press, 'Wrong', 'Wrong diagnosis'), Promise.resolve(view));
    return reply.ack();
  }
  return forward(
    parts,
    press,
    '“Right”',
    async ({ person }): Promise<Reply> => {
      const { text, ...told } = await parts.desk.judge({
        incident,
        round,
        verdict,
        really: null,
        by: person,
        once: press.once,
      });
      return { ...told, text: text ?? say`${THANKS.right}` };
    },
    reply,
  );
}
