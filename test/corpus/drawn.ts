import { card } from '../../src/adapters/sinks/slack/blocks/card/card.ts';
import type {
  Audience,
  PrimaryIncident,
  ServiceCard,
} from '../../src/adapters/sinks/slack/blocks/service.ts';
import { threadMessages } from '../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import { type Json, plainly } from './changes.ts';

/** What is known of the service beside its incident, and who may approve. */
const SERVICE = {
  name: 'shop',
  owners: ['U0OWNER'],
  dashboards: ['https://grafana.example.com/d/shop'],
};
const AUDIENCE = { approvers: ['UALICE', 'UCAROL'], quietHours: null };

/** What is known beside an incident. */
export interface Beside {
  readonly service: ServiceCard | null;
  readonly audience: Audience;
  /** The incident in whose thread it is told, where it is told in another's. */
  readonly host: PrimaryIncident | null;
}

/** What is known beside an incident of the corpus. */
export function besideOf({ link }: Incident): Beside {
  const host =
    link === null ? null : { incident: link.incident, subject: 'api', closed: null, relapsed: null };
  return { service: SERVICE, audience: AUDIENCE, host };
}

/**
 * What Slack is sent of an incident: its card, and the messages of its thread by their keys.
 *
 * @param approvers Slack ids of those whom the card says may approve
 */
export function drawn(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  now: number,
  { service, host, audience } = besideOf(incident),
  approvers: readonly string[] = [],
): { readonly card: Json; readonly story: Json } {
  const messages = threadMessages(incident, timeline, { service, host, audience });
  return {
    card: plainly(card(incident, { now, service, host, approvers })),
    story: plainly(Object.fromEntries(messages.map(({ key, ...message }) => [key, message]))),
  };
}
