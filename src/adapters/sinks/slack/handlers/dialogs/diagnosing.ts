import type { App, ViewSubmitAction } from '@slack/bolt';
import {
  DIAGNOSE,
  diagnoseView,
  namedIn,
  progressView,
  SEEN,
  SERVICE,
  serviceOptions,
  wordsOf,
} from '../../blocks/modals/diagnose.ts';
import { enteredIn } from '../../blocks/modals/fields.ts';
import { readMetadata, Whereabouts, withNotice } from '../../blocks/modals/parts.ts';
import { link } from '../../blocks/text.ts';
import { failureOf } from '../../connection/failure.ts';
import { type Follower, follow } from '../following.ts';
import { asked, type HandlerContext, type Place, tell } from '../handler-context.ts';
import { asWritten } from '../written.ts';
import { type Opening, openDialog, placeIn, sentOnce } from './dialog.ts';
import { senderOf } from './sent.ts';

/** "Diagnose this" on any message, and the dialog that it and a bare `/diagnose` open. */
export function handleDiagnoses(app: App, parts: HandlerContext): void {
  app.shortcut({ type: 'message_action', callback_id: 'diagnose_message' }, async ({ shortcut, ack }) => {
    const { user, channel, message, trigger_id: trigger } = shortcut;
    const who = { id: user.id, name: user.name, team: user.team_id, channel: channel.id };
    const thread: unknown = message.thread_ts;
    const place = { channel: channel.id, thread: typeof thread === 'string' ? thread : undefined };
    const opening = { trigger, who, place, again: 'Choose “Diagnose this” once more.', title: 'Diagnose' };
    await openDiagnosis(parts, opening, wordsOf(message));
    await ack();
  });
  app.options<'block_suggestion'>(
    { type: 'block_suggestion', action_id: SERVICE },
    async ({ payload, ack }) => {
      await ack({ options: serviceOptions(parts.desk.services(payload.value.trim())) });
    },
  );
  // A button that is only a link is told to Medic all the same.
  app.action('diagnose:open', async ({ ack }) => ack());
  app.view<ViewSubmitAction>(DIAGNOSE, (sent) => take(parts, sent));
}

export async function openDiagnosis(parts: HandlerContext, opening: Opening, seen: string): Promise<void> {
  const { channel, thread } = opening.place;
  const view = diagnoseView({
    service: namedIn(seen, parts.desk.services('')),
    seen,
    carries: { c: channel, ...(thread === undefined ? {} : { t: thread }) },
  });
  await openDialog(parts, opening, Promise.resolve(view));
}

type Arguments = Parameters<Parameters<typeof App.prototype.view<ViewSubmitAction>>[1]>[0];

async function take(parts: HandlerContext, { view, body, ack }: Arguments): Promise<void> {
  const carried = readMetadata(Whereabouts, view.private_metadata);
  if (carried === null) return ack({ response_action: 'clear' });
  const service = enteredIn(view.state.values, SERVICE);
  const seen = enteredIn(view.state.values, SEEN);
  const text = asWritten([service, seen].filter((part) => part !== null).join(': '));
  if (text === '')
    return ack({
      response_action: 'errors',
      errors: { [SERVICE]: 'Choose a service, or say below what you see.' },
    });
  const answer = await asked(parts, senderOf(body, carried), 'The diagnosis', ({ person }) =>
    parts.desk.diagnose({ text, by: person, once: sentOnce(body.user.id, view) }),
  );
  const refused = answer.failed || answer.reply?.refused === true;
  const next = refused ? withNotice(view, answer.text ?? '') : progressView(answer.text ?? '', null);
  await ack({ response_action: 'update', view: next });
  const incident = answer.reply?.incident;
  if (!refused && incident !== undefined)
    void follow(parts, incident, reader(parts, view.id, body.user.id, placeIn(carried)));
}

/**
 * Slack takes the acknowledgement by another way than calls: one that overtook it would be painted over, with the button that opens the
 * thread. Milliseconds.
 */
const ACKNOWLEDGED_WITHIN = 1_000;

/** Reads on in the dialog; once it is closed, only the end is told, in the place where it was opened. */
function reader(parts: HandlerContext, viewId: string, user: string, place: Place): Follower {
  let closed = false;
  return {
    until: 'settled',
    hears: 'everything',
    after: ACKNOWLEDGED_WITHIN,
    async told(text, thread, last) {
      if (!closed) {
        const view = progressView(text, thread);
        const failure = await parts.client.views.update({ view_id: viewId, view }).then(
          () => null,
          (err: unknown) => failureOf(err),
        );
        if (failure !== null && failure.kind !== 'refused') return 'missed';
        closed = failure !== null;
      }
      if (closed && last) {
        const where = thread === null ? '' : ` · ${link(thread, 'Open the thread')}`;
        await tell(parts, place, user, `${text}${where}`);
      }
      return 'heard';
    },
  };
}
