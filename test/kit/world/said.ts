import type { LocalSlack, Message } from '../slack/server.ts';
import { CHANNEL } from './world.ts';

/** What Medic posted for incidents, in the order it stands in; words to one person alone are not among it. */
function said({ state }: LocalSlack): readonly Message[] {
  const all = [...state.messages.values()].flat();
  return all.filter(({ metadata, ephemeral_to }) => metadata !== undefined && ephemeral_to === undefined);
}

/** Every message of an incident bears a name of its own; a name that stands there twice is the same thing said twice. */
export function saidTwice(slack: LocalSlack): readonly string[] {
  const names = said(slack).map(
    ({ metadata }) => `${metadata?.event_payload.incident} ${metadata?.event_payload.key}`,
  );
  return names.filter((name, index) => names.indexOf(name) !== index);
}

export function isCard({ metadata }: Message): boolean {
  return metadata?.event_payload.key === 'card';
}

/** The cards in the incident channel, one for each incident. */
export function cardsIn(slack: LocalSlack): readonly Message[] {
  return (slack.state.messages.get(CHANNEL) ?? []).filter(isCard);
}

/** Time stamp of the thread in which an incident is told: of its card, or of what its card answers. */
export function threadOf(slack: LocalSlack, incident: string): string | undefined {
  const card = said(slack).find((one) => isCard(one) && one.metadata?.event_payload.incident === incident);
  return card?.thread_ts ?? card?.ts;
}
