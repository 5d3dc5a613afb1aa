import { performance } from 'node:perf_hooks';
import type { App, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { ButtonValue } from '../../blocks/card/buttons.ts';
import type { Tool } from '../../blocks/card/tools.ts';
import { catchUpView } from '../../blocks/modals/catch-up.ts';
import { enteredIn } from '../../blocks/modals/fields.ts';
import { HAND_OVER, handOverView, TO } from '../../blocks/modals/hand-over.ts';
import { Carried, noticeView, readMetadata } from '../../blocks/modals/parts.ts';
import { FOR, SCOPE, SILENCE, silenceView, WHY } from '../../blocks/modals/silence.ts';
import { type Answer, asked, type HandlerContext } from '../handler-context.ts';
import type { Interaction } from '../interaction.ts';
import { carriedBy, openDialog, openingOf, sentOnce } from './dialog.ts';
import { senderOf, settle } from './sent.ts';

const TITLES: Readonly<Record<Tool, string>> = {
  'catch-up': 'Catch me up',
  silence: 'Silence it',
  'hand-over': 'Hand over',
};

/** Opens what a button of the second row is for, in front of whoever pressed it. */
export async function openTool(
  parts: HandlerContext,
  press: Interaction,
  tool: Tool,
  { i, p }: ButtonValue,
): Promise<void> {
  const title = TITLES[tool];
  const carried = carriedBy(press, { i, p });
  const content =
    tool === 'hand-over' ? Promise.resolve(handOverView(carried)) : viewOf(parts, tool, carried);
  await openDialog(parts, openingOf(press, `“${title}”`, title), content);
}

async function viewOf(
  parts: HandlerContext,
  tool: Exclude<Tool, 'hand-over'>,
  carried: Carried,
): Promise<ModalView> {
  const known = await parts.desk.told(carried.i);
  if (known === null) return noticeView(TITLES[tool], 'This incident is no longer on record.');
  return tool === 'silence'
    ? silenceView(known.incident, carried)
    : catchUpView(known.incident, known.timeline, known.now);
}

/** The dialogs of the second row, when they are sent. */
export function handleTools(app: App, parts: HandlerContext): void {
  app.view<ViewSubmitAction>(HAND_OVER, async ({ view, body, ack }) => {
    const carried = readMetadata(Carried, view.private_metadata);
    const to = enteredIn(view.state.values, TO);
    if (carried === null || to === null) return ack({ response_action: 'clear' });
    const began = performance.now();
    const why = await parts.people.cannotTake(to);
    // Slack's picker cannot be told whom to leave out. Under the box the dialog stays, for another choice.
    if (why !== null) return ack({ response_action: 'errors', errors: { [TO]: why } });
    const answer = await asked(parts, senderOf(body, carried), '“Hand over”', ({ person: by }) =>
      parts.desk.handOver({ incident: carried.i, whom: to, by, once: sentOnce(body.user.id, view) }),
    );
    await settle(parts, { view, ack, began, carried, user: body.user.id }, answer);
  });
  app.view<ViewSubmitAction>(SILENCE, async ({ view, body, ack }) => {
    const carried = readMetadata(Carried, view.private_metadata);
    if (carried === null) return ack({ response_action: 'clear' });
    const began = performance.now();
    const { values } = view.state;
    const answer = await asked(parts, senderOf(body, carried), '“Silence it”', ({ person: by }) =>
      parts.desk.silence({
        incident: carried.i,
        scope: enteredIn(values, SCOPE) === 'service' ? 'service' : 'alerts',
        duration: Number(enteredIn(values, FOR)),
        reason: enteredIn(values, WHY),
        by,
        once: sentOnce(body.user.id, view),
      }),
    );
    const open = answer.reply?.forEverybody === true ? await toldInThread(parts, carried.i, answer) : false;
    const shown = open ? { ...answer, text: null } : answer;
    await settle(parts, { view, ack, began, carried, user: body.user.id }, shown);
  });
}

/** What concerns everybody is said in the incident's thread. Where that fails, at least whoever did it is told. */
async function toldInThread(
  { client, projections, log }: HandlerContext,
  incident: string,
  { text }: Answer,
): Promise<boolean> {
  try {
    const thread = (await projections.threads([incident])).get(incident);
    if (thread === undefined || text === null) return false;
    await client.chat.postMessage({ channel: thread.channel, thread_ts: thread.ts, text });
    return true;
  } catch (err) {
    log.warn({ err, incident }, 'a silence could not be told in the thread');
    return false;
  }
}
