import type { ClerkParts } from './desk-parts.ts';
import { threadOf } from './desk-words.ts';

/** `/heal status`: what is open. */
export async function status({ store }: ClerkParts): Promise<string> {
  const [ids, pausedBy] = await Promise.all([store.open(), store.paused()]);
  // One that a newer Medic wrote cannot be read here; the others can be listed all the same.
  const incidents = await Promise.all(ids.map((id) => store.load(id).catch(() => null)));
  const lines = incidents.flatMap((incident) =>
    incident === null
      ? []
      : [`• ${incident.id}, *${incident.subject.name}*: ${incident.phase.at}. ${threadOf(incident)}`.trim()],
  );
  const paused = pausedBy === null ? [] : [`Paused by <@${pausedBy}>: nothing new starts.`];
  return [...paused, ...(lines.length > 0 ? lines : ['No incident is open.'])].join('\n');
}
