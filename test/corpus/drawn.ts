import { card } from '../../src/adapters/slack/blocks/card.ts';
import { story } from '../../src/adapters/slack/blocks/story.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { TimelineEntry } from '../../src/incident/timeline.ts';
import { type Json, plainly } from './changes.ts';

/** What is known of the service beside its incident, and who may approve. */
export const SERVICE = {
  name: 'shop',
  owners: ['U0OWNER'],
  dashboards: ['https://grafana.example.com/d/shop'],
};
export const AUDIENCE = { approvers: ['UALICE', 'UCAROL'], quietHours: null };

/** What Slack is sent of an incident: its card, and the messages of its thread by their keys. */
export function drawn(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  now: number,
): { readonly card: Json; readonly story: Json } {
  const link = incident.link;
  const host =
    link === null ? null : { incident: link.incident, subject: 'api', closed: null, relapsed: null };
  const messages = story(incident, timeline, { service: SERVICE, host, audience: AUDIENCE });
  return {
    card: plainly(card(incident, { now, service: SERVICE, host })),
    story: plainly(Object.fromEntries(messages.map(({ key, ...message }) => [key, message]))),
  };
}
