import { performance } from 'node:perf_hooks';
import type { App, BlockAction, StaticSelectAction, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Choices } from '../../../../../desk/choices.ts';
import { clip } from '../../blocks/limits.ts';
import { type Entered, enteredIn, errorsUnder, parametersIn } from '../../blocks/modals/fields.ts';
import { Carried, noticeView, readMetadata, withNotice } from '../../blocks/modals/parts.ts';
import { CHOOSE, chooseView, EDIT, editView, PLAYBOOK } from '../../blocks/modals/plan-form.ts';
import { failureOf } from '../../connection/failure.ts';
import { type Answer, asked, type HandlerContext, SOON, tell } from '../handler-context.ts';
import { type Interaction, interactionOf } from '../interaction.ts';
import { carriedBy, openDialog, openingOf, placeIn } from './dialog.ts';
import { type Sent, senderOf, settle } from './sent.ts';

const GONE = 'Medic no longer has this incident.';
const DONE = 'A new plan is being made; the card shows it in a moment.';

/** Other values for the plan that stands there. A plan that would run by itself is put on hold first. */
export async function openEdit(
  parts: HandlerContext,
  press: Interaction,
  { i }: { readonly i: string },
): Promise<void> {
  const title = 'Other values';
  const content = prepared(parts, press, i, 'other values are being chosen', title, editView);
  await openDialog(parts, openingOf(press, '“Change its values”', title), content);
}

/** Another playbook. What is chosen shows its values in the same dialog. */
export async function openChoose(
  parts: HandlerContext,
  press: Interaction,
  { i }: { readonly i: string },
): Promise<void> {
  const title = 'Choose a fix';
  const content = prepared(parts, press, i, 'another playbook is being chosen', title, (choices, carried) =>
    chooseView({ ...choices, playbook: null, fields: [], when: null }, carried),
  );
  await openDialog(parts, openingOf(press, '“Choose a fix”', title), content);
}

async function prepared(
  parts: HandlerContext,
  press: Interaction,
  incident: string,
  reason: string,
  title: string,
  draw: (choices: Choices, carried: Carried) => ModalView,
): Promise<ModalView> {
  const read = () => parts.desk.choices({ incident, playbook: null, by: press.who.id });
  const before = await read();
  const holds = before !== null && before.refused === null ? before.hold : null;
  if (before !== null && holds !== null) {
    const { person } = await parts.people.known(press.who);
    const once = `${press.once}-hold`;
    await parts.desk.act({ incident, action: holds, plan: before.plan, by: person, reason, once });
  }
  // What the hold made of it decides: somebody else may hold it, or it may have started in that very moment.
  const choices = holds === null ? before : await read();
  if (choices === null) return noticeView(title, GONE);
  const held = holds !== null && choices.hold === null ? { h: true } : {};
  return draw(choices, { ...carriedBy(press, { i: incident, p: choices.plan }), ...held });
}

/** The dialogs for another plan: a playbook is chosen in them, and they are sent. */
export function handleReplanning(app: App, parts: HandlerContext): void {
  app.action<BlockAction<StaticSelectAction>>(
    { type: 'block_actions', action_id: PLAYBOOK },
    async ({ action, body, ack }) => {
      await ack();
      const { view } = body;
      const carried = view && readMetadata(Carried, view.private_metadata);
      const { value, who } = interactionOf(body, action);
      if (!view || !carried || value === null) return;
      const choices = await parts.desk.choices({ incident: carried.i, playbook: value, by: who.id });
      const next = choices === null ? noticeView('Choose a fix', GONE) : chooseView(choices, carried);
      await parts.client.views.update({ view_id: view.id, view: next }).catch((err: unknown) => {
        // Whoever sends the dialog without the values that belong to the choice is shown them then.
        parts.log.debug({ err, failure: failureOf(err) }, 'a dialog could not be updated');
      });
    },
  );
  app.view<ViewSubmitAction>(EDIT, async ({ view, body, ack }) => {
    const carried = readMetadata(Carried, view.private_metadata);
    if (carried?.b === undefined) return ack({ response_action: 'clear' });
    await send(parts, { view, body, ack, carried }, carried.b);
  });
  app.view<ViewSubmitAction>(CHOOSE, async ({ view, body, ack }) => {
    const carried = readMetadata(Carried, view.private_metadata);
    const playbook = enteredIn(view.state.values, PLAYBOOK);
    if (carried === null || playbook === null) return ack({ response_action: 'clear' });
    if (carried.b === playbook) return send(parts, { view, body, ack, carried }, playbook);
    const choices = await parts.desk.choices({ incident: carried.i, playbook, by: body.user.id });
    const asks = 'These are the values of the playbook you chose. Look at them, then send it again.';
    const next =
      choices === null ? noticeView('Choose a fix', GONE) : withNotice(chooseView(choices, carried), asks);
    await ack({ response_action: 'update', view: next });
  });
}

async function send(
  parts: HandlerContext,
  {
    view,
    body,
    ack,
    carried,
  }: {
    readonly view: Sent['view'] & { readonly state: { readonly values: Entered } };
    readonly body: ViewSubmitAction;
    readonly ack: Sent['ack'];
    readonly carried: Carried;
  },
  playbook: string,
): Promise<void> {
  const began = performance.now();
  const user = body.user.id;
  const answer = await asked(parts, senderOf(body, carried), 'The new plan', ({ person }) =>
    parts.desk.replan({
      incident: carried.i,
      plan: carried.p,
      playbook,
      parameters: parametersIn(view.state.values, playbook),
      by: person,
      // Each sending has a name of its own, since what is refused once may be taken the next time; the plan that it
      // names keeps it from being done twice.
      once: `slack-view-${user}-${body.trigger_id}`,
    }),
  );
  const sent = { view, ack, began, carried, user };
  if (Object.keys(answer.reply?.fields ?? {}).length > 0) return complain(parts, sent, answer, playbook);
  return settle(parts, sent, answer, DONE);
}

/** Says under each value what is wrong with it; what has no box in the dialog stands on top. */
async function complain(
  parts: HandlerContext,
  { view, ack, began, carried, user }: Sent,
  { reply, text }: Answer,
  playbook: string,
): Promise<void> {
  const { errors, left } = errorsUnder(playbook, reply?.fields ?? {}, view.blocks);
  const whole = [...(text === null ? [] : [text]), ...left].join('\n');
  await (left.length === 0
    ? ack({ response_action: 'errors', errors })
    : ack({ response_action: 'update', view: withNotice(view, clip(whole, 2000)) }));
  if (performance.now() - began > SOON)
    await tell(parts, placeIn(carried), user, [whole, ...Object.values(errors)].join('\n'));
}
