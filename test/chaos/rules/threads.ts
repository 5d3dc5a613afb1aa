import { nameOf } from './account.ts';
import type { ChaosRecord, KeptIncident, Standing } from './record.ts';

/** Threads that lack a message, hold one twice, hold one that belongs nowhere, or tell things out of order. */
export function threadsAskew({ incidents, messages }: ChaosRecord): readonly string[] {
  const known = new Set(incidents.map(({ incident }) => incident.id));
  const strays = messages.filter(({ incident }) => !known.has(incident));
  return [
    ...strays.map(({ incident, key }) => `"${key}" stands in Slack for ${incident}, which is not kept`),
    ...incidents.flatMap((kept) => {
      const own = messages.filter(({ incident }) => incident === kept.incident.id);
      return flawsOf(kept, own).map((flaw) => `${nameOf(kept)}: ${flaw}`);
    }),
  ];
}

function flawsOf({ thread, story, late }: KeptIncident, own: readonly Standing[]): readonly string[] {
  const times = (key: string) => own.filter((message) => message.key === key).length;
  const flaws = [
    ...story.filter((key) => times(key) === 0).map((key) => `"${key}" is missing`),
    ...[...new Set(own.map(({ key }) => key))]
      .filter((key) => times(key) > 1)
      .map((key) => `"${key}" stands twice`),
    ...own
      .filter(({ key }) => !story.includes(key) && !late.includes(key))
      .map(({ key }) => `"${key}" belongs to no part of its story`),
  ];
  const card = own.find(({ key }) => key === 'card');
  if (flaws.length > 0 || card === undefined) return flaws;
  // One that is linked to another is told in the other's thread, its card included.
  const root = card.threadTs ?? card.ts;
  if (thread !== root) return ['it takes another thread for its own'];
  const replies = own.filter(({ key }) => key !== 'card' && !late.includes(key));
  const elsewhere = replies.filter(({ threadTs, channel }) => threadTs !== root || channel !== card.channel);
  if (elsewhere.length > 0) return elsewhere.map(({ key }) => `"${key}" stands outside its thread`);
  const order = replies.toSorted((a, b) => Number(a.ts) - Number(b.ts)).map(({ key }) => key);
  const told = story.filter((key) => key !== 'card');
  return order.join() === told.join() ? [] : [`it is told as ${order.join(', ')}, not as ${told.join(', ')}`];
}
