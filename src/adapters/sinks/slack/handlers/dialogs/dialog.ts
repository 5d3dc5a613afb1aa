import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModalView } from '@slack/types';
import {
  Carried,
  loadingView,
  noticeView,
  readMetadata,
  type Whereabouts,
} from '../../blocks/modals/parts.ts';
import { failureOf } from '../../connection/failure.ts';
import type { Acting } from '../../people.ts';
import { type HandlerContext, type Place, tell } from '../handler-context.ts';
import type { Interaction } from '../interaction.ts';

/** How long the desk may take before the person is shown that something comes. */
const MOMENT = 700;

/** What opens a dialog: who pressed what, where. */
export interface Opening {
  readonly trigger: string;
  readonly who: Acting;
  readonly place: Place;
  /** What to do where Slack does not open it, as a sentence. */
  readonly again: string;
  /** The title while it is being looked up. */
  readonly title: string;
}

/** @param pressed what is written on what the person pressed */
export function openingOf({ trigger, who, place }: Interaction, pressed: string, title: string): Opening {
  return { trigger, who, place, again: `Press ${pressed} once more.`, title };
}

/** What a dialog about an incident carries: where it came from and what it is about. */
export function carriedBy(
  { place }: { readonly place: Place },
  about: Pick<Carried, 'i' | 'p' | 'd' | 'r'>,
): Carried {
  return { ...about, c: place.channel, ...(place.thread === undefined ? {} : { t: place.thread }) };
}

export function placeIn({ c, t }: Whereabouts): Place {
  return { channel: c, thread: t };
}

/**
 * Opens a dialog. The trigger lives for three seconds only: where the desk takes longer than a moment, something that
 * says so is opened first and filled in afterwards. It never throws.
 * @returns whether a dialog stands there
 */
export async function openDialog(
  parts: HandlerContext,
  opening: Opening,
  content: Promise<ModalView>,
): Promise<boolean> {
  const view = content.catch((err: unknown) => {
    parts.log.error({ err, dialog: opening.title }, 'a dialog could not be filled in');
    const text = ':warning: Medic could not look this up. Close this and try again in a moment.';
    return noticeView(opening.title, text);
  });
  try {
    const waited = new AbortController();
    const late = sleep(MOMENT, null, { signal: waited.signal }).catch(() => null);
    const ready = await Promise.race([view, late]);
    waited.abort();
    const opened = await parts.client.views.open({
      trigger_id: opening.trigger,
      view: ready ?? loadingView(opening.title),
    });
    if (ready === null && opened.view?.id !== undefined)
      await parts.client.views.update({ view_id: opened.view.id, view: await view });
    return true;
  } catch (err) {
    return notOpened(parts, opening, err, view);
  }
}

async function notOpened(
  parts: HandlerContext,
  { again, title, place, who }: Opening,
  err: unknown,
  view: Promise<ModalView>,
): Promise<boolean> {
  const failure = failureOf(err);
  // Slack delivered the same press twice, and the dialog stands there already; or the person has closed it meanwhile.
  const known = failure.kind === 'refused' && ['exchanged_trigger_id', 'not_found'].includes(failure.error);
  if (known) return true;
  parts.log.warn({ err, failure, dialog: title }, 'a dialog did not open');
  const held = readMetadata(Carried, (await view).private_metadata ?? '')?.h === true;
  // What was done for the sake of the dialog stands without it, and the person has seen nothing of it.
  const meanwhile = held ? ' The plan is *on hold* by you until somebody resumes or cancels it.' : '';
  const text = `:warning: Slack did not open the dialog. ${again}${meanwhile}`;
  await tell(parts, place, who.id, text);
  return false;
}

/** Names the sending of a dialog by what was sent: the same words again from the same dialog change nothing twice. */
export function sentOnce(
  user: string,
  view: { readonly id: string; readonly hash: string; readonly state: { readonly values: unknown } },
): string {
  const values = createHash('sha256').update(JSON.stringify(view.state.values)).digest('hex').slice(0, 16);
  return `slack-view-${user}-${view.id}-${view.hash}-${values}`;
}
