import type { App, ReceiverEvent } from '@slack/bolt';
import { CARD, THREAD } from '../projection/outbox.ts';
import { asked, type HandlerContext, tell } from './handler-context.ts';

/** The signs by which people say no. */
const NO: ReadonlySet<string> = new Set([
  'x',
  'negative_squared_cross_mark',
  'no_entry',
  'no_entry_sign',
  'octagonal_sign',
]);

/** A sign of no on the card or anywhere in its thread cancels the current plan. */
export function handleReactions(app: App, parts: HandlerContext): void {
  app.event('reaction_added', async ({ event, body, context }) => {
    if (!NO.has(event.reaction) || event.item.type !== 'message') return;
    const { channel, ts } = event.item;
    const incident = await parts.projections.incidentOf(channel, ts);
    if (incident === null) return;
    const answer = await asked(parts, { id: event.user }, `Your :${event.reaction}:`, ({ person }) =>
      parts.desk.act({
        incident,
        action: 'cancel',
        plan: null,
        by: person,
        reason: null,
        once: `slack-event-${body.event_id}`,
      }),
    );
    // Slack sends a failed one again by itself, and the person is told once.
    if (!answer.failed || !context.retryNum) {
      const shown = await parts.projections.shown(incident);
      const thread = shown[THREAD]?.ts ?? shown[CARD]?.ts;
      const place = shown[CARD]?.ts === ts ? { channel } : { channel, thread };
      await tell(parts, place, event.user, answer.text);
    }
    if (answer.failed) throw new Error('the reaction was not recorded');
  });
}

/** A reaction is taken only once it is recorded: unlike a click, nobody would notice that it was lost. */
export function isReaction({ body }: ReceiverEvent): boolean {
  const event: unknown = body.event;
  return typeof event === 'object' && event !== null && 'type' in event && event.type === 'reaction_added';
}
