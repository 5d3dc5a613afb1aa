import type { Incident } from '../../../../incident/model/incident.ts';
import { catchUp, neededInFull, toFold } from '../blocks/thread/catch-up.ts';
import type { ThreadMessage } from '../blocks/thread/story/thread.ts';
import { type Projection, record } from './outbox.ts';

/** The note that says what a catch-up holds; no message has a key that begins with `~`. */
const FOLDED = '~folded-';

/**
 * The thread as it is to stand, in which what could not be told for long is told in one catch-up. What it holds is noted before
 * it is posted: from then on it is told there and nowhere else, whatever process goes on. A catch-up that stands is never
 * edited, nor is what it holds told anew when it changes, unless people come to need it in full.
 */
export async function inShort(
  projection: Projection,
  incident: Incident,
  told: readonly ThreadMessage[],
): Promise<readonly ThreadMessage[]> {
  const { shown, now } = projection;
  const stood = catchUpsIn(projection).filter(({ key }) => key in shown);
  const folded = new Set(stood.flatMap(({ keys }) => keys));
  const rest = told.filter(({ key }) => key in shown || !folded.has(key) || neededInFull(incident, key));
  const keys = toFold(incident, rest, (key) => key in shown, now);
  if (keys.length === 0) return rest;
  const nth = stood.length + 1;
  await record(projection, `${FOLDED}${nth}`, { ts: String(now), hash: JSON.stringify(keys) });
  const parts = rest.filter(({ key }) => keys.includes(key));
  const whole = catchUp(incident, parts, catchUpKey(nth));
  return rest.flatMap((message) => {
    if (message === parts[0]) return [whole];
    return keys.includes(message.key) ? [] : [message];
  });
}

function catchUpKey(nth: number | string): string {
  return `catch-up-${nth}`;
}

function catchUpsIn({ shown }: Projection): { readonly key: string; readonly keys: readonly string[] }[] {
  return Object.entries(shown)
    .filter(([name, { hash }]) => name.startsWith(FOLDED) && hash !== '')
    .map(([name, { hash }]) => ({
      key: catchUpKey(name.slice(FOLDED.length)),
      keys: JSON.parse(hash) as readonly string[],
    }));
}
